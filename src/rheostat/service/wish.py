"""Stop, cancel, savepoint, restart: say what would happen to a live run, record the wish."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

import sqlalchemy as sa

from rheostat.errors import Conflict
from rheostat.model.event import Event, EventKind
from rheostat.model.ids import IntentId
from rheostat.model.job import Job, Mode, Version
from rheostat.model.phase import Phase
from rheostat.model.run import Intent, IntentKind, Run, Stage
from rheostat.service.plan import check_plan, describe_changes, plan_hash
from rheostat.service.run import show_run_of
from rheostat.service.start import check_engine, choose_version
from rheostat.store import attempt as attempts
from rheostat.store import job as jobs
from rheostat.store import run as runs
from rheostat.store.event import append_events
from rheostat.wire.run import ActionView, PlanView

REPLACES: dict[IntentKind, frozenset[IntentKind]] = {
    IntentKind.CANCEL: frozenset({IntentKind.STOP, IntentKind.SAVEPOINT, IntentKind.RESTART}),
    IntentKind.STOP: frozenset({IntentKind.SAVEPOINT, IntentKind.RESTART}),
    IntentKind.RESTART: frozenset({IntentKind.SAVEPOINT}),
    IntentKind.SAVEPOINT: frozenset(),
}
"""Which open wish a new one may take the place of. Nothing replaces a cancel."""
ACTIONS: dict[IntentKind, Literal["stop", "cancel", "savepoint", "restart"]] = {
    IntentKind.STOP: "stop",
    IntentKind.CANCEL: "cancel",
    IntentKind.SAVEPOINT: "savepoint",
    IntentKind.RESTART: "restart",
}
NEED_ENGINE = frozenset({IntentKind.STOP, IntentKind.SAVEPOINT, IntentKind.RESTART})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who wants what of a job's live run."""

    project: str
    job: str
    kind: IntentKind
    actor: str
    now: dt.datetime
    intent_id: IntentId
    version: int | None = None
    """Of a restart; None = the newest."""
    plan: str | None = None
    """The hash of the plan that was shown."""
    engines: frozenset[str] = field(default_factory=frozenset)
    """Versions of Flink that are installed."""
    dry_run: bool = False


def wish(conn: sa.Connection, asked: Wish) -> ActionView:
    """Record it, unless it is a dry run. Repeating the wish that is open is harmless.

    Raises:
        Conflict: no run is live, or another open wish, or the run's state, does not allow it.
        Stale: the plan would be another than the one that was shown.
    """
    job = jobs.lock_job(conn, asked.project, asked.job)
    run = runs.find_live(conn, job.id)
    if run is None:
        raise Conflict(
            f"no run of {job.name} is live",
            hint=f"start it: rheostat job start {job.name} -p {job.project.name}",
        )
    kind = _kind(job, asked.kind)
    open_ = runs.find_open_intent(conn, run.id)
    _check_open(open_, kind)
    _check_engine_is_there(conn, run, kind)
    target = _target(conn, job, asked) if kind is IntentKind.RESTART else None
    plan = _plan(conn, job, run, asked.kind, target)
    check_plan(plan, asked.plan)
    if asked.dry_run:
        return ActionView(plan=plan, run=None, applied=False)
    is_same = open_ is not None and open_.kind is kind
    if not is_same or (open_ and target and open_.version != target.number):
        _record(conn, asked, run, open_, (kind, target))
    return ActionView(plan=plan, run=show_run_of(conn, job, run, asked.now), applied=True)


def _kind(job: Job, asked: IntentKind) -> IntentKind:
    """A batch job has no savepoints: to stop it is to cancel it."""
    if job.mode is not Mode.BATCH:
        return asked
    if asked is IntentKind.SAVEPOINT:
        raise Conflict("a batch job has no savepoints", hint="it starts anew each time")
    return IntentKind.CANCEL if asked is IntentKind.STOP else asked


