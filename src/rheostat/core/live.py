"""Decide for a launched engine that is wanted: coming, starting, running, restarting, lost."""

import datetime as dt
from dataclasses import replace

from rheostat.core.health import blind, cause_of, find_health, find_start_health
from rheostat.core.restore_fault import RestoreFault, as_outcome, read_fault
from rheostat.core.situation import SOON, Situation
from rheostat.core.witness import EngineWord, JobWord
from rheostat.model.action import Launch
from rheostat.model.decision import Decision
from rheostat.model.phase import Health, HealthWord, Phase, Reason
from rheostat.model.snapshot import RestoreKind

SUBMIT_LIMIT = dt.timedelta(minutes=5)
"""From the launch to a submitted job; restoring state does not count."""
SLOTS_LIMIT = dt.timedelta(minutes=10)
"""How long a job that was submitted may wait for slots, its tasks not restoring, before a person is told."""
ABSENT_LIMIT = dt.timedelta(seconds=15)
"""From the launch to the first sign of a process; then it is launched anew, under the same permit."""
RESPAWN_PAUSE = dt.timedelta(seconds=5)


def decide_live(here: Situation) -> Decision:
    """The job is wanted, and no source says that it ended."""
    match here.facts.engine:
        case EngineWord.GONE:
            return _lost(here)
        case EngineWord.UNSEEN:
            return here.stay(here.run.reason, health=blind(here, "no_look_succeeded"))
        case EngineWord.ABSENT:
            return _absent(here)
        case EngineWord.COMING | EngineWord.UP:
            return _soon_if_disagreeing(here, _with_taskmanagers(here, _by_job(here)))


def _soon_if_disagreeing(here: Situation, decision: Decision) -> Decision:
    """Sources that disagree are looked at again at once."""
    if here.facts.disagreement is None:
        return decision
    return replace(decision, look_again_at=here.now + SOON)


def _lost(here: Situation) -> Decision:
    """The JobManager is gone and nobody says how the job ended."""
    watched = here.observed.watched
    code = "engine_lost" if here.attempt.running_at else "engine_lost_at_start"
    fields = {"last_words": watched.last_words[-400:]} if watched.last_words else {}
    lost = here.end(Reason(code, fields), outcome=None)
    return replace(lost, phase=Phase.FAILING_OVER) if here.may(Phase.FAILING_OVER) else lost


def _absent(here: Situation) -> Decision:
    """Launched, and no process has shown itself yet."""
    since = here.attempt.launched_at or here.attempt.created_at
    stay = here.stay(Reason("engine_coming"))
    if here.now - since <= ABSENT_LIMIT:
        return stay
    if here.now - since > SUBMIT_LIMIT and here.may(Phase.HELD):
        return Decision(phase=Phase.HELD, reason=Reason("no_process_came"))
    return replace(stay, actions=(Launch(),), look_again_at=here.now + RESPAWN_PAUSE)


def _by_job(here: Situation) -> Decision:
    facts, run = here.facts, here.run
    if (fault := _restore_fault(here)) is not None:
        return fault
    match facts.job:
        case JobWord.RUNNING:
            return _running(here)
        case JobWord.NONE | JobWord.STARTING:
            return _starting(here)
        case JobWord.PARTIAL:
            return here.stay(run.reason, health=find_health(here))
        case JobWord.RESTARTING:
            return _restarting(here)
        case JobWord.FAILING:
            return here.stay(Reason("job_failing", cause_of(here)), health=find_health(here))
        case JobWord.UNSEEN | JobWord.ENDED:
            return here.stay(run.reason, health=find_health(here))


def _restore_fault(here: Situation) -> Decision | None:
    """Tasks that cannot read or take their state fail for ever: Flink only restarts them."""
    attempt, cause = here.attempt, here.facts.cause
    is_restoring = attempt.running_at is None and attempt.restore.kind is not RestoreKind.EMPTY
    if not is_restoring or here.facts.job is JobWord.RUNNING or cause is None:
        return None
    fault = read_fault(cause)
    if fault is None or fault is RestoreFault.INTERRUPTED:  # Flink's own restart may do
        return None
    outcome = as_outcome(fault, cause)
    return here.end(Reason(fault.value, {"message": outcome.message or ""}), outcome=outcome)


def _running(here: Situation) -> Decision:
    if not here.may(Phase.RUNNING):
        return Decision(
            phase=Phase.STARTING, reason=Reason("engine_coming"), look_again_at=here.now
        )
    health = find_health(here)
    return Decision(
        phase=Phase.RUNNING,
        reason=Reason("running"),
        health=health,
        look_again_at=None if health.word is HealthWord.HEALTHY else here.now + SOON,
    )


def _starting(here: Situation) -> Decision:
    facts, run = here.facts, here.run
    fields = {"processing": str(facts.tasks_processing), "total": str(facts.tasks_total)}
    if facts.job is JobWord.NONE:
        return _waiting_for_job(here)
    if run.phase is Phase.FAILING_OVER:
        return Decision(
            phase=Phase.STARTING, reason=Reason("job_starting", fields), look_again_at=here.now
        )
    if run.phase is Phase.STARTING:
        health = find_start_health(here)
        if _never_ran(here, health):
            return Decision(
                phase=Phase.HELD, reason=Reason("tasks_never_ran", fields), health=health
            )
        return here.stay(Reason("job_starting", fields), health=health)
    return here.stay(run.reason, health=find_health(here))


def _never_ran(here: Situation, health: Health) -> bool:
    """Whether tasks have waited for a slot so long that a person must look; it goes on by itself if they run."""
    is_waiting = any(each.code == "tasks_not_running" for each in health.reasons)
    return is_waiting and health.since is not None and here.now - health.since >= SLOTS_LIMIT


def _waiting_for_job(here: Situation) -> Decision:
    """No job yet: the engine starts, or the SQL is compiled, or it hangs."""
    since = here.attempt.launched_at or here.attempt.created_at
    is_up = here.facts.engine is EngineWord.UP
    reason = Reason("compiling" if is_up else "engine_coming")
    if here.run.phase is Phase.FAILING_OVER:
        return Decision(phase=Phase.STARTING, reason=reason, look_again_at=here.now + SOON)
    if here.now - since > SUBMIT_LIMIT and here.run.phase is Phase.STARTING:
        seen = {"event": "waiting"} if here.observed.pushed.is_waiting else {}
        return Decision(phase=Phase.HELD, reason=Reason("no_job_submitted", seen))
    if here.run.phase is Phase.HELD:
        return here.stay(here.run.reason)
    return here.stay(reason, health=find_start_health(here))


def _restarting(here: Situation) -> Decision:
    reason = Reason("job_restarting", cause_of(here))
    if not here.may(Phase.RESTARTING):
        return here.stay(reason, health=find_health(here))
    return Decision(
        phase=Phase.RESTARTING,
        reason=reason,
        health=find_health(here),
        look_again_at=here.now + SOON,
    )


def _with_taskmanagers(here: Situation, decision: Decision) -> Decision:
    """Replace lost TaskManagers: `Launch` starts only what is not alive."""
    lost = here.facts.lost_taskmanagers
    if not lost or here.facts.engine is not EngineWord.UP or decision.actions or decision.stage:
        return decision
    launched = here.attempt.launched_at or here.attempt.created_at
    if here.now - launched < RESPAWN_PAUSE:
        return replace(decision, look_again_at=launched + RESPAWN_PAUSE)
    return replace(decision, actions=(Launch(),), look_again_at=here.now + RESPAWN_PAUSE)
