"""One step of one run: load, observe, decide, write ahead, act, record."""

import datetime as dt
from dataclasses import dataclass, replace

from rheostat import clock
from rheostat.control.act import act
from rheostat.control.load import Loaded, load_step
from rheostat.control.observe import observe
from rheostat.control.record import (
    Done,
    Step,
    changed_attempt,
    changed_run,
    is_worth_writing,
    record_decision,
    record_results,
)
from rheostat.control.refresh import list_attempt, record_found, without_failed
from rheostat.control.world import World
from rheostat.core.lifecycle import decide
from rheostat.core.notice import notice
from rheostat.core.witness import draw_facts
from rheostat.errors import CannotLook, Permanent, Refused, Transient
from rheostat.model.action import NAMES, Action
from rheostat.model.decision import Decision
from rheostat.model.event import Event
from rheostat.model.ids import RunId
from rheostat.model.observation import Observed
from rheostat.model.phase import Reason
from rheostat.model.run import Attempt

EVIDENCE_EVERY = dt.timedelta(seconds=10)
"""How old stored evidence of an unchanged attempt may get."""

_LAUNCH_CODES = {"missing": "engine_missing", "artifact_gone": "artifact_gone"}
"""Why an attempt could not be launched, where it is told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """What a step tells the loop."""

    decision: Decision
    is_changed: bool
    """Phase, reason, health or stage differ from before."""
    has_failed: bool
    """An action failed: do not try again at once."""
    attempt: Attempt | None
    followed: RunId | None = None
    """A run that was written because this one ended."""


async def step(world: World, epoch: int, run_id: RunId) -> Stepped:
    """Take one step.

    Raises:
        LostLease: another server leads by now.
        CannotLook: the database could not be asked.
    """
    loaded = await world.db.read(load_step, run_id, world.runs_limit, clock.now())
    observed = await observe(world, loaded)
    now = clock.now()
    attempt = loaded.recorded.attempt
    noticed: tuple[Event, ...] = ()
    if attempt is not None:
        facts = draw_facts(observed, loaded.run.mode, was_running=attempt.running_at is not None)
        attempt, noticed = notice(attempt, loaded.before, observed, facts, now)
    recorded = replace(loaded.recorded, attempt=attempt)
    decision = decide(recorded.desired, recorded, observed, now)
    taken = Step(
        loaded=loaded,
        attempt=attempt,
        observed=observed,
        decision=decision,
        noticed=noticed,
        now=now,
        keep_evidence=_is_worth_keeping(loaded.before, observed),
    )
    names = [NAMES[type(action)] for action in decision.actions]
    for name in names:
        world.crash(f"{name}:before")
    followed = None
    if is_worth_writing(taken):
        followed = await world.db.write(record_decision, epoch, taken, world.runs_limit)
    await _prove_news(world, epoch, loaded, attempt, observed)
    done = await _act_all(world, epoch, taken)
    if done:
        await world.db.write(record_results, epoch, taken, done, clock.now())
    return Stepped(
        decision=decision,
        is_changed=_is_changed(loaded, decision),
        has_failed=any(one.error for one in done),
        attempt=attempt,
        followed=followed,
    )


async def _act_all(world: World, epoch: int, taken: Step) -> list[Done]:
    """In order, up to the first failure."""
    recorded = replace(
        taken.loaded.recorded,
        run=changed_run(taken.loaded.run, taken.decision, taken.now),
        attempt=changed_attempt(taken.attempt, taken.decision),
    )
    loaded = replace(taken.loaded, recorded=recorded, before=taken.observed)
    done: list[Done] = []
    for action in taken.decision.actions:
        name = NAMES[type(action)]
        world.crash(f"{name}:written")
        one = await _act_one(world, epoch, loaded, action)
        done.append(one)
        world.crash(f"{name}:acted")
        if one.error:
            break
    return done


async def _act_one(world: World, epoch: int, loaded: Loaded, action: Action) -> Done:
    began = clock.monotonic_s()
    error = trouble = None
    try:
        await act(world, epoch, loaded, action)
    except Transient as err:
        error = err.message
    except OSError as err:
        error = f"the operating system refuses: {err}"
    except (Permanent, Refused) as err:
        error = err.message
        hints = [err.hint or "", *(f"{each.where}: {each.message}" for each in err.problems)]
        code = _LAUNCH_CODES.get(err.code, "launch_failed")
        trouble = Reason(code, {"message": " ".join([err.message, *hints]).strip()})
    return Done(
        action=action,
        duration_ms=(clock.monotonic_s() - began) * 1000,
        error=error,
        trouble=trouble,
    )


async def _prove_news(
    world: World, epoch: int, loaded: Loaded, attempt: Attempt | None, observed: Observed
) -> None:
    """A live attempt has a checkpoint that we did not know: read what is there now."""
    if attempt is None:
        return
    known = {each.checkpoint_id for each in loaded.snapshots if each.attempt_id == attempt.id}
    completed = [fact for fact in observed.asked.checkpoints if not fact.is_savepoint]
    newest = max(completed, key=lambda fact: fact.checkpoint_id, default=None)
    if newest is None or newest.checkpoint_id in known:
        return
    try:
        seen = replace(loaded, before=observed)
        found = await list_attempt(world, seen, attempt, level=1)
    except CannotLook:
        return
    await world.db.write(
        record_found, epoch, attempt, replace(without_failed(found), operations=())
    )


def _is_worth_keeping(before: Observed, now: Observed) -> bool:
    """Whether readers would learn something: a value changed, a look turned, or the ages got old."""
    if _essence(before) != _essence(now):
        return True
    looks = ((before.asked.look, now.asked.look), (before.watched.look, now.watched.look))
    return any(
        new.at is not None and (old.at is None or new.at - old.at >= EVIDENCE_EVERY)
        for old, new in looks
    )


def _essence(observed: Observed) -> object:
    asked, watched = observed.asked, observed.watched
    return (
        asked.look.looked,
        asked.look.why,
        asked.status,
        dict(asked.tasks),
        asked.checkpoints,
        asked.operation,
        asked.inspected,
        observed.disagree_since,
        watched.look.looked,
        watched.permit,
        watched.jobmanager,
        watched.taskmanagers,
        watched.outcome,
    )


def _is_changed(loaded: Loaded, decision: Decision) -> bool:
    run = loaded.run
    return (
        decision.phase is not run.phase
        or decision.reason.code != run.reason.code
        or decision.health.word is not run.health.word
        or decision.stage_after is not None
    )
