"""Three looks joined into one observation, and what two of them cannot both be right about."""

from dataclasses import replace
from typing import Any

import pytest

from rheostat.core.agreement import find_disagreement, join, needs_inspection
from rheostat.core.health import DISAGREE_LIMIT
from rheostat.core.lifecycle import decide
from rheostat.core.witness import JobWord, draw_facts
from rheostat.model.job import Mode
from rheostat.model.observation import Asked, Inspected, Looked, Observed, Watched
from rheostat.model.phase import HealthWord, Phase
from tests.builders import (
    NOW,
    SECOND,
    dead,
    make_asked,
    make_attempt,
    make_observed,
    make_outcome,
    make_pushed,
    make_recorded,
    make_run,
    make_watched,
    silent,
)

BEAT = 10 * SECOND
FRESH: dict[str, Any] = {"beat": BEAT, "status_at": NOW - SECOND}
OLDER: dict[str, Any] = {"modified_at": NOW - 5 * SECOND}

PAIRS: dict[str, Any] = {
    "push is newer: restarting against running": (
        make_pushed(status="RESTARTING", **FRESH),
        make_asked(**OLDER),
        {},
        True,
    ),
    "push is newer: running against restarting": (
        make_pushed(**FRESH),
        make_asked("RESTARTING", 0, 2, **OLDER),
        {},
        True,
    ),
    "push is newer and says the same": (make_pushed(**FRESH), make_asked(**OLDER), {}, False),
    "the answer is newer": (
        make_pushed(status="RESTARTING", **FRESH),
        make_asked(modified_at=NOW),
        {},
        False,
    ),
    "the answer has no stamp": (make_pushed(status="RESTARTING", **FRESH), make_asked(), {}, False),
    "an agent without signs of life": (
        make_pushed(status="RESTARTING", status_at=NOW),
        make_asked(**OLDER),
        {},
        False,
    ),
    "an agent that is cut off": (
        make_pushed(status="RESTARTING", **FRESH, look=silent()),
        make_asked(**OLDER),
        {},
        False,
    ),
    "a job that nobody knows": (make_pushed(), make_asked(None), {}, True),
    "a job that nobody knows yet": (make_pushed(status=None), make_asked(None), {}, False),
    "a job that has ended": (make_pushed(outcome=make_outcome()), make_asked(None), {}, False),
    "no answer": (make_pushed(), replace(make_asked(None), look=silent()), {}, False),
    "tasks run on no TaskManager": (
        make_pushed(),
        make_asked(),
        {"taskmanagers": (dead("taskmanager-0"),)},
        True,
    ),
    "tasks run, and nobody can look": (
        make_pushed(),
        make_asked(),
        {"taskmanagers": (dead("taskmanager-0"),), "look": silent()},
        False,
    ),
    "no task, no TaskManager": (
        make_pushed(),
        make_asked("CREATED", 0, 2),
        {"taskmanagers": ()},
        False,
    ),
}


@pytest.mark.parametrize("case", PAIRS)
def test_who_contradicts_whom(case):
    pushed, asked, watched, disagree = PAIRS[case]
    observed = Observed(pushed=pushed, asked=asked, watched=make_watched(**watched))
    assert (find_disagreement(observed) is not None) == disagree


def test_since_when_is_kept_while_it_lasts_and_forgotten_after():
    lying, fine = make_asked(None), make_asked()
    first = join(make_observed(), lying, make_watched(), NOW)
    then = join(first, lying, make_watched(), NOW + SECOND)
    assert first.disagree_since == then.disagree_since == NOW
    assert join(then, fine, make_watched(), NOW).disagree_since is None


def test_a_failed_look_keeps_the_last_value_and_its_instant():
    inspected = Inspected(tasks_total=2)
    before = make_observed(asked=make_asked(inspected=inspected))
    failed = Asked(look=silent("refused"))
    joined = join(before, failed, Watched(look=silent("no")), NOW + 9 * SECOND)
    assert (joined.asked.status, joined.asked.tasks) == ("RUNNING", before.asked.tasks)
    assert (joined.asked.look.looked, joined.asked.look.ok_at) == (Looked.FAILED, NOW)
    assert joined.watched.jobmanager == before.watched.jobmanager
    assert joined.watched.look.why == "no"
    again = join(joined, make_asked(), make_watched(), NOW)
    assert again.asked.inspected is inspected


def test_an_agent_falls_silent():
    before = make_observed(pushed=make_pushed(beat=BEAT))
    assert join(before, make_asked(), make_watched(), NOW + BEAT).pushed.look.looked is Looked.OK
    late = join(before, make_asked(), make_watched(), NOW + 4 * BEAT).pushed.look
    assert (late.looked, late.ok_at, late.why) == (Looked.FAILED, NOW, "no sign of life for 40 s")


INSPECT = [
    (make_asked(), True),
    (make_asked(inspected=Inspected(tasks_total=2)), False),
    (make_asked(inspected=Inspected(tasks_total=4)), True),
    (make_asked("RUNNING", 1, 2), False),
    (make_asked("RESTARTING", 0, 2), False),
    (replace(make_asked(), look=silent()), False),
]


@pytest.mark.parametrize(("asked", "needed"), INSPECT)
def test_a_job_is_inspected_once_and_after_a_rescaling(asked, needed):
    assert needs_inspection(make_observed(asked=asked)) is needed


def lying(since):
    """REST says running; the agent has said restarting, later."""
    return Observed(
        pushed=make_pushed(status="RESTARTING", **FRESH),
        asked=make_asked(**OLDER),
        watched=make_watched(),
        disagree_since=since,
    )


def test_the_more_cautious_phase_is_kept():
    facts = draw_facts(lying(NOW), Mode.STREAMING, was_running=True)
    assert facts.job is JobWord.RESTARTING
    recorded = make_recorded(run=make_run(phase=Phase.RESTARTING))
    assert decide(recorded.desired, recorded, lying(NOW), NOW).phase is Phase.RESTARTING


@pytest.mark.parametrize("past", [False, True])
def test_health_says_so_after_a_while_and_looks_go_on_at_once(past):
    since = NOW - DISAGREE_LIMIT + (SECOND if not past else 0 * SECOND)
    observed = Observed(
        pushed=make_pushed(),
        asked=make_asked(None),
        watched=make_watched(),
        disagree_since=since,
    )
    no_news = make_attempt(checkpoint_at=NOW - 900 * SECOND)  # nobody could tell of newer ones
    recorded = make_recorded(attempt=no_news)
    decision = decide(recorded.desired, recorded, observed, NOW)
    assert decision.phase is Phase.RUNNING
    assert decision.look_again_at == NOW + SECOND
    codes = [reason.code for reason in decision.health.reasons]
    assert codes == (["sources_disagree"] if past else [])


def test_a_job_not_seen_running_yet_may_be_unknown_to_the_jobmanager():
    observed = make_observed(pushed=make_pushed(status=None), asked=make_asked(None))
    recorded = make_recorded(
        run=make_run(phase=Phase.STARTING),
        attempt=make_attempt(running_at=None, launched_at=NOW - SECOND),
    )
    assert decide(recorded.desired, recorded, observed, NOW).health.word is HealthWord.HEALTHY
