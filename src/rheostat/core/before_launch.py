"""Decide for a run without an engine: none yet, or the last one proven gone."""

import datetime as dt
from dataclasses import replace

from rheostat.core.override import actual_interval
from rheostat.core.restore_fault import RestoreFault, find_fault
from rheostat.core.situation import SOON, Situation
from rheostat.model.action import ResolveRestore, WriteAttempt
from rheostat.model.decision import Decision, Desired
from rheostat.model.job import GuardPolicy, Mode, UnseenBatch
from rheostat.model.phase import Health, Phase, Reason
from rheostat.model.run import (
    Attempt,
    IntentKind,
    JobEnd,
    OperationState,
    Outcome,
    WitnessKind,
)

LOST_LIMIT = 5
"""Attempts lost in a row within `LOST_WINDOW` before a person is asked."""
LOST_WINDOW = dt.timedelta(minutes=30)
BACKOFF_FIRST = dt.timedelta(seconds=1)
BACKOFF_LAST = dt.timedelta(minutes=5)
BATCH_UNSEEN_LIMIT = dt.timedelta(hours=1)
"""How long a batch run that ended unseen is held before it fails: a scheduler must not hang."""
QUEUE_LOOK = dt.timedelta(seconds=30)
"""A sweep for room; the end of another run wakes the queue at once."""


def decide_without_engine(here: Situation) -> Decision:
    """Admit, resolve, plan the next attempt, or close the run."""
    attempt = here.recorded.attempt
    if attempt is None:
        return _first(here)
    if here.run.phase is Phase.HELD and here.desired is Desired.CANCEL:
        return _close(here, here.persons_cancel())
    if attempt.outcome is not None:
        if _is_overruled(here, attempt.outcome):
            return _close(here, here.persons_cancel())
        again = _after_failure(here, attempt, attempt.outcome)
        if again is not None and _waits_for_a_person(here):
            return _without_savepoint(here, again)
        return again or _close(here, attempt.outcome)
    match here.desired:
        case Desired.CANCEL:
            return _close(here, here.persons_cancel())
        case Desired.STOP:
            return _stop_interrupted(here)
        case Desired.RUN | Desired.SAVEPOINT:
            return _lost(here, attempt)


def _is_overruled(here: Situation, outcome: Outcome) -> bool:
    """The run was to go on in spite of this failure, and a person wants that it does not: not Flink ends it."""
    is_going_on = here.run.phase is Phase.FAILING_OVER and outcome.status is JobEnd.FAILED
    return is_going_on and here.desired.is_leaving


def _after_failure(here: Situation, attempt: Attempt, outcome: Outcome) -> Decision | None:
    """What follows a failure that need not be the run's end; None where it is."""
    if here.desired.is_leaving:
        return None
    fault = find_fault(attempt)
    message = (outcome.message or outcome.cause or "")[:1000]
    match fault:
        case RestoreFault.DOES_NOT_FIT:
            return _hold_once(here, Reason("version_does_not_fit", {"message": message}))
        case RestoreFault.UNREADABLE:
            return _try_older(here, message)
        case RestoreFault.INTERRUPTED:
            return _restore_again(here, attempt, message)
        case None:
            return _resume_failed(here, attempt, outcome, message)


def _waits_for_a_person(here: Situation) -> bool:
    """Held, and not only because the engine would not end: that is over once it has."""
    return here.run.phase is Phase.HELD and here.run.reason.code != "engine_will_not_end"


def _hold_once(here: Situation, reason: Reason) -> Decision:
    if _waits_for_a_person(here):
        return here.stay(here.run.reason, again=None)
    if not here.may(Phase.HELD):
        return _to_failing_over(here, reason)
    return Decision(phase=Phase.HELD, reason=reason)


def _to_failing_over(here: Situation, reason: Reason) -> Decision:
    return Decision(phase=Phase.FAILING_OVER, reason=reason, look_again_at=here.now)


