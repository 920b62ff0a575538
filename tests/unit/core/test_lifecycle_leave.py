"""`decide` by cases for a job that a person wants ended: stop with savepoint, cancel, force."""

import datetime as dt
from dataclasses import replace

import pytest

from rheostat.core.lifecycle import decide
from rheostat.model.action import NAMES
from rheostat.model.decision import Desired
from rheostat.model.observation import (
    Asked,
    Look,
    Looked,
    Observed,
    OperationFact,
    PermitState,
    Pushed,
)
from rheostat.model.phase import Phase, Reason
from rheostat.model.run import IntentKind, OperationState, Stage
from tests.builders import (
    NOW,
    SECOND,
    dead,
    make_asked,
    make_attempt,
    make_intent,
    make_observed,
    make_operation,
    make_outcome,
    make_recorded,
    make_run,
    make_watched,
    silent,
)

ENDING = ["revoke_permit", "terminate", "verify_gone", "list_snapshots", "archive_logs"]


def step(recorded, observed=None):
    return decide(recorded.desired, recorded, observed or make_observed(), NOW)


def names(decision):
    return [NAMES[type(action)] for action in decision.actions]


STOP, CANCEL = IntentKind.STOP, IntentKind.CANCEL


def leaving(kind, ago=SECOND, **fields):
    return make_recorded(intent=make_intent(kind, ago), **fields)


def test_stop_asks_for_a_savepoint_and_waits():
    decision = step(leaving(STOP))
    assert (decision.phase, names(decision)) == (Phase.STOPPING, ["trigger_stop"])
    pending = leaving(STOP, operation=make_operation(), run=make_run(phase=Phase.STOPPING))
    fact = OperationFact(status="IN_PROGRESS")
    assert names(step(pending, make_observed(asked=make_asked(operation=fact)))) == []


def test_a_trigger_that_never_arrived_is_repeated_under_its_own_id():
    pending = leaving(STOP, operation=make_operation(), run=make_run(phase=Phase.STOPPING))
    asked = make_asked(operation=OperationFact(status="UNKNOWN"))
    assert names(step(pending, make_observed(asked=asked))) == ["trigger_stop"]


def test_a_forgotten_trigger_is_listed_before_it_is_repeated():
    old = make_operation(created_at=NOW - dt.timedelta(minutes=6))
    run = make_run(phase=Phase.STOPPING)
    forgotten = make_observed(asked=make_asked(operation=OperationFact(status="UNKNOWN")))
    first = step(leaving(STOP, run=run, operation=old), forgotten)
    assert (first.reason.code, names(first)) == ("trigger_forgotten", ["list_snapshots"])
    second = step(leaving(STOP, run=replace(run, reason=first.reason), operation=old), forgotten)
    assert second.operation_error
    assert second.intent_result is None, "the wish stands; the next operation follows"


def test_a_stop_of_a_job_that_restarts_for_ever_asks_a_person():
    restarting = make_observed(asked=make_asked("RESTARTING", 0, 2))
    run = make_run(phase=Phase.STOPPING)
    assert step(leaving(STOP, run=run), restarting).reason.code == "stop_waits_for_job"
    held = step(leaving(STOP, dt.timedelta(minutes=11), run=run), restarting)
    assert (held.phase, held.intent_result) == (Phase.HELD, "failed")


def test_a_stop_that_failed_lets_the_job_run_and_says_so():
    pending = leaving(STOP, operation=make_operation(), run=make_run(phase=Phase.STOPPING))
    asked = make_asked(operation=OperationFact(status="COMPLETED", error="disk full"))
    checked = step(pending, make_observed(asked=asked))
    assert (checked.reason.code, names(checked)) == ("stop_answer_checked", ["list_snapshots"])
    pending = replace(pending, run=replace(pending.run, reason=checked.reason))
    decision = step(pending, make_observed(asked=asked))
    assert (decision.phase, decision.intent_result) == (Phase.RUNNING, "failed")
    assert decision.operation_error == "disk full"


TOO_EARLY = (
    "org.apache.flink.runtime.checkpoint.CheckpointException: Checkpoint triggering task a (1/1) of job b"
    " is not being executed at the moment. Aborting checkpoint. Failure reason: Not all required tasks"
    " are currently running."
)


def test_a_stop_that_met_a_restart_is_tried_again():
    run = make_run(phase=Phase.STOPPING, reason=Reason("stop_answer_checked"))
    asked = make_asked(operation=OperationFact(status="COMPLETED", error=TOO_EARLY))
    pending = leaving(STOP, operation=make_operation(), run=run)
    decision = step(pending, make_observed(asked=asked))
    assert (decision.phase, decision.intent_result) == (Phase.STOPPING, None)
    assert decision.operation_error == TOO_EARLY
    failed = replace(pending, operation=make_operation(state=OperationState.FAILED))
    assert names(step(failed)) == ["trigger_stop"]
    late = leaving(STOP, dt.timedelta(minutes=11), operation=make_operation(), run=run)
    assert step(late, make_observed(asked=asked)).intent_result == "failed"


