"""What may be decided without asking: batch runs that ended unseen, Flink's own FAILED, stateless jobs."""

import datetime as dt
from typing import Any

import pytest

from rheostat.core.lifecycle import decide
from rheostat.core.notice import count_failures
from rheostat.core.restore_fault import RestoreFault, as_outcome
from rheostat.model.action import NAMES
from rheostat.model.job import GuardPolicy, Mode, Policies, UnseenBatch
from rheostat.model.observation import Observed
from rheostat.model.phase import Phase, Reason
from rheostat.model.run import IntentKind, JobEnd, Options, Stage, WitnessKind
from rheostat.model.snapshot import RestoreKind, RestorePoint
from tests.builders import (
    NOW,
    SECOND,
    make_attempt,
    make_intent,
    make_outcome,
    make_recorded,
    make_run,
)

GONE = make_attempt(stage=Stage.GONE, ended_at=NOW - 60 * SECOND)
BOOM = make_outcome(JobEnd.FAILED, source="asked", cause="java.lang.Error: boom")
UNREADABLE = as_outcome(RestoreFault.UNREADABLE, "java.io.EOFException")
FAILED = make_attempt(stage=Stage.GONE, ended_at=NOW - 60 * SECOND, outcome=BOOM)


def step(phase=Phase.FAILING_OVER, attempt=GONE, mode=Mode.STREAMING, **fields):
    recorded = make_recorded(run=make_run(phase=phase, mode=mode), attempt=attempt, **fields)
    return decide(recorded.desired, recorded, Observed(), NOW)


def names(decision):
    return [NAMES[type(action)] for action in decision.actions]


@pytest.mark.parametrize(
    ("policy", "phase", "actions"),
    [
        (UnseenBatch.HOLD, Phase.HELD, []),
        (UnseenBatch.RERUN, Phase.FAILING_OVER, ["resolve_restore"]),
        (UnseenBatch.FAIL, Phase.FAILED, []),
    ],
)
def test_a_batch_run_that_ended_unseen(policy, phase, actions):
    decision = step(mode=Mode.BATCH, lost=1, policies=Policies(unseen_batch=policy))
    assert (decision.phase, names(decision)) == (phase, actions)
    if phase is Phase.FAILED:
        assert decision.reason.code == "unknown_outcome"
        assert decision.outcome is not None
        assert decision.outcome.witness is WitnessKind.OURS


def test_a_batch_run_is_not_run_again_for_ever():
    policies = Policies(unseen_batch=UnseenBatch.RERUN)
    decision = step(mode=Mode.BATCH, lost=6, policies=policies)
    assert (decision.phase, decision.reason.code) == (Phase.HELD, "too_many_losses")


@pytest.mark.parametrize(
    ("limit", "failed", "resumed"), [(0, 1, False), (1, 1, True), (1, 2, False), (3, 3, True)]
)
def test_flinks_failed_is_resumed_as_often_as_the_policy_says(limit, failed, resumed):
    decision = step(Phase.RUNNING, FAILED, policies=Policies(resume_failed=limit), failed=failed)
    assert decision.phase is (Phase.FAILING_OVER if resumed else Phase.FAILED)
    if resumed:
        assert decision.reason.code == "job_failed_resuming"
        assert "boom" in decision.reason.fields["message"]


def test_a_resumed_failure_waits_longer_each_time_and_then_resolves_the_branch():
    policies = Policies(resume_failed=5)
    fresh = make_attempt(stage=Stage.GONE, ended_at=NOW - SECOND, outcome=BOOM)
    assert step(attempt=fresh, policies=policies, failed=3).reason.code == "backing_off"
    assert names(step(attempt=FAILED, policies=policies, failed=3)) == ["resolve_restore"]


NEVER_RESUMED: dict[str, dict[str, Any]] = {
    "it never ran": {"attempt": make_attempt(stage=Stage.GONE, ended_at=NOW, outcome=BOOM, running_at=None)},
    "the agent says why": {
        "attempt": make_attempt(stage=Stage.GONE, ended_at=NOW, outcome=make_outcome(JobEnd.FAILED, code="main_threw"))
    },
    "a batch job": {"mode": Mode.BATCH, "attempt": FAILED},
    "a person cancels": {"attempt": FAILED, "intent": make_intent(IntentKind.CANCEL)},
    "a person stops": {"attempt": FAILED, "intent": make_intent(IntentKind.STOP)},
    "we failed it": {
        "attempt": make_attempt(stage=Stage.GONE, ended_at=NOW, outcome=make_outcome(JobEnd.FAILED, witness=WitnessKind.OURS))
    },
}  # fmt: skip


@pytest.mark.parametrize("case", NEVER_RESUMED)
def test_what_is_not_resumed(case):
    decision = step(
        Phase.RUNNING, policies=Policies(resume_failed=9), failed=1, **NEVER_RESUMED[case]
    )
    assert decision.phase is Phase.FAILED


