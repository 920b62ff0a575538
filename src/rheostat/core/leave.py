"""Decide for a launched engine that a person wants ended: stop with savepoint, or cancel."""

import datetime as dt
from dataclasses import replace

from rheostat.core.health import find_health
from rheostat.core.savepoint import unknown_trigger, was_not_running
from rheostat.core.situation import Situation
from rheostat.core.witness import EngineWord, JobWord
from rheostat.model.action import CancelJob, ListSnapshots, TriggerStop
from rheostat.model.decision import Decision, Desired
from rheostat.model.observation import Looked, OperationFact
from rheostat.model.phase import Health, Phase, Reason
from rheostat.model.run import OperationState

CANCEL_LIMIT = dt.timedelta(seconds=30)
"""From the wish to the end by force: a cancel keeps no state, so nothing is lost by force."""
CANCEL_SILENCE = dt.timedelta(seconds=10)
"""A JobManager that does not answer a cancel for so long is ended by force."""
JOB_WAIT = dt.timedelta(seconds=90)
"""How long a stop waits for a job that is not there yet, before it becomes a cancel."""
RESTART_WAIT = dt.timedelta(minutes=10)
"""How long a stop waits for a job that restarts again and again, before a person must choose."""
END_WAIT = dt.timedelta(seconds=20)
"""From a completed stop savepoint to the job's end; later Flink has restarted it (FLINK-33522)."""
FORCE_WAIT = dt.timedelta(minutes=1)
"""From a completed stop savepoint to the end by force: the state is safe by then."""


def decide_leave(here: Situation) -> Decision:
    """A stop or a cancel is open, and no source says that the job ended."""
    if here.facts.engine is EngineWord.GONE:
        return _to_stopping(here, here.end(Reason("engine_lost_while_stopping"), outcome=None))
    if here.desired is Desired.CANCEL:
        return _to_stopping(here, _cancel(here))
    return _stop(here)


def _to_stopping(here: Situation, decision: Decision) -> Decision:
    """A decision that keeps the phase moves to `stopping`, where that is legal."""
    keeps = decision.phase is here.run.phase
    return (
        replace(decision, phase=Phase.STOPPING) if keeps and here.may(Phase.STOPPING) else decision
    )


def _waited(here: Situation) -> dt.timedelta:
    intent = here.recorded.intent
    return here.now - intent.at if intent else dt.timedelta()


def _cancel(here: Situation) -> Decision:
    facts, waited = here.facts, _waited(here)
    is_silent = here.observed.asked.look.looked is not Looked.OK
    too_long = waited > CANCEL_LIMIT or (is_silent and waited > CANCEL_SILENCE)
    never_submitted = facts.job is JobWord.NONE and not is_silent
    if too_long or never_submitted or facts.engine in (EngineWord.ABSENT, EngineWord.COMING):
        return here.end(Reason("ending_by_force"), outcome=here.persons_cancel())
    return replace(here.stay(Reason("canceling"), health=Health()), actions=(CancelJob(),))


def _stop(here: Situation) -> Decision:
    operation = here.recorded.stop_operation
    if operation is None or operation.state is OperationState.FAILED:
        return _to_stopping(here, _trigger(here))
    fact = here.observed.asked.operation
    if operation.state is OperationState.COMPLETED:
        return _to_stopping(here, _savepoint_made(here))
    if fact is not None and fact.status == "COMPLETED":
        return _stop_answered(here, fact)
    if fact is not None and fact.status == "UNKNOWN":
        return _to_stopping(here, unknown_trigger(here, operation, TriggerStop()))
    return _to_stopping(here, _pending(here))


def _pending(here: Situation) -> Decision:
    """The savepoint is being made, or the JobManager cannot be asked: wait, and say so."""
    if here.observed.asked.look.looked is Looked.OK:
        return here.stay(Reason("savepoint_pending"), health=Health())
    why = here.observed.asked.look.why or ""
    return here.stay(Reason("stop_waits_unseen", {"why": why}), health=find_health(here))


def _trigger(here: Situation) -> Decision:
    facts = here.facts
    if facts.engine is EngineWord.UNSEEN or facts.job is JobWord.UNSEEN:
        return _pending(here)
    if facts.job is JobWord.RUNNING:
        return replace(
            here.stay(Reason("savepoint_pending"), health=Health()), actions=(TriggerStop(),)
        )
    if _waited(here) > JOB_WAIT and facts.job in (JobWord.NONE, JobWord.STARTING):
        return here.end(Reason("ending_by_force"), outcome=here.persons_cancel())
    if _waited(here) > RESTART_WAIT and here.may(Phase.HELD):
        return Decision(
            phase=Phase.HELD, reason=Reason("stop_waited_in_vain"), intent_result="failed"
        )
    return here.stay(Reason("stop_waits_for_job"), health=find_health(here))


def _stop_answered(here: Situation, fact: OperationFact) -> Decision:
    """The JobManager has finished with our trigger id."""
    if fact.error is None:
        return _to_stopping(here, _savepoint_made(here))
    if here.run.reason.code != "stop_answer_checked":
        # FLINK-33522: "a savepoint has been created … failed during stopping" is an error, too.
        checked = here.stay(Reason("stop_answer_checked"), health=Health())
        return _to_stopping(here, replace(checked, actions=(ListSnapshots(),)))
    if was_not_running(fact.error) and _waited(here) <= RESTART_WAIT:
        waits = here.stay(Reason("stop_waits_for_job"), health=find_health(here))
        return _to_stopping(here, replace(waits, operation_error=fact.error))
    failed = here.stay(Reason("stop_failed", {"message": fact.error[:500]}), health=Health())
    return replace(
        failed,
        phase=Phase.RUNNING if here.may(Phase.RUNNING) else here.run.phase,
        intent_result="failed",
        operation_error=fact.error,
    )


def _savepoint_made(here: Situation) -> Decision:
    """The savepoint is there; the job must end. If Flink restarts it instead, it is canceled."""
    stay = here.stay(Reason("savepoint_made"), health=Health())
    if here.run.reason.code != "savepoint_made":
        return stay
    waited = here.now - here.run.reason_since
    if waited > FORCE_WAIT:
        return here.end(Reason("ending_by_force"), outcome=here.persons_cancel())
    return replace(stay, actions=(CancelJob(),)) if waited > END_WAIT else stay