def _try_older(here: Situation, message: str) -> Decision | None:
    """The restore point is broken: the next older of the branch, without a pause, off the budget."""
    if _waits_for_a_person(here):
        return here.stay(here.run.reason, again=None)
    if here.run.phase is not Phase.FAILING_OVER:
        reason = Reason("snapshot_unreadable", {"message": message})
        return _to_failing_over(here, reason) if here.may(Phase.FAILING_OVER) else None
    if not here.recorded.has_room:
        return here.stay(Reason("no_room"), again=QUEUE_LOOK)
    return _plan_attempt(here, Phase.FAILING_OVER)


def _restore_again(here: Situation, attempt: Attempt, message: str) -> Decision | None:
    """The restore broke off for no fault of the snapshot: a loss, so the guard's policy counts."""
    if _waits_for_a_person(here):
        return here.stay(here.run.reason, again=None)
    if here.run.phase is not Phase.FAILING_OVER:
        reason = Reason("restore_interrupted", {"message": message})
        return _to_failing_over(here, reason) if here.may(Phase.FAILING_OVER) else None
    match here.recorded.guard:
        case GuardPolicy.FAIL_AND_ALERT:
            return None
        case GuardPolicy.HOLD:
            return Decision(phase=Phase.HELD, reason=Reason("guard_held"))
        case GuardPolicy.RESUME_LATEST_PROVEN:
            return _resume(here, attempt)


def _resume_failed(
    here: Situation, attempt: Attempt, outcome: Outcome, message: str
) -> Decision | None:
    """Flink's own FAILED is no failover, but a policy may resume it a few times."""
    is_flinks = outcome.status is JobEnd.FAILED and outcome.witness is WitnessKind.ENGINE
    limit, failed = here.recorded.policies.resume_failed, here.recorded.failed
    if not is_flinks or outcome.code is not None or attempt.running_at is None:
        return None
    if limit == 0 or failed > limit:
        return None
    if here.run.mode is Mode.BATCH or _waits_for_a_person(here):
        return None
    fields = {"message": message, "failed": str(failed), "limit": str(limit)}
    if here.run.phase is not Phase.FAILING_OVER:
        if not here.may(Phase.FAILING_OVER):
            return None
        return _to_failing_over(here, Reason("job_failed_resuming", fields))
    return _again(here, attempt, failed)


def _first(here: Situation) -> Decision:
    """Nothing was ever launched."""
    if here.desired.is_leaving:
        return Decision(
            phase=Phase.CANCELED,
            reason=Reason("nothing_launched"),
            outcome=here.persons_cancel(),
            intent_result="done",
        )
    if here.run.phase is Phase.HELD:
        return _without_savepoint(here, here.stay(here.run.reason, again=None))
    if here.run.phase is Phase.QUEUED:
        if not here.recorded.has_room:
            return here.stay(Reason("no_room"), again=QUEUE_LOOK)
        return Decision(
            phase=Phase.PREPARING,
            reason=Reason("resolving_restore_point"),
            look_again_at=here.now,
        )
    return _plan_attempt(here, Phase.PREPARING)


def _plan_attempt(here: Situation, phase: Phase) -> Decision:
    """Resolve the restore point, then write the attempt."""
    run = here.run
    if run.unresolved is not None:
        return Decision(phase=Phase.HELD, reason=run.unresolved, health=Health())
    if run.resolved is None:
        return Decision(
            phase=phase,
            reason=Reason("resolving_restore_point"),
            actions=(ResolveRestore(),),
            look_again_at=here.now,
        )
    return Decision(
        phase=phase,
        reason=Reason("planning_attempt"),
        actions=(WriteAttempt(),),
        look_again_at=here.now,
    )


def _lost(here: Situation, attempt: Attempt) -> Decision:
    """The engine is gone without a word: the guard's policy, or a person, decides."""
    run = here.run
    if _waits_for_a_person(here):
        return _without_savepoint(here, _held(here))
    if run.phase is not Phase.FAILING_OVER:
        return Decision(
            phase=Phase.FAILING_OVER, reason=Reason("engine_lost"), look_again_at=here.now
        )
    if not _had_a_job(here, attempt):
        return _resume(here, attempt)
    if run.mode is Mode.BATCH:
        return _batch_unseen(here, attempt)
    if here.recorded.has_vanished and here.recorded.guard is not GuardPolicy.FAIL_AND_ALERT:
        return Decision(phase=Phase.HELD, reason=Reason("probably_finished"))
    match here.recorded.guard:
        case GuardPolicy.FAIL_AND_ALERT:
            return _fail(here, Reason("guard_failed"), "guard")
        case GuardPolicy.HOLD:
            return Decision(phase=Phase.HELD, reason=Reason("guard_held"))
        case GuardPolicy.RESUME_LATEST_PROVEN:
            return _resume(here, attempt)