def test_a_stop_waits_until_every_task_runs():
    partial = make_observed(asked=make_asked("RUNNING", 1, 2))
    decision = step(leaving(STOP), partial)
    assert (decision.reason.code, names(decision)) == ("stop_waits_for_job", [])


def test_a_savepoint_whose_job_does_not_end_is_canceled():
    run = make_run(
        phase=Phase.STOPPING, reason=Reason("savepoint_made"), reason_since=NOW - 30 * SECOND
    )
    asked = make_asked(operation=OperationFact(status="COMPLETED", location="file:///s"))
    decision = step(leaving(STOP, run=run, operation=make_operation()), make_observed(asked=asked))
    assert names(decision) == ["cancel"]
    stuck = replace(run, reason_since=NOW - 90 * SECOND)
    forced = step(leaving(STOP, run=stuck, operation=make_operation()), make_observed(asked=asked))
    assert names(forced) == ENDING


def test_finished_under_a_stop_is_stopped_only_with_a_proven_savepoint():
    gone = make_attempt(stage=Stage.GONE, outcome=make_outcome(), ended_at=NOW)
    run = make_run(phase=Phase.STOPPING)
    done = make_operation(state=OperationState.COMPLETED, location="file:///s")
    assert step(leaving(STOP, run=run, attempt=gone, operation=done)).phase is Phase.STOPPED
    assert step(leaving(STOP, run=run, attempt=gone)).phase is Phase.FINISHED


def test_a_stop_whose_savepoint_cannot_be_proven_is_never_called_finished():
    gone = make_attempt(stage=Stage.GONE, outcome=make_outcome(), ended_at=NOW)
    run = make_run(phase=Phase.STOPPING)
    torn = make_operation(state=OperationState.FAILED, error="torn")
    held = step(leaving(STOP, run=run, attempt=gone, operation=torn))
    found = (held.phase, held.reason.code, held.intent_result)
    assert found == (Phase.HELD, "stop_unproven", "failed")
    waiting = replace(run, phase=Phase.HELD, reason=held.reason)
    still = make_recorded(run=waiting, attempt=gone, operation=torn)
    assert step(still).phase is Phase.HELD
    assert step(replace(still, intent=make_intent(CANCEL))).phase is Phase.CANCELED


@pytest.mark.parametrize(
    ("newest", "phase"), [(None, Phase.STOPPED), (4, Phase.STOPPED), (6, Phase.HELD)]
)
def test_jobmanager_lost_while_stopping(newest, phase):
    recorded = leaving(
        STOP,
        run=make_run(phase=Phase.STOPPING),
        attempt=make_attempt(stage=Stage.GONE, ended_at=NOW),
        operation=make_operation(state=OperationState.COMPLETED, location="file:///s"),
        savepoint_checkpoint_id=5,
        newest_checkpoint_id=newest,
    )
    assert step(recorded, Observed()).phase is phase


def test_a_stop_stands_while_nothing_can_be_seen():
    asked = replace(make_asked(), look=silent(ok_ago=20 * SECOND))
    decision = step(leaving(STOP, 60 * SECOND), make_observed(asked=asked))
    assert (decision.phase, decision.reason.code) == (Phase.STOPPING, "stop_waits_unseen")


def test_cancel_asks_flink_then_uses_force():
    assert names(step(leaving(CANCEL))) == ["cancel"]
    forced = step(leaving(CANCEL, 40 * SECOND))
    assert names(forced) == ENDING
    hung = make_observed(asked=replace(make_asked(), look=silent()))
    assert names(step(leaving(CANCEL, 15 * SECOND), hung)) == ENDING


def test_cancel_before_a_job_exists_ends_the_engine():
    attempt = make_attempt(running_at=None)
    nothing = make_observed(pushed=Pushed(), asked=Asked())
    recorded = leaving(CANCEL, run=make_run(phase=Phase.STARTING), attempt=attempt)
    assert names(step(recorded, nothing)) == ENDING


def test_an_engine_that_will_not_end_is_held():
    run = make_run(phase=Phase.STOPPING, reason_since=NOW - dt.timedelta(minutes=5))
    decision = step(leaving(CANCEL, run=run, attempt=make_attempt(stage=Stage.ENDING)))
    assert (decision.phase, decision.reason.code) == (Phase.HELD, "engine_will_not_end")
    assert names(decision) == ENDING


def test_refused_by_the_permit_is_a_loss():
    look = Look(looked=Looked.FAILED, at=NOW, why="connection refused")
    watched = make_watched(permit=PermitState.REVOKED, jobmanager=dead(), refused=True)
    decision = step(make_recorded(), make_observed(watched=watched, asked=Asked(look=look)))
    assert decision.phase is Phase.FAILING_OVER


def test_desired_is_what_the_open_intent_says():
    assert make_recorded().desired is Desired.RUN
    assert leaving(STOP).desired is Desired.STOP
    assert leaving(CANCEL).desired is Desired.CANCEL