def _check_open(open_: Intent | None, kind: IntentKind) -> None:
    if open_ is None or open_.kind is kind or open_.kind in REPLACES[kind]:
        return
    if open_.kind is IntentKind.CANCEL:
        raise Conflict("it is being canceled, and nothing replaces a cancel")
    raise Conflict(f"a {open_.kind.value} is under way, and a {kind.value} does not replace it")


def _check_engine_is_there(conn: sa.Connection, run: Run, kind: IntentKind) -> None:
    """A held run whose engine is gone has nothing that could make a savepoint."""
    attempt = attempts.find_newest_attempt(conn, run.id)
    is_gone = attempt is not None and attempt.stage is Stage.GONE
    if kind in NEED_ENGINE and run.phase is Phase.HELD and is_gone:
        raise Conflict(
            "its engine is gone: there is nothing to make a savepoint",
            hint="cancel it; then start again from the newest snapshot",
        )


def _target(conn: sa.Connection, job: Job, asked: Wish) -> Version:
    version = choose_version(conn, job, asked.version)
    check_engine(version, asked.engines)
    return version


def _record(
    conn: sa.Connection,
    asked: Wish,
    run: Run,
    open_: Intent | None,
    what: tuple[IntentKind, Version | None],
) -> None:
    kind, target = what
    number = target.number if target else None
    if open_ is not None:
        runs.close_intent(conn, open_.id, "replaced", asked.now)
    intent = Intent(
        id=asked.intent_id,
        run_id=run.id,
        kind=kind,
        actor=asked.actor,
        at=asked.now,
        version=number,
    )
    runs.insert_intent(conn, intent)
    event = Event(
        run_id=run.id,
        at=asked.now,
        kind=EventKind.HUMAN,
        code=f"intent_{kind.value}",
        actor=asked.actor,
        fields={} if number is None else {"version": number},
    )
    append_events(conn, [event])


END = "end its JobManager and TaskManagers; keep their logs"


def _plan(
    conn: sa.Connection, job: Job, run: Run, asked: IntentKind, target: Version | None
) -> PlanView:
    is_batch = job.mode is Mode.BATCH
    action = ACTIONS[_kind(job, asked)]
    before = jobs.load_version(conn, job.id, run.version) if target else None
    decision = {"action": action, "run": run.id, "version": target.digest if target else None}
    return PlanView(
        action=action,
        job=job.name,
        version=target.number if target else run.version,
        restore=None,
        steps=_steps(run, asked, target, is_batch=is_batch),
        changes=describe_changes(before, target) if target else [],
        warnings=_warnings(job, run, asked, target),
        hash=plan_hash(decision),
    )


def _steps(run: Run, asked: IntentKind, target: Version | None, *, is_batch: bool) -> list[str]:
    stop = (
        f"cancel run {run.number}"
        if is_batch
        else f"stop run {run.number} with a savepoint, and prove it"
    )
    match asked:
        case IntentKind.CANCEL:
            return [f"cancel run {run.number}", END]
        case IntentKind.STOP:
            return [stop, END]
        case IntentKind.SAVEPOINT:
            return [f"make a savepoint of run {run.number}, and prove it; the job runs on"]
        case IntentKind.RESTART:
            version = target.number if target else run.version
            source = "without state" if is_batch else "from that savepoint"
            return [stop, END, f"start version {version} {source}"]


def _warnings(job: Job, run: Run, asked: IntentKind, target: Version | None) -> list[str]:
    warnings = []
    if job.mode is Mode.BATCH and asked is IntentKind.STOP:
        warnings.append("a batch job has no savepoints: to stop it is to cancel it")
    if job.mode is Mode.STREAMING and asked is IntentKind.CANCEL:
        warnings.append("no savepoint is made; what came after the last checkpoint is read again")
    if target is not None and target.number < run.version:
        warnings.append(f"this goes back: version {run.version} runs now")
    if target is not None and job.draft != target.content:
        warnings.append("the draft has changes that this version does not have")
    return warnings