def _batch_unseen(here: Situation, attempt: Attempt) -> Decision:
    """Whether it finished nobody knows: what then, the job's policy says."""
    match here.recorded.policies.unseen_batch:
        case UnseenBatch.HOLD:
            return Decision(
                phase=Phase.HELD,
                reason=Reason("batch_ended_unseen"),
                look_again_at=here.now + BATCH_UNSEEN_LIMIT,
            )
        case UnseenBatch.RERUN:
            return _resume(here, attempt)
        case UnseenBatch.FAIL:
            return _fail(here, Reason("unknown_outcome"), "policy")


def _had_a_job(here: Situation, attempt: Attempt) -> bool:
    """Whether any Flink job may have run: if not, nothing was processed, and trying again is safe."""
    pushed = here.observed.pushed
    return attempt.running_at is not None or pushed.submitted or pushed.status is not None


def _held(here: Situation) -> Decision:
    """A person must choose; only a batch run that ended unseen stops waiting by itself."""
    run = here.run
    if run.reason.code != "batch_ended_unseen":
        return here.stay(run.reason, again=None)
    waited = here.now - run.reason_since
    if waited > BATCH_UNSEEN_LIMIT:
        return _fail(here, Reason("unknown_outcome"), "deadline")
    return here.stay(run.reason, again=BATCH_UNSEEN_LIMIT - waited + SOON)


def _without_savepoint(here: Situation, decision: Decision) -> Decision:
    """A held run without an engine makes no savepoint: the wish for one has failed."""
    is_in_vain = here.desired is Desired.SAVEPOINT and decision.intent_result is None
    return replace(decision, intent_result="failed") if is_in_vain else decision


def _fail(here: Situation, reason: Reason, source: str) -> Decision:
    return Decision(
        phase=Phase.FAILED,
        reason=reason,
        outcome=here.our_failure(reason, source),
        intent_result=_closing_result(here, Phase.FAILED),
    )


def _resume(here: Situation, attempt: Attempt) -> Decision:
    lost = here.recorded.lost
    if lost > LOST_LIMIT:
        return Decision(phase=Phase.HELD, reason=Reason("too_many_losses", {"lost": str(lost)}))
    return _again(here, attempt, lost)


def _again(here: Situation, attempt: Attempt, count: int) -> Decision:
    """The next attempt, after a pause that grows with each one in a row."""
    not_before = (attempt.ended_at or here.now) + backoff(count)
    if here.now < not_before:
        return here.stay(Reason("backing_off", {"lost": str(count)}), again=not_before - here.now)
    if not here.recorded.has_room:
        return here.stay(Reason("no_room"), again=QUEUE_LOOK)
    if (
        here.run.mode is Mode.STREAMING
        and _had_a_job(here, attempt)
        and not _takes_checkpoints(here)
        and not here.recorded.policies.is_stateless
    ):
        return Decision(phase=Phase.HELD, reason=Reason("no_checkpointing"))
    return _plan_attempt(here, Phase.FAILING_OVER)


def _takes_checkpoints(here: Situation) -> bool:
    """Without them a resumed job would read everything since its start again: a person must say so."""
    inspected = here.observed.asked.inspected
    if inspected is not None:
        return actual_interval(inspected) is not None
    return here.recorded.checkpoint_interval is not None


def backoff(lost: int) -> dt.timedelta:
    """How long to wait after the n-th loss in a row: 1 s, 4 s, 16 s … at most 5 min."""
    factor: int = 4 ** min(max(lost - 1, 0), 8)
    return min(BACKOFF_FIRST * factor, BACKOFF_LAST)


