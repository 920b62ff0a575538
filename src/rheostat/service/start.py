"""Start a job: choose the restore point, say what would happen, record the run."""

import datetime as dt
import hashlib
from dataclasses import dataclass, replace

import msgspec
import sqlalchemy as sa

from rheostat.core import restore
from rheostat.errors import Conflict, Missing, NotFound
from rheostat.model.event import Event, EventKind
from rheostat.model.ids import RunId
from rheostat.model.job import Job, Mode, Version
from rheostat.model.phase import Health, Phase, Reason
from rheostat.model.run import Run
from rheostat.model.snapshot import RestorePoint
from rheostat.service.run import show_run_of
from rheostat.service.view import restore_view
from rheostat.store import attempt as attempts
from rheostat.store import job as jobs
from rheostat.store import run as runs
from rheostat.store import snapshot as snapshots
from rheostat.store.event import append_events
from rheostat.wire.run import ActionView, PlanView, StartBody

CHOSEN_EMPTY = frozenset({"started_empty", "bounded_restart"})
"""A branch that began so stays so until it makes state of its own: a person's choice is not undone."""


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
    version = _choose_version(conn, job, body)
    live = runs.find_live(conn, job.id)
    if live is not None:
        raise Conflict(
            f"run {live.number} of {job.name} is {live.phase.value}",
            hint=f"stop it first: rheostat job stop {job.name} -p {asked.project}",
        )
    if version.content.flink not in asked.engines:
        raise Missing(
            f"Flink {version.content.flink} is not installed on the server's machine",
            hint=f"run there: rheostat engine install {version.content.flink}",
        )
    point = choose_base(conn, job, body.from_, asked)
    plan = _plan(job, version, point, asked.now)
    if asked.dry_run:
        return ActionView(plan=plan, run=None, applied=False)
    if asked.key is not None:
        runs.insert_key(conn, asked.key, _request(job, body), asked.run_id, asked.now)
    run = _record(conn, asked, job, version, point)
    return ActionView(plan=plan, run=show_run_of(conn, job, run, asked.now), applied=True)


def choose_base(conn: sa.Connection, job: Job, wanted: str, asked: Asked) -> RestorePoint:
    """What a person's choice means: `empty`, `newest`, or one snapshot of this job."""
    actor = {"actor": asked.actor}
    last = runs.find_newest_run(conn, job.id)
    if wanted == "empty":
        return restore.empty(Reason("started_empty", actor))
    if wanted != "newest":
        snapshot = snapshots.find_snapshot(conn, job.id, wanted)
        if snapshot is None:
            raise NotFound(
                f"{job.name} has no snapshot {wanted}",
                hint=f"list them: rheostat snapshot list {job.name} -p {asked.project}",
            )
        if snapshot.proven < 1:
            raise Conflict(f"this snapshot is not proven: {snapshot.fault or 'not read yet'}")
        return restore.as_restore_point(
            snapshot, Reason("chosen_by_person", actor), processed_until=_until(conn, last)
        )
    if job.mode is Mode.BATCH or last is None:
        return restore.empty(Reason("no_snapshot_yet"))
    if last.phase is Phase.FINISHED:
        return restore.empty(Reason("bounded_restart"))
    return _newest(conn, job, last, asked)


def _newest(conn: sa.Connection, job: Job, last: Run, asked: Asked) -> RestorePoint:
    """The newest proven snapshot of the job's whole line: newest branch first.

    Raises:
        Conflict: there was state, and none of it is proven.
    """
    number = last.number
    known = snapshots.list_of_job(conn, job.id)
    while number > 0:
        run = runs.load_run_by_number(conn, job.id, number)
        mine = sorted((each for each in known if each.run_id == run.id), key=restore.position)
        proven = [each for each in mine if each.proven and not each.fault]
        if proven:
            return restore.as_restore_point(
                proven[-1], Reason("newest_proven"), processed_until=_until(conn, run)
            )
        if mine:
            raise Conflict(
                f"run {number} left state, and none of it is proven: {mine[-1].fault or 'not read'}",
                hint="choose: --from empty, or --from SNAPSHOT of an earlier run",
            )
        if run.base.path is not None or run.base.reason.code in CHOSEN_EMPTY:
            return replace(run.base, reason=Reason("base_again"))
        number -= 1
    return restore.empty(Reason("no_snapshot_yet"))


def _until(conn: sa.Connection, run: Run | None) -> dt.datetime | None:
    """When that run was last seen processing."""
    attempt = attempts.find_newest_attempt(conn, run.id) if run else None
    return attempt.last_seen_processing_at if attempt else None


def _choose_version(conn: sa.Connection, job: Job, body: StartBody) -> Version:
    if body.version is not None:
        return jobs.load_version(conn, job.id, body.version)
    newest = jobs.find_newest_version(conn, job.id)
    if newest is None:
        raise Conflict(
            f"{job.name} has no version yet",
            hint=f"publish its draft: rheostat job publish {job.name} -p {job.project.name}",
        )
    return newest


def _plan(job: Job, version: Version, point: RestorePoint, now: dt.datetime) -> PlanView:
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
        warnings=warnings,
        hash=plan_hash(decision),
    )


def plan_hash(decision: object) -> str:
    """Names what was decided; facts that pass by (ages, sizes) are left out."""
    return hashlib.sha256(msgspec.json.encode(decision, order="deterministic")).hexdigest()[:16]


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
    return plan_hash({"start": job.id, "body": msgspec.to_builtins(body)})


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
    plan = _plan(job, version, run.base, asked.now)
    return ActionView(plan=plan, run=show_run_of(conn, job, run, asked.now), applied=True)