def test_only_failures_of_a_job_that_ran_count_within_the_window():
    window = dt.timedelta(minutes=30)
    old = make_attempt(stage=Stage.GONE, ended_at=NOW - dt.timedelta(hours=1), outcome=BOOM)
    never_ran = make_attempt(stage=Stage.GONE, ended_at=NOW, outcome=BOOM, running_at=None)
    canceled = make_attempt(stage=Stage.GONE, ended_at=NOW, outcome=make_outcome(JobEnd.CANCELED))
    assert count_failures([old, FAILED, never_ran, GONE, canceled, FAILED], NOW, window) == 2


@pytest.mark.parametrize("interval", [None, 10 * SECOND])
@pytest.mark.parametrize("is_stateless", [True, False])
def test_a_job_without_checkpoints_is_resumed_only_if_it_is_declared_stateless(
    interval, is_stateless
):
    policies = Policies(is_stateless=is_stateless)
    decision = step(lost=1, policies=policies, checkpoint_interval=interval)
    if interval is None and not is_stateless:
        assert (decision.phase, decision.reason.code) == (Phase.HELD, "no_checkpointing")
    else:
        assert names(decision) == ["resolve_restore"]


@pytest.mark.parametrize(
    ("guard", "phase", "code"),
    [
        (GuardPolicy.RESUME_LATEST_PROVEN, Phase.HELD, "probably_finished"),
        (GuardPolicy.HOLD, Phase.HELD, "probably_finished"),
        (GuardPolicy.FAIL_AND_ALERT, Phase.FAILED, "guard_failed"),
    ],
)
def test_checkpoints_that_vanished_with_the_jobmanager(guard, phase, code):
    decision = step(lost=1, guard=guard, has_vanished=True)
    assert (decision.phase, decision.reason.code) == (phase, code)


def test_batch_jobs_leave_no_checkpoints_to_judge_by():
    decision = step(mode=Mode.BATCH, lost=1, has_vanished=True)
    assert decision.reason.code == "batch_ended_unseen"


@pytest.mark.parametrize("outcome", [BOOM, UNREADABLE], ids=["failed", "unreadable"])
@pytest.mark.parametrize("kind", [IntentKind.CANCEL, IntentKind.RESTART, IntentKind.STOP])
@pytest.mark.parametrize("from_", ["savepoint", "newest"])
def test_a_persons_wish_beats_a_failure_that_was_to_be_overcome(outcome, kind, from_):
    attempt = make_attempt(stage=Stage.GONE, ended_at=NOW, outcome=outcome)
    intent = make_intent(kind, options=Options(from_=from_))
    fields = {"attempt": attempt, "intent": intent, "policies": Policies(resume_failed=3)}
    closed = step(**fields)
    assert (closed.phase, closed.intent_result) == (Phase.CANCELED, "done")
    assert closed.outcome is not None
    assert closed.outcome.witness is WitnessKind.PERSON


def test_a_wish_does_not_make_a_finished_job_canceled():
    attempt = make_attempt(stage=Stage.GONE, ended_at=NOW, outcome=make_outcome(JobEnd.FINISHED))
    assert step(attempt=attempt, intent=make_intent(IntentKind.CANCEL)).phase is Phase.FINISHED


STUCK = make_run(phase=Phase.HELD, reason=Reason("engine_will_not_end"))
FITS_NOT = make_outcome(JobEnd.FAILED, code="restore_failed", cause="StateMigrationException: x")
RESTORE = RestorePoint(kind=RestoreKind.CHECKPOINT, reason=Reason("newest_proven"), path="file:/s")


@pytest.mark.parametrize(
    ("outcome", "intent", "phase", "code"),
    [
        (UNREADABLE, None, Phase.FAILING_OVER, "snapshot_unreadable"),
        (FITS_NOT, None, Phase.HELD, "version_does_not_fit"),
        (None, IntentKind.STOP, Phase.HELD, "stop_interrupted"),
        (None, None, Phase.FAILING_OVER, "engine_lost"),
    ],
)
def test_a_hold_for_an_engine_is_over_when_it_has_ended(outcome, intent, phase, code):
    attempt = make_attempt(
        stage=Stage.GONE, ended_at=NOW, outcome=outcome, restore=RESTORE, running_at=None
    )
    fields = {"intent": make_intent(intent)} if intent else {}
    recorded = make_recorded(run=STUCK, attempt=attempt, **fields)
    decision = decide(recorded.desired, recorded, Observed(), NOW)
    assert (decision.phase, decision.reason.code) == (phase, code)


@pytest.mark.parametrize("attempt", [GONE, None], ids=["gone", "never launched"])
def test_a_savepoint_of_a_held_run_without_an_engine_has_failed(attempt):
    held = make_run(phase=Phase.HELD, reason=Reason("guard_held"))
    intent = make_intent(IntentKind.SAVEPOINT)
    recorded = make_recorded(run=held, attempt=attempt, intent=intent)
    decision = decide(recorded.desired, recorded, Observed(), NOW)
    assert (decision.phase, decision.intent_result) == (Phase.HELD, "failed")


def test_a_failure_by_policy_makes_no_savepoint():
    decision = step(guard=GuardPolicy.FAIL_AND_ALERT, intent=make_intent(IntentKind.SAVEPOINT))
    assert (decision.phase, decision.intent_result) == (Phase.FAILED, "void")
