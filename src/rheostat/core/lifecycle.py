"""Decide the next step of a run: total, pure, no clock. The heart; `docs/lifecycle.md` says it in words.

Called by the control loop, and by dry runs. By how far the newest attempt is, it hands over to

* `before_launch`: no engine, or none yet: admission, restore point, guard policy, the terminal phases;
* `live`: an engine was launched and is wanted;
* `leave`: a stop or a cancel of a launched engine;
* `savepoint`: a savepoint of a job that runs on;
* `_ending` here: fence the engine, keep what it left, prove that it is gone.
"""

import datetime as dt
from dataclasses import replace

from rheostat.core import before_launch, leave, live, savepoint
from rheostat.core.moves import is_legal
from rheostat.core.recorded import Recorded
from rheostat.core.situation import ENDING_ACTIONS, SOON, Situation
from rheostat.core.witness import Facts, draw_facts
from rheostat.model.action import Launch, Materialise, WritePermit
from rheostat.model.decision import Decision, Desired
from rheostat.model.observation import Observed
from rheostat.model.phase import Health, HealthWord, Phase, Reason
from rheostat.model.run import Outcome, Stage, WitnessKind

CONTRADICTION_LOOK = dt.timedelta(seconds=30)
ENDING_LIMIT = dt.timedelta(minutes=2)
"""How long an engine may resist its end before a person is told."""


def decide(desired: Desired, recorded: Recorded, observed: Observed, now: dt.datetime) -> Decision:
    """Choose phase, reason, health and actions. Deciding twice on the same facts says the same.

    Records that contradict each other (nothing here writes such) are left as they are, and said to be so.
    """
    decision = _decide(desired, recorded, observed, now)
    if is_legal(recorded.run.phase, decision.phase):
        return decision
    return Decision(
        phase=recorded.run.phase,
        reason=Reason("records_contradict", {"wanted": decision.phase.value}),
        health=recorded.run.health,
        look_again_at=now + CONTRADICTION_LOOK,
    )


def _decide(desired: Desired, recorded: Recorded, observed: Observed, now: dt.datetime) -> Decision:
    run, attempt = recorded.run, recorded.attempt
    facts = draw_facts(
        observed, run.mode, was_running=attempt is not None and attempt.running_at is not None
    )
    here = Situation(desired=desired, recorded=recorded, observed=observed, facts=facts, now=now)
    if run.phase.is_terminal:
        return Decision(phase=run.phase, reason=run.reason, health=run.health)
    if attempt is None or attempt.stage is Stage.GONE:
        return before_launch.decide_without_engine(here)
    match attempt.stage:
        case Stage.PLANNED | Stage.LAUNCHING:
            return _launching(here)
        case Stage.LAUNCHED:
            return _launched(here)
        case Stage.ENDING:
            return _ending(here)


def _launching(here: Situation) -> Decision:
    """The attempt is written; its engine is being made. Every action may be repeated."""
    attempt, phase = here.attempt, here.run.phase
    if attempt.trouble is not None:
        return here.end(attempt.trouble, outcome=here.our_failure(attempt.trouble, "launch"))
    if here.desired.is_leaving:
        return here.end(Reason("nothing_launched"), outcome=here.persons_cancel())
    return Decision(
        phase=phase if phase is Phase.FAILING_OVER else Phase.PREPARING,
        reason=Reason("launching", {"attempt": str(attempt.ordinal)}),
        actions=(Materialise(), WritePermit(), Launch()),
        stage=Stage.LAUNCHING,
        stage_after=Stage.LAUNCHED,
        look_again_at=here.now + SOON,
    )


def _launched(here: Situation) -> Decision:
    """An engine was launched: it comes, runs, leaves, or was lost."""
    phase = here.run.phase
    if phase in (Phase.QUEUED, Phase.PREPARING):
        return Decision(
            phase=Phase.STARTING,
            reason=Reason("engine_coming"),
            look_again_at=here.now,
        )
    if here.facts.ended is not None:
        return here.end(Reason("collecting_logs"), outcome=here.facts.ended)
    if here.desired.is_leaving:
        return leave.decide_leave(here)
    decision = live.decide_live(here)
    if here.desired is Desired.SAVEPOINT:
        return savepoint.with_savepoint(here, decision)
    return decision


def _ending(here: Situation) -> Decision:
    """Fence: permit, processes, look; then storage and logs. Repeated until every step has succeeded."""
    attempt = here.attempt
    reason = here.run.reason
    is_stuck = here.now - here.run.reason_since > ENDING_LIMIT
    if is_stuck and here.run.phase is not Phase.HELD and here.may(Phase.HELD):
        return replace(
            here.end(Reason("engine_will_not_end"), outcome=_late(attempt.outcome, here.facts)),
            phase=Phase.HELD,
        )
    return Decision(
        phase=here.run.phase,
        reason=reason,
        health=_stuck_health(here) if is_stuck else here.run.health,
        outcome=_late(attempt.outcome, here.facts),
        actions=ENDING_ACTIONS,
        stage=Stage.ENDING,
        stage_after=Stage.GONE,
        look_again_at=here.now + SOON,
    )


def _stuck_health(here: Situation) -> Health:
    return Health(
        word=HealthWord.DEGRADED, reasons=(Reason("engine_will_not_end"),), since=here.now
    )


def _late(known: Outcome | None, facts: Facts) -> Outcome | None:
    """An outcome learnt while ending: the engine's word replaces ours, never the other way round."""
    if facts.ended is None:
        return None
    is_better = known is None or (
        known.witness is not WitnessKind.ENGINE and facts.ended.witness is WitnessKind.ENGINE
    )
    return facts.ended if is_better else None
