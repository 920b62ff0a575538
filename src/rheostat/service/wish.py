"""Stop, cancel, savepoint, restart: say what would happen to a live run, record the wish."""

import datetime as dt
from dataclasses import dataclass, field

import msgspec
import sqlalchemy as sa

from rheostat.core.decided import Decided
from rheostat.core.sentences import tell_reason
from rheostat.core.wish import REPLACES, cancels, judge_replacement
from rheostat.errors import Conflict
from rheostat.model.event import Event, EventKind
from rheostat.model.ids import IntentId
from rheostat.model.job import Job, Mode, Version
from rheostat.model.phase import Phase
from rheostat.model.run import Intent, IntentKind, Options, Run, Stage
from rheostat.service.plan import Shown, make_plan, plan_hash, settle_plan
from rheostat.service.run import show_run_of
from rheostat.service.start import check_engine, choose_version
from rheostat.service.wish_plan import ACTIONS, Wished, plan_wish
from rheostat.store import attempt as attempts
from rheostat.store import job as jobs
from rheostat.store import run as runs
from rheostat.store.event import append_events
from rheostat.wire.plan import PlanView
from rheostat.wire.run import ActionView


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
    options: Options = field(default_factory=Options)
    plan: str | None = None
    """The hash of the plan that was shown."""
    engines: frozenset[str] = field(default_factory=frozenset)
    """Versions of Flink that are installed."""
    key: str | None = None
    """Idempotency-Key."""
    dry_run: bool = False


def wish(conn: sa.Connection, asked: Wish) -> ActionView:
    """Record it, unless it is a dry run. Repeating the wish that is open is harmless.

    Raises:
        Conflict: no run is live; another open wish, or the run's state, does not allow it; or what
            follows could not start from what it would start from.
        Stale: the plan would be another than the one that was shown.
    """
    job = jobs.lock_job(conn, asked.project, asked.job)
    repeated = _find_repeated(conn, job, asked)
    if repeated is not None:
        return repeated

    def plan_it() -> tuple[Decided, PlanView, Wished]:
        wished = _judge(conn, job, asked)
        return *plan_wish(conn, wished, asked.now), wished

    plan, wished = settle_plan(conn, job, asked.plan, plan_it)
    if asked.dry_run:
        return ActionView(plan=plan, run=None, applied=False)
    if asked.key is not None:
        runs.insert_key(conn, asked.key, _request(job, asked), wished.run.id, asked.now)
    if not _is_open(wished):
        _record(conn, asked, wished)
    return ActionView(plan=plan, run=show_run_of(conn, job, wished.run, asked.now), applied=True)


def _request(job: Job, asked: Wish) -> str:
    wanted = {"version": asked.version, "options": msgspec.to_builtins(asked.options)}
    return plan_hash({asked.kind.value: job.id, "body": wanted})


def _find_repeated(conn: sa.Connection, job: Job, asked: Wish) -> ActionView | None:
    """The run that this very request was about, as it is now; its plan is carried out, or was."""
    if asked.key is None or asked.dry_run:
        return None
    run_id = runs.find_repeated(conn, asked.key, _request(job, asked))
    if run_id is None:
        return None
    decided = Decided(action=ACTIONS[asked.kind], run=run_id)
    plan = make_plan(job, decided, [], [], Shown(version=asked.version))
    if asked.plan is not None:
        plan = msgspec.structs.replace(plan, hash=asked.plan)
    run = runs.load_run(conn, run_id)
    return ActionView(plan=plan, run=show_run_of(conn, job, run, asked.now), applied=True)


def _judge(conn: sa.Connection, job: Job, asked: Wish) -> Wished:
    """Whether it may be wished now."""
    run = runs.find_live(conn, job.id)
    if run is None:
        raise Conflict(
            f"no run of {job.name} is live",
            hint=f"start it: rheostat job start {job.name} -p {job.project.name}",
        )
    kind = _kind(job, asked.kind)
    open_ = runs.find_open_intent(conn, run.id)
    refused = judge_replacement(open_, kind, asked.options) if open_ else None
    if refused is not None:
        raise Conflict(tell_reason(refused))
    if job.mode is not Mode.BATCH and not cancels(kind, asked.options):
        _check_engine_is_there(conn, run, kind, open_)
    return Wished(
        job=job,
        run=run,
        asked=asked.kind,
        kind=kind,
        options=asked.options,
        actor=asked.actor,
        target=_target(conn, job, asked) if kind is IntentKind.RESTART else None,
        open_=open_,
    )


def _kind(job: Job, asked: IntentKind) -> IntentKind:
    """A batch job has no savepoints: to stop it is to cancel it."""
    if job.mode is not Mode.BATCH:
        return asked
    if asked is IntentKind.SAVEPOINT:
        raise Conflict("a batch job has no savepoints", hint="it starts anew each time")
    return IntentKind.CANCEL if asked is IntentKind.STOP else asked


def _check_engine_is_there(
    conn: sa.Connection, run: Run, kind: IntentKind, open_: Intent | None
) -> None:
    """Without an engine nothing could make a savepoint; while the run fails over, one may come."""
    attempt = attempts.find_newest_attempt(conn, run.id)
    is_held = run.phase is Phase.HELD
    if attempt is None:
        is_in_vain = is_held and kind is IntentKind.SAVEPOINT
    else:
        is_in_vain = attempt.stage is Stage.GONE and (is_held or kind is IntentKind.RESTART)
    if not is_in_vain:
        return
    hint = "cancel it, then start again"
    if open_ is None or open_.kind in REPLACES[IntentKind.RESTART]:
        hint += "; or both at once: rheostat job restart --from newest"
    raise Conflict("its engine is gone: there is nothing to make a savepoint", hint=hint)


def _target(conn: sa.Connection, job: Job, asked: Wish) -> Version:
    version = choose_version(conn, job, asked.version)
    check_engine(version, asked.engines)
    return version


def _is_open(wished: Wished) -> bool:
    """Whether this very wish is open already."""
    open_, target = wished.open_, wished.target
    if open_ is None or open_.kind is not wished.kind:
        return False
    if wished.kind is IntentKind.CANCEL:
        return True
    return open_.options == wished.options and open_.version == (target.number if target else None)


def _record(conn: sa.Connection, asked: Wish, wished: Wished) -> None:
    run, kind, open_ = wished.run, wished.kind, wished.open_
    number = wished.target.number if wished.target else None
    if open_ is not None:
        runs.close_intent(conn, open_.id, "replaced", asked.now)
    intent = Intent(
        id=asked.intent_id,
        run_id=run.id,
        kind=kind,
        actor=asked.actor,
        at=asked.now,
        version=number,
        options=asked.options,
    )
    runs.insert_intent(conn, intent)
    fields: dict[str, object] = {} if number is None else {"version": number}
    if kind is IntentKind.RESTART:
        fields["from"] = asked.options.from_
    elif kind is not IntentKind.CANCEL:
        fields["format"] = asked.options.format.value
    if asked.options.drain:
        fields["drain"] = True
    event = Event(
        run_id=run.id,
        at=asked.now,
        kind=EventKind.HUMAN,
        code=f"intent_{kind.value}",
        actor=asked.actor,
        fields=fields,
    )
    append_events(conn, [event])
