"""Decide about a savepoint of a job that runs on, and about trigger ids that a JobManager does not know."""

import datetime as dt
from dataclasses import replace

from rheostat.core.situation import SOON, Situation
from rheostat.core.witness import JobWord
from rheostat.model.action import ListSnapshots, TriggerSavepoint, TriggerStop
from rheostat.model.decision import Decision
from rheostat.model.phase import Phase, Reason
from rheostat.model.run import Operation, OperationState

TRIGGER_VALID = dt.timedelta(minutes=5)
"""A trigger id is remembered so long by one JobManager (`rest.async.store-duration`, 1.20 and 2.x)."""
SAVEPOINT_WAIT = dt.timedelta(minutes=2)
"""How long a wish for a savepoint waits for a job that does not run."""


def with_savepoint(here: Situation, decision: Decision) -> Decision:
    """Add to what the running job needs anyway what its savepoint needs; a fence comes first."""
    if decision.actions or decision.stage is not None:
        return decision
    operation = here.recorded.savepoint_operation
    if operation is None:
        return _begin(here, decision)
    match operation.state:
        case OperationState.COMPLETED:
            return replace(decision, intent_result="done")
        case OperationState.FAILED:
            if was_not_running(operation.error or "") and _waited(here) <= SAVEPOINT_WAIT:
                return _begin(here, decision)
            return replace(decision, intent_result="failed")
        case OperationState.PENDING:
            return _pending(here, decision, operation)


def _waited(here: Situation) -> dt.timedelta:
    intent = here.recorded.intent
    return here.now - intent.at if intent else dt.timedelta()


def _begin(here: Situation, decision: Decision) -> Decision:
    if decision.phase is Phase.RUNNING and here.facts.job is JobWord.RUNNING:
        return _soon(here, replace(decision, actions=(TriggerSavepoint(),)))
    if _waited(here) > SAVEPOINT_WAIT:
        return replace(decision, intent_result="failed")
    return _soon(here, decision)


def _pending(here: Situation, decision: Decision, operation: Operation) -> Decision:
    fact = here.observed.asked.operation
    if fact is None or fact.status == "IN_PROGRESS":
        return _soon(here, decision)
    if fact.status == "UNKNOWN":
        unknown = unknown_trigger(here, operation, TriggerSavepoint())
        is_known_now = unknown.operation_error is None
        return _soon(
            here,
            replace(
                decision,
                actions=unknown.actions,
                reason=unknown.reason if is_known_now else decision.reason,
                operation_error=unknown.operation_error,
            ),
        )
    if fact.error is not None:
        result = None if was_not_running(fact.error) else "failed"
        return _soon(here, replace(decision, operation_error=fact.error, intent_result=result))
    return _soon(here, replace(decision, actions=(ListSnapshots(),)))


def was_not_running(error: str) -> bool:
    """Flink would not even begin, because tasks were restarting: the wish stands, and is tried again.

    The text is `CheckpointFailureReason.NOT_ALL_REQUIRED_TASKS_RUNNING` of 1.20 and 2.3.
    """
    return "Not all required tasks are currently running" in error


def _soon(here: Situation, decision: Decision) -> Decision:
    return replace(decision, look_again_at=here.now + SOON)


def unknown_trigger(
    here: Situation, operation: Operation, again: TriggerStop | TriggerSavepoint
) -> Decision:
    """The JobManager does not know our trigger id: it never arrived, or was forgotten since.

    While it would still be remembered it is sent again. Later its folder is listed before anything is
    repeated; only a folder without a proven savepoint closes the operation, and a new one follows.
    """
    if here.now - operation.created_at < TRIGGER_VALID:
        return replace(here.stay(Reason("savepoint_pending")), actions=(again,))
    if here.run.reason.code != "trigger_forgotten":
        return replace(here.stay(Reason("trigger_forgotten")), actions=(ListSnapshots(),))
    return replace(
        here.stay(Reason("savepoint_pending")),
        operation_error="the JobManager has forgotten it, and its folder holds no proven savepoint",
    )
