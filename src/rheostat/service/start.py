"""Start a job: choose the restore point, say what would happen, record the run."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from rheostat.errors import Conflict, Missing
from rheostat.model.event import Event, EventKind
from rheostat.model.ids import RunId
from rheostat.model.job import Job, Version
from rheostat.model.phase import Health, Phase, Reason
from rheostat.model.run import Run
from rheostat.model.snapshot import RestorePoint
from rheostat.service.plan import check_plan, describe_changes, plan_hash
from rheostat.service.restore_point import choose_base
from rheostat.service.run import show_run_of
from rheostat.service.view import restore_view
from rheostat.store import job as jobs
from rheostat.store import run as runs
from rheostat.store.event import append_events
from rheostat.wire.run import ActionView, PlanView, StartBody


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
        Conflict: a run is live, or nothing was published yet.
        NotFound: no such job, version or snapshot.
        Missing: the engine is not installed.
    """
    job = jobs.lock_job(conn, asked.project, asked.job)
    repeated = _find_repeated(conn, asked, job, body)
    if repeated is not None:
        return repeated
    version = choose_version(conn, job, body.version)
    live = runs.find_live(conn, job.id)
    if live is not None:
        raise Conflict(
            f"run {live.number} of {job.name} is {live.phase.value}",
            hint=f"stop it first: rheostat job stop {job.name} -p {asked.project}",
        )
    check_engine(version, asked.engines)
    point = choose_base(conn, job, body.from_, asked.actor)
    plan = _plan(conn, job, version, point, asked.now)
    check_plan(plan, body.plan)
    if asked.dry_run:
        return ActionView(plan=plan, run=None, applied=False)
    if asked.key is not None:
        runs.insert_key(conn, asked.key, _request(job, body), asked.run_id, asked.now)
    run = _record(conn, asked, job, version, point)
    return ActionView(plan=plan, run=show_run_of(conn, job, run, asked.now), applied=True)


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
) -> PlanView:
    last = runs.find_newest_run(conn, job.id)
    before = jobs.load_version(conn, job.id, last.version) if last else None
    view = restore_view(point, now)
    source = "without state" if view.path is None else f"from {view.kind} {view.path}"
    warnings = []
    if job.draft != version.content:
        warnings.append("the draft has changes that this version does not have")
    decision = {"job": job.id, "version": version.digest, "restore": [view.kind, view.path]}
    return PlanView(
        action="start",
        job=job.name,
        version=version.number,
        restore=view,
        steps=[
            f"start version {version.number} {source}: {view.reason}",
            f"launch a JobManager and its TaskManagers of Flink {version.content.flink}",
        ],
        changes=describe_changes(before, version),
        warnings=warnings,
        hash=plan_hash(decision),
    )


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
    plan = _plan(conn, job, version, run.base, asked.now)
    return ActionView(plan=plan, run=show_run_of(conn, job, run, asked.now), applied=True)
