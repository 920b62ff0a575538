"""The plans of stop, cancel, savepoint and restart: what would happen to a live run, step by step."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from rheostat.core.decided import (
    EMPTY,
    NEWEST_THEN,
    OF_STOP,
    ActionWord,
    Decided,
    restore_token,
)
from rheostat.core.fit import origin_to_be
from rheostat.core.wish import cancels
from rheostat.model.job import Job, Mode, Version
from rheostat.model.phase import Reason
from rheostat.model.run import Intent, IntentKind, Options, Run
from rheostat.model.snapshot import RestorePoint
from rheostat.service.plan import Shown, make_plan
from rheostat.service.restore_point import (
    check_fit,
    check_origin,
    choose_base,
    find_newest,
    name_point,
)
from rheostat.service.start import start_step
from rheostat.service.view import restore_view
from rheostat.service.warning import REWIND_LARGE, tell_hours, warn_of_restore, warn_of_version
from rheostat.store import job as jobs
from rheostat.store import snapshot as snapshots
from rheostat.wire.plan import PlanView

ACTIONS: dict[IntentKind, ActionWord] = {
    IntentKind.STOP: "stop",
    IntentKind.CANCEL: "cancel",
    IntentKind.SAVEPOINT: "savepoint",
    IntentKind.RESTART: "restart",
}
END = Reason("plan_end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """A wish that may be carried out: what it is about, and what it would replace."""

    job: Job
    run: Run
    asked: IntentKind
    """As the person said it."""
    kind: IntentKind
    """As it is recorded: to stop a batch job is to cancel it."""
    options: Options
    actor: str
    target: Version | None = None
    """Of a restart: what runs next."""
    open_: Intent | None = None

    @property
    def is_batch(self) -> bool:
        """Whether there is no state to keep."""
        return self.job.mode is Mode.BATCH


@dataclass(frozen=True, slots=True, kw_only=True)
class _Next:
    """What runs after a restart, and from what."""

    step: Reason
    token: str
    chosen: RestorePoint | None = None
    """None: only known when the run has ended."""


def plan_wish(conn: sa.Connection, wished: Wished, now: dt.datetime) -> tuple[Decided, PlanView]:
    """Say what would happen.

    Raises:
        Conflict: what follows could not start from what it would start from.
    """
    job, run, target = wished.job, wished.run, wished.target
    newest = None if wished.is_batch else find_newest(conn, job)
    then = _next(conn, wished, target) if target else None
    shown = then.chosen if then and then.chosen else newest
    decided = Decided(
        action=ACTIONS[wished.kind],
        run=run.id,
        version=target.digest if target else "",
        restore=then.token if then else "",
        options=options_token(wished.kind, wished.options),
    )
    before = jobs.load_version(conn, job.id, run.version).content if target else None
    return decided, make_plan(
        job,
        decided,
        _steps(wished, newest, then),
        _warnings(conn, wished, newest, then),
        Shown(
            version=target.number if target else run.version,
            restore=restore_view(shown, now) if isinstance(shown, RestorePoint) else None,
            before=before,
            after=target.content if target else None,
        ),
    )


def options_token(kind: IntentKind, options: Options) -> str:
    """Options as a part of a decision: only those that count for this wish."""
    words = []
    if kind is not IntentKind.CANCEL and not cancels(kind, options):
        words.append(options.format.value)
    if kind is IntentKind.STOP and options.drain:
        words.append("drain")
    if kind is IntentKind.RESTART and options.allow_dropped:
        words.append("allow_dropped")
    return " ".join(words)


def _next(conn: sa.Connection, wished: Wished, target: Version) -> _Next:
    job, run, options = wished.job, wished.run, wished.options
    number = str(target.number)
    if wished.is_batch:
        return _Next(step=Reason("plan_start_empty", {"version": number}), token=EMPTY)
    if options.from_ == "savepoint":
        running = jobs.load_version(conn, job.id, run.version).content
        made = snapshots.list_of_run(conn, run.id)
        origin = origin_to_be(running, made[-1] if made else None, options.format)
        check_origin(origin, running, target)
        return _Next(step=Reason("plan_start_from_stop", {"version": number}), token=OF_STOP)
    chosen = choose_base(conn, job, options.from_, wished.actor)
    chosen = check_fit(conn, job, chosen, target, allow_dropped=options.allow_dropped)
    if options.from_ != "newest":
        return _Next(step=start_step(target, chosen), token=restore_token(chosen), chosen=chosen)
    if chosen.path is None:
        return _Next(step=Reason("plan_start_newest_none", {"version": number}), token=NEWEST_THEN)
    named = {"version": number, **name_point(chosen)}
    return _Next(step=Reason("plan_start_newest", named), token=NEWEST_THEN)


def _steps(
    wished: Wished, newest: RestorePoint | Reason | None, then: _Next | None
) -> Iterator[Reason]:
    run = {"run": str(wished.run.number)}
    saved = {**run, "format": wished.options.format.value}
    match wished.kind:
        case IntentKind.SAVEPOINT:
            yield Reason("plan_savepoint", saved)
            return
        case IntentKind.CANCEL:
            yield Reason("plan_cancel", run)
        case IntentKind.STOP | IntentKind.RESTART:
            if wished.is_batch or cancels(wished.kind, wished.options):
                yield Reason("plan_cancel", run)
            elif wished.options.drain:
                yield Reason("plan_drain", saved)
            else:
                yield Reason("plan_stop", saved)
    yield END
    if then is not None:
        yield then.step
    elif not wished.is_batch:
        yield from _later(wished, newest)


def _later(wished: Wished, newest: RestorePoint | Reason | None) -> Iterator[Reason]:
    """What a later start does."""
    if wished.kind is IntentKind.STOP:
        yield Reason("plan_later_drained" if wished.options.drain else "plan_later_stop")
    elif isinstance(newest, RestorePoint) and newest.path is not None:
        yield Reason("plan_later_from", name_point(newest))
    elif isinstance(newest, RestorePoint):
        yield Reason("plan_later_empty")


def _warnings(
    conn: sa.Connection, wished: Wished, newest: RestorePoint | Reason | None, then: _Next | None
) -> Iterator[Reason]:
    open_, target = wished.open_, wished.target
    if open_ is not None and open_.kind is not wished.kind:
        yield Reason("replaces_wish", {"intent": open_.kind.value, "actor": open_.actor})
    if wished.is_batch and wished.asked is IntentKind.STOP:
        yield Reason("batch_has_no_savepoints")
    if not wished.is_batch and cancels(wished.kind, wished.options):
        yield Reason("no_savepoint_is_made")
        yield from _of_newest(newest)
    if then is not None and then.chosen is not None:
        yield from warn_of_restore(conn, wished.job, then.chosen)
    if wished.kind is IntentKind.STOP and wished.options.drain:
        yield Reason("drain_is_final")
    if target is not None and wished.options.allow_dropped:
        yield Reason("drops_state")
    if target is not None and target.number < wished.run.version:
        yield Reason("goes_back", {"version": str(wished.run.version)})
    if target is not None:
        yield from warn_of_version(wished.job, target)


def _of_newest(newest: RestorePoint | Reason | None) -> Iterator[Reason]:
    """About what a later start would find."""
    if isinstance(newest, Reason):
        yield newest
    elif newest is not None and newest.rewind is not None and newest.rewind > REWIND_LARGE:
        yield Reason("rewind_large", {"rewind": tell_hours(newest.rewind)})
