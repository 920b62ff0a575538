"""`decide` by cases: what is wanted, what is seen, and the next step that the specification asks for."""

import datetime as dt
from dataclasses import replace

import pytest

from rheostat.core.lifecycle import decide
from rheostat.model.action import NAMES
from rheostat.model.job import GuardPolicy, Mode
from rheostat.model.observation import (
    Asked,
    Observed,
    Pushed,
)
from rheostat.model.phase import HealthWord, Phase, Reason
from rheostat.model.run import IntentKind, JobEnd, Stage, WitnessKind
from tests.builders import (
    EMPTY,
    NOW,
    SECOND,
    dead,
    make_asked,
    make_attempt,
    make_intent,
    make_observed,
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


@pytest.mark.parametrize("kind", [IntentKind.STOP, IntentKind.CANCEL, IntentKind.RESTART])
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


def test_a_job_without_checkpoints_is_not_resumed_by_itself():
    held = step(replace(lost(), checkpoint_interval=None), Observed())
    assert (held.phase, held.reason.code) == (Phase.HELD, "no_checkpointing")


def test_an_engine_that_ended_after_all_goes_on_to_its_next_attempt():
    recorded = lost()
    run = replace(recorded.run, phase=Phase.HELD, reason=Reason("engine_will_not_end"))
    assert step(replace(recorded, run=run), Observed()).phase is Phase.FAILING_OVER


def test_the_other_policies():
    failed = step(lost(guard=GuardPolicy.FAIL_AND_ALERT), Observed())
    assert failed.phase is Phase.FAILED
    assert failed.outcome is not None
    assert failed.outcome.witness is WitnessKind.OURS
    assert step(lost(guard=GuardPolicy.HOLD), Observed()).phase is Phase.HELD


def test_a_batch_job_that_ended_unseen_is_held_and_fails_in_the_end():
    recorded = lost()
    batch = replace(recorded, run=replace(recorded.run, mode=Mode.BATCH))
    held = step(batch, Observed())
    assert (held.phase, held.reason.code) == (Phase.HELD, "batch_ended_unseen")
    assert held.look_again_at is not None
    waited = replace(
        batch.run, phase=Phase.HELD, reason=held.reason, reason_since=NOW - dt.timedelta(hours=2)
    )
    failed = step(replace(batch, run=waited), Observed())
    assert (failed.phase, failed.reason.code) == (Phase.FAILED, "unknown_outcome")


@pytest.mark.parametrize("policy", GuardPolicy)
@pytest.mark.parametrize("mode", Mode)
def test_an_engine_lost_before_any_job_is_tried_again_whatever_the_policy(policy, mode):
    recorded = lost(guard=policy)
    never_ran = replace(
        recorded,
        run=replace(recorded.run, mode=mode),
        attempt=make_attempt(stage=Stage.GONE, ended_at=NOW - 60 * SECOND, running_at=None),
    )
    assert names(step(never_ran, Observed())) == ["resolve_restore"]
    assert step(replace(never_ran, lost=6), Observed()).phase is Phase.HELD


def test_an_outcome_learnt_late_wins():
    recorded = in_phase(Phase.FAILING_OVER, attempt=make_attempt(stage=Stage.ENDING))
    late = make_observed(pushed=make_pushed(outcome=make_outcome(JobEnd.FINISHED)))
    assert step(recorded, late).outcome == make_outcome(JobEnd.FINISHED)
