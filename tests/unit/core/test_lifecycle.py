"""`decide` by cases: what is wanted, what is seen, and the next step that the specification asks for."""

import datetime as dt
from dataclasses import replace

import pytest

from rheostat.core.lifecycle import decide
from rheostat.model.action import NAMES
from rheostat.model.decision import Desired
from rheostat.model.job import GuardPolicy, Mode
from rheostat.model.observation import (
    Asked,
    Look,
    Looked,
    Observed,
    OperationFact,
    PermitState,
    Pushed,
)
from rheostat.model.phase import HealthWord, Phase, Reason
from rheostat.model.run import IntentKind, JobEnd, OperationState, Stage, WitnessKind
from tests.builders import (
    EMPTY,
    NOW,
    SECOND,
    dead,
    make_asked,
    make_attempt,
    make_intent,
    make_observed,
    make_operation,
    make_outcome,
    make_pushed,
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


def in_phase(phase, **fields):
    return make_recorded(run=make_run(phase=phase), **fields)


def test_a_steady_job_has_no_action_and_no_deadline():
    decision = step(make_recorded())
    assert decision.phase is Phase.RUNNING
    assert decision.actions == ()
    assert decision.look_again_at is None
    assert decision.health.word is HealthWord.HEALTHY


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase.is_terminal])
def test_a_terminal_phase_is_never_left(phase):
    assert step(in_phase(phase)).phase is phase
    assert step(in_phase(phase)).actions == ()


# before the launch


def test_queued_waits_for_room():
    queued = in_phase(Phase.QUEUED, attempt=None)
    assert step(replace(queued, has_room=False)).reason.code == "no_room"
    assert step(queued).phase is Phase.PREPARING


def test_preparing_resolves_then_writes_the_attempt():
    preparing = in_phase(Phase.PREPARING, attempt=None)
    assert names(step(preparing)) == ["resolve_restore"]
    resolved = replace(preparing, run=replace(preparing.run, resolved=EMPTY))
    assert names(step(resolved)) == ["write_attempt"]
    refused = replace(preparing, run=replace(preparing.run, unresolved=Reason("nothing_proven")))
    assert step(refused).phase is Phase.HELD


def test_a_planned_attempt_is_made_and_launched_under_a_line_written_ahead():
    recorded = in_phase(Phase.PREPARING, attempt=make_attempt(stage=Stage.PLANNED, running_at=None))
    decision = step(recorded, Observed())
    assert names(decision) == ["materialise", "write_permit", "launch"]
    assert (decision.stage, decision.stage_after) == (Stage.LAUNCHING, Stage.LAUNCHED)


@pytest.mark.parametrize("kind", IntentKind)
def test_leaving_before_the_launch_is_canceled_by_a_person(kind):
    decision = step(in_phase(Phase.QUEUED, attempt=None, intent=make_intent(kind)))
    assert decision.phase is Phase.CANCELED
    assert decision.outcome is not None
    assert decision.outcome.witness is WitnessKind.PERSON


def test_what_can_never_be_launched_fails_with_our_own_witness():
    trouble = Reason("engine_missing", {"message": "Flink 2.3 is not there"})
    attempt = make_attempt(stage=Stage.LAUNCHING, trouble=trouble, running_at=None)
    decision = step(in_phase(Phase.PREPARING, attempt=attempt), Observed())
    assert decision.stage is Stage.ENDING
    gone = replace(attempt, stage=Stage.GONE, outcome=decision.outcome)
    closed = step(in_phase(Phase.PREPARING, attempt=gone), Observed())
    assert closed.phase is Phase.FAILED
    assert closed.reason.code == "engine_missing"


# coming up

STARTING = {
    "no process yet": (make_observed(pushed=Pushed(), asked=Asked()), "engine_coming"),
    "compiling": (
        make_observed(pushed=make_pushed(submitted=False, status=None), asked=make_asked(None)),
        "compiling",
    ),
    "restoring": (make_observed(asked=make_asked("INITIALIZING", 0, 4)), "job_starting"),
    "some tasks": (make_observed(asked=make_asked("RUNNING", 3, 4)), "job_starting"),
}


