"""Start a job: choose the restore point, say what would happen, record the run."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from rheostat.core.decided import Decided, restore_token
from rheostat.errors import Conflict, Missing
from rheostat.model.event import Event, EventKind
from rheostat.model.ids import RunId
from rheostat.model.job import Job, Version
from rheostat.model.phase import Health, Phase, Reason
from rheostat.model.run import Run
from rheostat.model.snapshot import RestorePoint
from rheostat.service.plan import Shown, make_plan, plan_hash, settle_plan
from rheostat.service.restore_point import check_fit, choose_base, name_point
from rheostat.service.run import show_run_of
from rheostat.service.view import restore_view
from rheostat.service.warning import warn_of_restore, warn_of_version
from rheostat.store import job as jobs
from rheostat.store import run as runs
from rheostat.store.event import append_events
from rheostat.wire.plan import PlanView, StartBody
from rheostat.wire.run import ActionView


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks for what, and when."""

    project: str
    job: str
    actor: str
    now: dt.datetime
    run_id: RunId
    """For a new run."""
    engines: frozenset[str]
    """Versions of Flink that are installed."""
    key: str | None = None
    """Idempotency-Key."""
    dry_run: bool = False


def start(conn: sa.Connection, asked: Asked, body: StartBody) -> ActionView:
    """Plan, and unless it is a dry run record the run. One Idempotency-Key, one run.

    Raises:
        Conflict: a run is live, nothing was published yet, or the version does not fit the snapshot.
        NotFound: no such job, version or snapshot.
        Missing: the engine is not installed.
        Stale: the plan would be another than the one that was shown.
    """
    job = jobs.lock_job(conn, asked.project, asked.job)
    repeated = _find_repeated(conn, asked, job, body)
    if repeated is not None:
        return repeated

    def plan_it() -> tuple[Decided, PlanView, tuple[Version, RestorePoint]]:
        version = choose_version(conn, job, body.version)
        _check_free(conn, job)
        check_engine(version, asked.engines)
        chosen = choose_base(conn, job, body.from_, asked.actor)
        point = check_fit(conn, job, chosen, version, allow_dropped=body.allow_dropped)
        return *_plan(conn, job, version, point, asked.now), (version, point)

    plan, (version, point) = settle_plan(conn, job, body.plan, plan_it)
    if asked.dry_run:
        return ActionView(plan=plan, run=None, applied=False)
    if asked.key is not None:
        runs.insert_key(conn, asked.key, _request(job, body), asked.run_id, asked.now)
    run = _record(conn, asked, job, version, point)
    return ActionView(plan=plan, run=show_run_of(conn, job, run, asked.now), applied=True)


def _check_free(conn: sa.Connection, job: Job) -> None:
    live = runs.find_live(conn, job.id)
    if live is not None:
        raise Conflict(
            f"run {live.number} of {job.name} is {live.phase.value}",
            hint=f"stop it first: rheostat job stop {job.name} -p {job.project.name}",
        )


def check_engine(version: Version, engines: frozenset[str]) -> None:
    """Refuse what could never be launched; `Missing` says what to install."""
    if version.content.flink not in engines:
        raise Missing(
            f"Flink {version.content.flink} is not installed on the server's machine",
            hint=f"run there: rheostat engine install {version.content.flink}",
        )


def choose_version(conn: sa.Connection, job: Job, number: int | None) -> Version:
    """That one, or the newest.

    Raises:
        Conflict: nothing was published yet.
    """
    if number is not None:
        return jobs.load_version(conn, job.id, number)
    newest = jobs.find_newest_version(conn, job.id)
    if newest is None:
        raise Conflict(
            f"{job.name} has no version yet",
            hint=f"publish its draft: rheostat job publish {job.name} -p {job.project.name}",
        )
    return newest


def _plan(
    conn: sa.Connection, job: Job, version: Version, point: RestorePoint, now: dt.datetime
) -> tuple[Decided, PlanView]:
    last = runs.find_newest_run(conn, job.id)
    before = jobs.load_version(conn, job.id, last.version) if last else None
    decided = Decided(
        action="start",
        version=version.digest,
        restore=restore_token(point),
        options="allow_dropped" if point.allow_dropped else "",
    )
    return decided, make_plan(
        job,
        decided,
        [start_step(version, point), Reason("plan_launch", {"flink": version.content.flink})],
        [*warn_of_restore(conn, job, point), *warn_of_version(job, version)],
        Shown(
            version=version.number,
            restore=restore_view(point, now),
            before=before.content if before else None,
            after=version.content,
        ),
    )


def start_step(version: Version, point: RestorePoint) -> Reason:
    """The step that starts a version from what is known already."""
    number = str(version.number)
    if point.path is None:
        return Reason("plan_start_empty", {"version": number})
    return Reason("plan_start_from", {"version": number, **name_point(point)})


def _record(
    conn: sa.Connection, asked: Asked, job: Job, version: Version, point: RestorePoint
) -> Run:
    last = runs.find_newest_run(conn, job.id)
    run = Run(
        id=asked.run_id,
        job_id=job.id,
        number=last.number + 1 if last else 1,
        version=version.number,
        mode=job.mode,
        phase=Phase.QUEUED,
        reason=Reason("requested", {"actor": asked.actor}),
        since=asked.now,
        reason_since=asked.now,
        base=point,
        health=Health(),
        created_at=asked.now,
        created_by=asked.actor,
    )
    runs.insert_run(conn, run)
    event = Event(
        run_id=run.id,
        at=asked.now,
        kind=EventKind.HUMAN,
        code="run_created",
        actor=asked.actor,
        fields={"version": version.number, "restore": point.kind.value, "path": point.path or ""},
    )
    append_events(conn, [event])
    return run


def _request(job: Job, body: StartBody) -> str:
    asked = {"from": body.from_, "version": body.version}
    if body.allow_dropped:
        asked["allow_dropped"] = True
    return plan_hash({"start": job.id, "body": asked})


def _find_repeated(
    conn: sa.Connection, asked: Asked, job: Job, body: StartBody
) -> ActionView | None:
    """The answer to this very request, if it was carried out before."""
    if asked.key is None or asked.dry_run:
        return None
    run_id = runs.find_repeated(conn, asked.key, _request(job, body))
    if run_id is None:
        return None
    run = runs.load_run(conn, run_id)
    version = jobs.load_version(conn, job.id, run.version)
    _, plan = _plan(conn, job, version, run.base, asked.now)
    return ActionView(plan=plan, run=show_run_of(conn, job, run, asked.now), applied=True)
