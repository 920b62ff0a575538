"""A job that is there, whose tasks do not come to run: told after a minute, held after ten, left by itself."""

from dataclasses import replace

import pytest

from rheostat.core.health import PARTIAL_LIMIT
from rheostat.core.lifecycle import decide
from rheostat.core.live import SLOTS_LIMIT
from rheostat.model.phase import Health, HealthWord, Phase, Reason
from tests.builders import (
    NOW,
    SECOND,
    make_asked,
    make_attempt,
    make_observed,
    make_recorded,
    make_run,
)

WAITING = make_observed(asked=make_asked("RUNNING", 2, 400))


def step(recorded, observed):
    return decide(recorded.desired, recorded, observed, NOW)


def in_phase(phase, attempt):
    return make_recorded(run=make_run(phase=phase), attempt=attempt)


def waiting(since, health=None):
    attempt = make_attempt(running_at=None, launched_at=NOW - since - SECOND)
    recorded = in_phase(Phase.STARTING, attempt=attempt)
    run = replace(
        recorded.run,
        reason=Reason("job_starting", {"processing": "2", "total": "400"}),
        reason_since=NOW - since,
        health=health or Health(),
    )
    return replace(recorded, run=run)


def degraded_since(since):
    reason = Reason("tasks_not_running", {"processing": "2", "total": "400"})
    return Health(word=HealthWord.DEGRADED, reasons=(reason,), since=NOW - since)


def with_tasks(**tasks):
    asked = make_asked("RUNNING", 2, 400)
    return make_observed(asked=replace(asked, tasks={**asked.tasks, **tasks}))


@pytest.mark.parametrize(
    ("since", "observed", "word"),
    [
        (PARTIAL_LIMIT - SECOND, WAITING, HealthWord.HEALTHY),
        (PARTIAL_LIMIT, WAITING, HealthWord.DEGRADED),
        (PARTIAL_LIMIT, with_tasks(initializing=7), HealthWord.HEALTHY),
        (PARTIAL_LIMIT, make_observed(asked=make_asked("INITIALIZING", 0, 4)), HealthWord.HEALTHY),
    ],
)
def test_waiting_for_slots_is_told_after_a_minute(since, observed, word):
    decision = step(waiting(since), observed)
    assert (decision.phase, decision.health.word) == (Phase.STARTING, word)
    assert not decision.actions


def test_it_is_held_after_ten_minutes_and_nothing_is_ended():
    health = degraded_since(SLOTS_LIMIT)
    held = step(waiting(SLOTS_LIMIT + PARTIAL_LIMIT, health), WAITING)
    assert (held.phase, held.reason.code) == (Phase.HELD, "tasks_never_ran")
    assert held.reason.fields == {"processing": "2", "total": "400"}
    assert not held.actions
    assert held.stage is None
    before = step(waiting(SLOTS_LIMIT, degraded_since(SLOTS_LIMIT - SECOND)), WAITING)
    assert before.phase is Phase.STARTING


def test_it_leaves_held_by_itself_once_every_task_runs():
    attempt = make_attempt(running_at=None, launched_at=NOW - SLOTS_LIMIT)
    recorded = in_phase(Phase.HELD, attempt=attempt)
    recorded = replace(recorded, run=replace(recorded.run, reason=Reason("tasks_never_ran")))
    assert step(recorded, WAITING).phase is Phase.HELD
    assert step(recorded, make_observed(asked=make_asked("RUNNING", 4, 4))).phase is Phase.RUNNING
