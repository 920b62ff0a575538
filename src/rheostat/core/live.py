"""Decide for a launched engine that is wanted: coming, starting, running, restarting, lost."""

import datetime as dt
from dataclasses import replace

from rheostat.core.override import actual_interval, find_overrides
from rheostat.core.restore_fault import as_outcome, read_fault
from rheostat.core.situation import SOON, Situation
from rheostat.core.witness import EngineWord, JobWord
from rheostat.model.action import Launch
from rheostat.model.decision import Decision
from rheostat.model.observation import Looked
from rheostat.model.phase import Health, HealthWord, Phase, Reason
from rheostat.model.snapshot import RestoreKind

SUBMIT_LIMIT = dt.timedelta(minutes=5)
"""From the launch to a submitted job; restoring state does not count."""
SILENCE = dt.timedelta(seconds=8)
"""How long a JobManager may be silent before health says that we cannot see."""
PARTIAL_LIMIT = dt.timedelta(seconds=60)
ABSENT_LIMIT = dt.timedelta(seconds=15)
"""From the launch to the first sign of a process; then it is launched anew, under the same permit."""
RESPAWN_PAUSE = dt.timedelta(seconds=5)
DISAGREE_LIMIT = dt.timedelta(seconds=30)
"""How long two sources may contradict each other before health says so."""
CHECKPOINTS_MISSED = 3
CHECKPOINT_SLACK = dt.timedelta(seconds=30)


def decide_live(here: Situation) -> Decision:
    """The job is wanted, and no source says that it ended."""
    match here.facts.engine:
        case EngineWord.GONE:
            return _lost(here)
        case EngineWord.UNSEEN:
            return here.stay(here.run.reason, health=_blind(here, "no_look_succeeded"))
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
            return here.stay(run.reason, health=_health(here))
        case JobWord.RESTARTING:
            return _restarting(here)
        case JobWord.FAILING:
            return here.stay(Reason("job_failing", _cause(here)), health=_health(here))
        case JobWord.UNSEEN | JobWord.ENDED:
            return here.stay(run.reason, health=_health(here))


def _restore_fault(here: Situation) -> Decision | None:
    """Tasks that cannot read or take their state fail for ever: Flink only restarts them."""
    attempt, cause = here.attempt, here.facts.cause
    is_restoring = attempt.running_at is None and attempt.restore.kind is not RestoreKind.EMPTY
    if not is_restoring or here.facts.job is JobWord.RUNNING or cause is None:
        return None
    fault = read_fault(cause)
    if fault is None:
        return None
    outcome = as_outcome(fault, cause)
    return here.end(Reason(fault.value, {"message": outcome.message or ""}), outcome=outcome)


def _running(here: Situation) -> Decision:
    if not here.may(Phase.RUNNING):
        return Decision(
            phase=Phase.STARTING, reason=Reason("engine_coming"), look_again_at=here.now
        )
    health = _health(here)
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
        return here.stay(Reason("job_starting", fields), health=Health())
    return here.stay(run.reason, health=_health(here))


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
    return here.stay(reason, health=Health())


def _restarting(here: Situation) -> Decision:
    reason = Reason("job_restarting", _cause(here))
    if not here.may(Phase.RESTARTING):
        return here.stay(reason, health=_health(here))
    return Decision(
        phase=Phase.RESTARTING, reason=reason, health=_health(here), look_again_at=here.now + SOON
    )


def _cause(here: Situation) -> dict[str, str]:
    return {"cause": here.facts.cause[:500]} if here.facts.cause else {}


def _with_taskmanagers(here: Situation, decision: Decision) -> Decision:
    """Replace lost TaskManagers: `Launch` starts only what is not alive."""
    lost = here.facts.lost_taskmanagers
    if not lost or here.facts.engine is not EngineWord.UP or decision.actions or decision.stage:
        return decision
    launched = here.attempt.launched_at or here.attempt.created_at
    if here.now - launched < RESPAWN_PAUSE:
        return replace(decision, look_again_at=launched + RESPAWN_PAUSE)
    return replace(decision, actions=(Launch(),), look_again_at=here.now + RESPAWN_PAUSE)


def _health(here: Situation) -> Health:
    """Blindness first, then what is known to be wrong."""
    facts = here.facts
    silent_for = here.now - (facts.silent_since or here.attempt.running_at or here.now)
    if here.observed.asked.look.looked is Looked.FAILED and silent_for > SILENCE:
        return _blind(here, "job_manager_silent")
    reasons = [
        *([Reason("taskmanager_lost")] if facts.lost_taskmanagers else []),
        *([Reason("job_restarting", _cause(here))] if facts.job is JobWord.RESTARTING else []),
        *_partial(here),
        *_checkpoints(here),
        *_disagreement(here),
        *_reduced(here),
        *find_overrides(here.observed.asked.inspected, here.recorded),
    ]
    if not reasons:
        return Health()
    return _since(here, HealthWord.DEGRADED, tuple(reasons))


def _partial(here: Situation) -> list[Reason]:
    seen = here.attempt.last_seen_processing_at or here.attempt.running_at
    if here.facts.job is not JobWord.PARTIAL or seen is None or here.now - seen < PARTIAL_LIMIT:
        return []
    facts = here.facts
    return [
        Reason(
            "tasks_not_running",
            {"processing": str(facts.tasks_processing), "total": str(facts.tasks_total)},
        )
    ]


def _checkpoints(here: Situation) -> list[Reason]:
    interval, attempt = here.recorded.checkpoint_interval, here.attempt
    inspected = here.observed.asked.inspected
    if inspected is not None:
        interval = actual_interval(inspected)
    last = attempt.checkpoint_at or attempt.running_at
    if interval is None or last is None:
        return []
    if here.now - last <= CHECKPOINTS_MISSED * interval + CHECKPOINT_SLACK:
        return []
    code = "no_checkpoint" if attempt.checkpoint_at else "no_checkpoint_since_start"
    return [Reason(code, {"since": last.isoformat(timespec="seconds")})]


def _disagreement(here: Situation) -> list[Reason]:
    found, since = here.facts.disagreement, here.facts.disagree_since
    is_lasting = since is not None and here.now - since >= DISAGREE_LIMIT
    return [found] if found is not None and is_lasting else []


def _reduced(here: Situation) -> list[Reason]:
    """Under the adaptive scheduler a job runs with the slots that there are."""
    inspected = here.observed.asked.inspected
    if inspected is None or inspected.parallelism is None or inspected.wanted is None:
        return []
    if inspected.parallelism >= inspected.wanted:
        return []
    fields = {"parallelism": str(inspected.parallelism), "wanted": str(inspected.wanted)}
    return [Reason("parallelism_lower", fields)]


def _blind(here: Situation, code: str) -> Health:
    """We cannot look: that is all that is known."""
    looks = (here.observed.asked.look, here.observed.watched.look)
    why = next((look.why for look in looks if look.looked is Looked.FAILED and look.why), "")
    fields = {"why": why} if why else {}
    if here.observed.watched.jobmanager.is_suspended:
        fields["process"] = "suspended"
    since = here.facts.silent_since
    blind = _since(here, HealthWord.UNKNOWN, (Reason(code, fields),))
    return replace(blind, since=since or blind.since)


def _since(here: Situation, word: HealthWord, reasons: tuple[Reason, ...]) -> Health:
    """Keep the instant at which this word began."""
    before = here.run.health
    since = before.since if before.word is word and before.since else here.now
    return Health(word=word, reasons=reasons, since=since)