@pytest.mark.parametrize("case", STARTING)
def test_starting(case):
    observed, code = STARTING[case]
    attempt = make_attempt(running_at=None, launched_at=NOW - SECOND)
    decision = step(in_phase(Phase.STARTING, attempt=attempt), observed)
    assert (decision.phase, decision.reason.code) == (Phase.STARTING, code)
    assert decision.look_again_at is not None


def test_no_job_submitted_in_time_is_held_and_leaves_held_by_itself():
    attempt = make_attempt(running_at=None, launched_at=NOW - dt.timedelta(minutes=6))
    nothing = make_observed(
        pushed=make_pushed(submitted=False, status=None), asked=make_asked(None)
    )
    held = step(in_phase(Phase.STARTING, attempt=attempt), nothing)
    assert (held.phase, held.reason.code) == (Phase.HELD, "no_job_submitted")
    assert held.actions == ()
    assert step(in_phase(Phase.HELD, attempt=attempt)).phase is Phase.RUNNING


def test_a_failure_before_the_job_keeps_statement_line_and_column():
    outcome = make_outcome(JobEnd.FAILED, code="sql_invalid", statement=2, line=7, column=22)
    attempt = make_attempt(running_at=None)
    ending = step(
        in_phase(Phase.STARTING, attempt=attempt),
        make_observed(pushed=make_pushed(outcome=outcome)),
    )
    assert names(ending) == ENDING
    gone = make_attempt(stage=Stage.GONE, outcome=ending.outcome, ended_at=NOW)
    closed = step(in_phase(Phase.STARTING, attempt=gone))
    assert (closed.phase, closed.reason.code) == (Phase.FAILED, "sql_invalid")
    assert closed.outcome == outcome


# running


def test_a_lost_taskmanager_is_replaced_and_health_says_so():
    decision = step(
        make_recorded(), make_observed(watched=make_watched(taskmanagers=(dead("taskmanager-0"),)))
    )
    assert names(decision) == ["launch"]
    assert [reason.code for reason in decision.health.reasons] == ["taskmanager_lost"]


def test_silence_changes_health_and_nothing_else():
    asked = replace(make_asked(), look=silent("no answer within 3 s", 20 * SECOND))
    decision = step(make_recorded(), make_observed(asked=asked))
    assert decision.phase is Phase.RUNNING
    assert decision.health.word is HealthWord.UNKNOWN
    assert decision.health.since == NOW - 20 * SECOND
    assert decision.health.reasons[0].fields["why"] == "no answer within 3 s"


def test_a_short_silence_is_no_news():
    asked = replace(make_asked(), look=silent(ok_ago=3 * SECOND))
    assert step(make_recorded(), make_observed(asked=asked)).health.word is HealthWord.HEALTHY


def test_when_no_look_succeeds_nothing_is_concluded():
    blind = make_observed(
        watched=make_watched(look=silent("cannot read the process table")),
        asked=replace(make_asked(), look=silent()),
    )
    decision = step(make_recorded(), blind)
    assert (decision.phase, decision.health.word) == (Phase.RUNNING, HealthWord.UNKNOWN)


def test_partial_alone_is_running_and_degraded_after_a_minute():
    partial = make_observed(asked=make_asked("RUNNING", 1, 2))
    assert step(make_recorded(), partial).health.word is HealthWord.HEALTHY
    long_ago = make_attempt(last_seen_processing_at=NOW - 70 * SECOND)
    decision = step(make_recorded(attempt=long_ago), partial)
    assert decision.phase is Phase.RUNNING
    assert decision.health.reasons[0].code == "tasks_not_running"


def test_missing_checkpoints_degrade():
    attempt = make_attempt(checkpoint_at=NOW - 100 * SECOND)
    decision = step(make_recorded(attempt=attempt))
    assert decision.health.reasons[0].code == "no_checkpoint"
    never = make_attempt(checkpoint_at=None, running_at=NOW - 100 * SECOND)
    assert step(make_recorded(attempt=never)).health.reasons[0].code == "no_checkpoint_since_start"
    none_asked = replace(make_recorded(attempt=never), checkpoint_interval=None)
    assert step(none_asked).health.word is HealthWord.HEALTHY


def test_flinks_restart_is_restarting():
    decision = step(
        make_recorded(), make_observed(asked=make_asked("RESTARTING", 0, 2, cause="boom"))
    )
    assert decision.phase is Phase.RESTARTING
    assert decision.reason.fields == {"cause": "boom"}


