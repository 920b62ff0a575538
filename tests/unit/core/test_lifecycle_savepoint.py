"""`decide` by cases for a savepoint of a job that runs on, and for a restart."""

import datetime as dt
from dataclasses import replace

from rheostat.core.lifecycle import decide
from rheostat.model.action import NAMES
from rheostat.model.decision import Desired
from rheostat.model.job import Mode
from rheostat.model.observation import Observed, OperationFact
from rheostat.model.phase import Phase
from rheostat.model.run import IntentKind, OperationKind, OperationState, Stage
from tests.builders import (
    NOW,
    SECOND,
    make_asked,
    make_attempt,
    make_intent,
    make_observed,
    make_operation,
    make_outcome,
    make_recorded,
    make_run,
)


def step(recorded, observed=None):
    return decide(recorded.desired, recorded, observed or make_observed(), NOW)


def names(decision):
    return [NAMES[type(action)] for action in decision.actions]


def wished(state=None, ago=5 * SECOND, **fields):
    operation = None
    if state is not None:
        operation = make_operation(
            kind=OperationKind.SAVEPOINT, state=state, created_at=NOW - SECOND
        )
    intent = make_intent(IntentKind.SAVEPOINT, ago)
    return make_recorded(intent=intent, operation=operation, **fields)


def answered(**fields):
    return make_observed(asked=make_asked(operation=OperationFact(**fields)))


def test_the_job_runs_on_while_its_savepoint_is_made():
    begun = step(wished())
    assert (begun.phase, names(begun)) == (Phase.RUNNING, ["trigger_savepoint"])
    pending = step(wished(OperationState.PENDING), answered(status="IN_PROGRESS"))
    assert (pending.phase, names(pending)) == (Phase.RUNNING, [])
    made = step(wished(OperationState.PENDING), answered(status="COMPLETED", location="file:///s"))
    assert names(made) == ["list_snapshots"]
    proven = step(wished(OperationState.COMPLETED))
    assert (proven.phase, proven.intent_result) == (Phase.RUNNING, "done")


def test_a_savepoint_that_failed_closes_the_wish_and_nothing_else():
    failed = step(wished(OperationState.PENDING), answered(status="COMPLETED", error="disk full"))
    assert (failed.phase, failed.intent_result) == (Phase.RUNNING, "failed")
    assert failed.operation_error == "disk full"


def test_an_operation_of_before_the_wish_does_not_count():
    old = make_operation(
        kind=OperationKind.SAVEPOINT, state=OperationState.COMPLETED, created_at=NOW - 60 * SECOND
    )
    recorded = replace(wished(), operation=old)
    assert names(step(recorded)) == ["trigger_savepoint"]


def test_an_earlier_savepoint_is_no_stop():
    stop = make_recorded(
        intent=make_intent(IntentKind.STOP),
        operation=make_operation(
            kind=OperationKind.SAVEPOINT, state=OperationState.COMPLETED, location="file:///s"
        ),
    )
    assert names(step(stop)) == ["trigger_stop"]
    gone = make_attempt(stage=Stage.GONE, outcome=make_outcome(), ended_at=NOW)
    ended = step(replace(stop, attempt=gone, run=make_run(phase=Phase.STOPPING)))
    assert ended.phase is Phase.FINISHED


def test_a_wish_for_a_savepoint_waits_for_the_job_but_not_for_ever():
    restarting = make_observed(asked=make_asked("RESTARTING", 0, 2))
    assert step(wished(), restarting).intent_result is None
    late = step(wished(ago=dt.timedelta(minutes=3)), restarting)
    assert late.intent_result == "failed"


def test_a_wish_for_a_savepoint_does_not_stop_a_failover():
    gone = make_attempt(stage=Stage.GONE, ended_at=NOW - 60 * SECOND)
    recorded = wished(attempt=gone, run=make_run(phase=Phase.FAILING_OVER))
    assert names(step(replace(recorded, lost=1), Observed())) == ["resolve_restore"]


def test_a_restart_is_a_stop_that_does_not_end_there():
    intent = make_intent(IntentKind.RESTART)
    assert make_recorded(intent=intent).desired is Desired.STOP
    assert make_recorded(intent=intent, run=make_run(mode=Mode.BATCH)).desired is Desired.CANCEL
    done = make_operation(state=OperationState.COMPLETED, location="file:///s")
    gone = make_attempt(stage=Stage.GONE, outcome=make_outcome(), ended_at=NOW)
    run = make_run(phase=Phase.STOPPING)
    ended = step(make_recorded(intent=intent, run=run, attempt=gone, operation=done))
    assert (ended.phase, ended.intent_result) == (Phase.STOPPED, "done")
    by_itself = step(make_recorded(intent=intent, run=run, attempt=gone))
    assert (by_itself.phase, by_itself.intent_result) == (Phase.FINISHED, "void")


def test_a_savepoint_that_met_a_restart_is_tried_again():
    too_early = "x: Failure reason: Not all required tasks are currently running."
    refused = answered(status="COMPLETED", error=too_early)
    decision = step(wished(OperationState.PENDING), refused)
    assert (decision.operation_error, decision.intent_result) == (too_early, None)
    failed = replace(wished(), operation=make_operation(
        kind=OperationKind.SAVEPOINT, state=OperationState.FAILED, error=too_early,
        created_at=NOW - SECOND,
    ))  # fmt: skip
    assert names(step(failed)) == ["trigger_savepoint"]
    partial = make_observed(asked=make_asked("RUNNING", 1, 2))
    assert names(step(failed, partial)) == []
    late = replace(failed, intent=make_intent(IntentKind.SAVEPOINT, dt.timedelta(minutes=3)))
    assert step(late).intent_result == "failed"
