"""What the running job uses against what was configured, and with how many slots it makes do."""

import pytest

from rheostat.core.lifecycle import decide
from rheostat.model.observation import Inspected
from rheostat.model.phase import HealthWord, Phase
from rheostat.model.run import Stage
from tests.builders import (
    NOW,
    SECOND,
    make_asked,
    make_attempt,
    make_observed,
    make_recorded,
    make_run,
)

OURS = {
    "execution.checkpointing.interval": "10000 ms",
    "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
    "execution.checkpointing.storage": "filesystem",
    "state.changelog.enabled": "false",
    "parallelism.default": "2",
}


def health(inspected, **fields):
    recorded = make_recorded(**{"parallelism": 2, "is_interval_chosen": True, **fields})
    observed = make_observed(asked=make_asked(inspected=inspected))
    return decide(recorded.desired, recorded, observed, NOW).health


def used(**changed):
    return Inspected(tasks_total=2, settings={**OURS, **changed})


def test_what_is_as_configured_is_healthy():
    assert health(used()).word is HealthWord.HEALTHY
    assert health(Inspected(tasks_total=2)).word is HealthWord.HEALTHY


OVERRIDES = [
    ("execution.checkpointing.interval", "5000 ms", ("10 s", "5 s")),
    ("execution.checkpointing.interval", "0 ms", ("10 s", "none")),
    (
        "execution.checkpointing.externalized-checkpoint-retention",
        "DELETE_ON_CANCELLATION",
        ("RETAIN_ON_CANCELLATION", "DELETE_ON_CANCELLATION"),
    ),
    (
        "execution.checkpointing.storage",
        "JobManagerCheckpointStorage",
        ("filesystem", "JobManagerCheckpointStorage"),
    ),
    ("state.changelog.enabled", "true", ("false", "true")),
    ("parallelism.default", "8", ("2", "8")),
]


@pytest.mark.parametrize(("key", "value", "said"), OVERRIDES)
def test_an_override_is_named_with_both_values(key, value, said):
    found = health(used(**{key: value}))
    assert found.word is HealthWord.DEGRADED
    [reason] = found.reasons
    assert reason.code == "code_overrides"
    assert reason.fields == {"key": key, "ours": said[0], "theirs": said[1]}


def test_code_that_turns_checkpoints_on():
    [reason] = health(used(), checkpoint_interval=None).reasons
    assert reason.fields["ours"] == "none"


def test_what_nobody_has_chosen_may_be_changed_freely():
    free = {"is_interval_chosen": False, "parallelism": None}
    changed = {"execution.checkpointing.interval": "5000 ms", "parallelism.default": "8"}
    assert health(used(**changed), **free).word is HealthWord.HEALTHY
    off = used(**{"execution.checkpointing.interval": "0 ms"})
    [reason] = health(off, **free).reasons
    assert reason.fields["theirs"] == "none"


@pytest.mark.parametrize(("interval", "held"), [("0 ms", True), ("5000 ms", False)])
def test_after_a_loss_it_counts_whether_the_job_really_took_checkpoints(interval, held):
    gone = make_attempt(stage=Stage.GONE, ended_at=NOW - 60 * SECOND)
    inspected = used(**{"execution.checkpointing.interval": interval})
    for configured in (None, 10 * SECOND):
        recorded = make_recorded(
            run=make_run(phase=Phase.FAILING_OVER), attempt=gone, checkpoint_interval=configured
        )
        observed = make_observed(asked=make_asked(inspected=inspected))
        decision = decide(recorded.desired, recorded, observed, NOW)
        assert (decision.reason.code == "no_checkpointing") is held


def test_checkpoints_are_awaited_as_often_as_the_job_really_takes_them():
    attempt = make_attempt(checkpoint_at=NOW - 100 * SECOND)
    assert [r.code for r in health(used(), attempt=attempt).reasons] == ["no_checkpoint"]
    hourly = used(**{"execution.checkpointing.interval": "3600000 ms"})
    assert [r.code for r in health(hourly, attempt=attempt).reasons] == ["code_overrides"]


@pytest.mark.parametrize(
    ("running", "wanted", "degraded"), [(6, 8, True), (8, 8, False), (None, None, False)]
)
def test_fewer_slots_than_asked_is_running_and_degraded(running, wanted, degraded):
    inspected = Inspected(tasks_total=2, settings=OURS, parallelism=running, wanted=wanted)
    found = health(inspected)
    assert [r.code for r in found.reasons] == (["parallelism_lower"] if degraded else [])
    if degraded:
        assert found.reasons[0].fields == {"parallelism": "6", "wanted": "8"}
