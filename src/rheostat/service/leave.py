"""Stop and cancel: say what would happen, record the intent."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from rheostat.errors import Conflict
from rheostat.model.event import Event, EventKind
from rheostat.model.ids import IntentId
from rheostat.model.job import Job, Mode
from rheostat.model.phase import Phase
from rheostat.model.run import Intent, IntentKind, Run, Stage
from rheostat.service.run import show_run_of
from rheostat.service.start import plan_hash
from rheostat.store import attempt as attempts
from rheostat.store import job as jobs
from rheostat.store import run as runs
from rheostat.store.event import append_events
from rheostat.wire.run import ActionView, PlanView


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who wants a job to end, and how."""

    project: str
    job: str
    kind: IntentKind
    actor: str
    now: dt.datetime
    intent_id: IntentId
    dry_run: bool = False


def leave(conn: sa.Connection, wish: Wish) -> ActionView:
    """Record a stop or a cancel. Repeating one is harmless; cancel replaces stop, nothing replaces cancel.

    Raises:
        Conflict: no run is live, or a cancel is under way already and a stop was asked.
    """
    job = jobs.lock_job(conn, wish.project, wish.job)
    run = runs.find_live(conn, job.id)
    if run is None:
        raise Conflict(f"no run of {job.name} is live")
    kind = IntentKind.CANCEL if job.mode is Mode.BATCH else wish.kind
    open_ = runs.find_open_intent(conn, run.id)
    if open_ is not None and open_.kind is IntentKind.CANCEL and kind is IntentKind.STOP:
        raise Conflict("it is being canceled, and nothing replaces a cancel")
    _refuse_empty_stop(conn, run, kind)
    plan = _plan(job, run, wish.kind, kind)
    if wish.dry_run:
        return ActionView(plan=plan, run=None, applied=False)
    if open_ is None or open_.kind is not kind:
        _record(conn, wish, run, kind, open_)
    return ActionView(plan=plan, run=show_run_of(conn, job, run, wish.now), applied=True)


def _refuse_empty_stop(conn: sa.Connection, run: Run, kind: IntentKind) -> None:
    """A held run whose engine is gone has nothing that could make a savepoint."""
    attempt = attempts.find_newest_attempt(conn, run.id)
    is_gone = attempt is not None and attempt.stage is Stage.GONE
    if kind is IntentKind.STOP and run.phase is Phase.HELD and is_gone:
        raise Conflict(
            "its engine is gone: there is nothing to make a savepoint",
            hint="cancel it; then start again from the newest snapshot",
        )


def _record(
    conn: sa.Connection, wish: Wish, run: Run, kind: IntentKind, open_: Intent | None
) -> None:
    if open_ is not None:
        runs.close_intent(conn, open_.id, "replaced", wish.now)
    intent = Intent(id=wish.intent_id, run_id=run.id, kind=kind, actor=wish.actor, at=wish.now)
    runs.insert_intent(conn, intent)
    event = Event(
        run_id=run.id,
        at=wish.now,
        kind=EventKind.HUMAN,
        code=f"intent_{kind.value}",
        actor=wish.actor,
    )
    append_events(conn, [event])


def _plan(job: Job, run: Run, wished: IntentKind, kind: IntentKind) -> PlanView:
    is_stop = kind is IntentKind.STOP
    warnings = []
    if wished is IntentKind.STOP and not is_stop:
        warnings.append("a batch job has no savepoints: to stop it is to cancel it")
    elif not is_stop and job.mode is Mode.STREAMING:
        warnings.append("no savepoint is made; what came after the last checkpoint is read again")
    steps = [
        f"stop run {run.number} with a savepoint, and prove it"
        if is_stop
        else f"cancel run {run.number}",
        "end its JobManager and TaskManagers; keep their logs",
    ]
    return PlanView(
        action="stop" if is_stop else "cancel",
        job=job.name,
        version=run.version,
        restore=None,
        steps=steps,
        warnings=warnings,
        hash=plan_hash({"action": kind.value, "run": run.id}),
    )