def test_flinks_failed_is_not_a_failover():
    ending = step(make_recorded(), make_observed(asked=make_asked("FAILED", 0, 2, cause="boom")))
    assert ending.outcome is not None
    assert ending.outcome.status is JobEnd.FAILED
    gone = make_attempt(stage=Stage.GONE, outcome=ending.outcome, ended_at=NOW)
    assert step(make_recorded(attempt=gone)).phase is Phase.FAILED


# loss of the JobManager


def lost(**fields):
    gone = make_attempt(stage=Stage.GONE, ended_at=NOW - 60 * SECOND)
    return in_phase(Phase.FAILING_OVER, attempt=gone, lost=1, **fields)


def test_a_dead_jobmanager_without_a_word_is_fenced_first():
    decision = step(
        make_recorded(),
        make_observed(
            watched=make_watched(jobmanager=dead()), asked=replace(make_asked(), look=silent())
        ),
    )
    assert decision.phase is Phase.FAILING_OVER
    assert names(decision) == ENDING
    assert decision.outcome is None


def test_the_outcome_file_of_a_dead_jobmanager_is_its_word():
    watched = make_watched(jobmanager=dead(), outcome=make_outcome(JobEnd.FINISHED))
    asked = replace(make_asked(), look=silent())
    decision = step(make_recorded(), make_observed(watched=watched, asked=asked))
    assert decision.outcome is not None
    assert decision.outcome.status is JobEnd.FINISHED


def test_resume_resolves_the_branch_anew():
    assert names(step(lost(), Observed())) == ["resolve_restore"]


def test_resume_waits_between_attempts_and_gives_up():
    soon = make_attempt(stage=Stage.GONE, ended_at=NOW)
    assert step(replace(lost(), attempt=soon, lost=3), Observed()).reason.code == "backing_off"
    held = step(replace(lost(), lost=6), Observed())
    assert (held.phase, held.reason.code) == (Phase.HELD, "too_many_losses")


def test_the_other_policies():
    failed = step(lost(guard=GuardPolicy.FAIL_AND_ALERT), Observed())
    assert failed.phase is Phase.FAILED
    assert failed.outcome is not None
    assert failed.outcome.witness is WitnessKind.OURS
    assert step(lost(guard=GuardPolicy.HOLD), Observed()).phase is Phase.HELD


def test_a_batch_job_that_ended_unseen_is_held():
    recorded = lost()
    batch = replace(recorded, run=replace(recorded.run, mode=Mode.BATCH))
    assert step(batch, Observed()).reason.code == "batch_ended_unseen"


def test_an_outcome_learnt_late_wins():
    recorded = in_phase(Phase.FAILING_OVER, attempt=make_attempt(stage=Stage.ENDING))
    late = make_observed(pushed=make_pushed(outcome=make_outcome(JobEnd.FINISHED)))
    assert step(recorded, late).outcome == make_outcome(JobEnd.FINISHED)


# leaving

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


def test_a_stop_that_failed_lets_the_job_run_and_says_so():
    pending = leaving(STOP, operation=make_operation(), run=make_run(phase=Phase.STOPPING))
    asked = make_asked(operation=OperationFact(status="COMPLETED", error="disk full"))
    decision = step(pending, make_observed(asked=asked))
    assert (decision.phase, decision.intent_result) == (Phase.RUNNING, "failed")
    assert decision.operation_error == "disk full"


def test_a_savepoint_whose_job_does_not_end_is_canceled():
    run = make_run(
        phase=Phase.STOPPING, reason=Reason("savepoint_made"), reason_since=NOW - 30 * SECOND
    )
    asked = make_asked(operation=OperationFact(status="COMPLETED", location="file:///s"))
    decision = step(leaving(STOP, run=run, operation=make_operation()), make_observed(asked=asked))
    assert names(decision) == ["cancel"]


def test_finished_under_a_stop_is_stopped_only_with_a_proven_savepoint():
    gone = make_attempt(stage=Stage.GONE, outcome=make_outcome(), ended_at=NOW)
    run = make_run(phase=Phase.STOPPING)
    done = make_operation(state=OperationState.COMPLETED, location="file:///s")
    assert step(leaving(STOP, run=run, attempt=gone, operation=done)).phase is Phase.STOPPED
    assert step(leaving(STOP, run=run, attempt=gone)).phase is Phase.FINISHED


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