def _close(here: Situation, outcome: Outcome) -> Decision:
    """A witness has spoken, and the engine is proven gone: the run ends."""
    operation = here.recorded.stop_operation
    has_savepoint = operation is not None and operation.state is OperationState.COMPLETED
    if _is_unproven_stop(here, outcome):
        if _waits_for_a_person(here):
            return here.stay(here.run.reason, again=None)
        fault = (operation.error or "") if operation else ""
        return Decision(
            phase=Phase.HELD,
            reason=Reason("stop_unproven", {"fault": fault}),
            intent_result="failed" if here.recorded.intent else None,
        )
    phase = _terminal(outcome, has_savepoint=has_savepoint)
    if not here.may(phase):
        # PREPARING may not finish, HELD may not …: pass through what may, one look later.
        step = Phase.STOPPING if here.may(Phase.STOPPING) else Phase.STARTING
        return Decision(phase=step, reason=Reason("closing"), look_again_at=here.now)
    return Decision(
        phase=phase,
        reason=_closing_reason(phase, outcome),
        outcome=outcome,
        intent_result=_closing_result(here, phase),
    )


def _is_unproven_stop(here: Situation, outcome: Outcome) -> bool:
    """Flink has finished the job for our stop, and the savepoint that it left cannot be proven.

    Calling that finished would let the next start begin without state.
    """
    operation = here.recorded.stop_operation
    is_failed = operation is not None and operation.state is OperationState.FAILED
    is_flinks = outcome.witness is WitnessKind.ENGINE and outcome.status is JobEnd.FINISHED
    return is_failed and is_flinks and here.may(Phase.HELD)


def _closing_result(here: Situation, phase: Phase) -> str | None:
    """What has become of the open wish, now that the run ends."""
    intent = here.recorded.intent
    if intent is None:
        return None
    match intent.kind:
        case IntentKind.STOP | IntentKind.CANCEL:
            return "done"
        case IntentKind.SAVEPOINT:
            return "void"
        case IntentKind.RESTART:
            return "done" if phase in (Phase.STOPPED, Phase.CANCELED) else "void"


def _terminal(outcome: Outcome, *, has_savepoint: bool) -> Phase:
    if has_savepoint and outcome.status is not JobEnd.FAILED:
        return Phase.STOPPED
    match outcome.status:
        case JobEnd.FINISHED:
            return Phase.FINISHED
        case JobEnd.CANCELED:
            return Phase.CANCELED
        case JobEnd.FAILED:
            return Phase.FAILED


def _closing_reason(phase: Phase, outcome: Outcome) -> Reason:
    fields = {"source": outcome.source}
    if outcome.message or outcome.cause:
        fields["message"] = (outcome.message or outcome.cause or "")[:500]
    code = outcome.code if phase is Phase.FAILED and outcome.code else f"run_{phase.value}"
    return Reason(code if code.isidentifier() else "run_failed", fields)


def _stop_interrupted(here: Situation) -> Decision:
    """The JobManager was lost under a stop. Proven savepoint, and nothing newer: stopped; else a person.

    A completed checkpoint with a higher id holds later work (`docs/lifecycle.md`): silently preferring
    the savepoint would read that work again.
    """
    recorded, operation = here.recorded, here.recorded.stop_operation
    if _waits_for_a_person(here):
        return here.stay(here.run.reason, again=None)
    if not here.may(Phase.STOPPED):
        step = Phase.STOPPING if here.may(Phase.STOPPING) else Phase.HELD
        return Decision(phase=step, reason=Reason("stop_interrupted"), look_again_at=here.now)
    savepoint = recorded.savepoint_checkpoint_id
    if (
        operation is not None
        and operation.state is OperationState.COMPLETED
        and savepoint is not None
    ):
        newest = recorded.newest_checkpoint_id
        if newest is None or newest < savepoint:
            return Decision(
                phase=Phase.STOPPED,
                reason=Reason("stopped_after_loss"),
                intent_result="done",
                outcome=here.persons_cancel(),
            )
    return Decision(phase=Phase.HELD, reason=Reason("stop_interrupted"))
