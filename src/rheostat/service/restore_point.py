"""What a person's choice of a restore point means for one job."""

from dataclasses import replace

import sqlalchemy as sa

from rheostat.core import restore
from rheostat.core.fit import Origin, judge_fit, origin_of
from rheostat.core.line import choose_newest
from rheostat.core.sentences import tell_reason
from rheostat.errors import Conflict, NotFound
from rheostat.model.job import Content, Job, Mode, Version
from rheostat.model.phase import Reason
from rheostat.model.snapshot import RestorePoint, Snapshot
from rheostat.store import job as jobs
from rheostat.store import run as runs
from rheostat.store import snapshot as snapshots
from rheostat.store.line import load_line

CHOOSE = "choose: --from empty, or --from SNAPSHOT of an earlier run"


def choose_base(conn: sa.Connection, job: Job, wanted: str, by: str) -> RestorePoint:
    """What a person's choice means: `empty`, `newest`, or one snapshot of this job.

    Raises:
        Conflict: there was state, and none of it is proven; or the chosen snapshot is not.
        NotFound: there is no such snapshot.
    """
    if wanted == "empty":
        return restore.empty(Reason("started_empty", {"actor": by}))
    if wanted != "newest":
        return _chosen(conn, job, wanted, by)
    chosen = find_newest(conn, job)
    if isinstance(chosen, Reason):
        raise Conflict(tell_reason(chosen), hint=CHOOSE)
    return chosen


def name_point(point: RestorePoint) -> dict[str, str]:
    """A restore point as fields of a sentence: its kind, its short name, and where it is."""
    path = point.path or ""
    return {"kind": point.kind.value, "name": path.rsplit("/", 1)[-1], "path": path}


def find_newest(conn: sa.Connection, job: Job) -> RestorePoint | Reason:
    """What a start from `newest` would resume from now, or why only a person can choose."""
    if job.mode is Mode.BATCH:
        return restore.empty(Reason("no_snapshot_yet"))
    return choose_newest(load_line(conn, job.id))


def _chosen(conn: sa.Connection, job: Job, wanted: str, by: str) -> RestorePoint:
    snapshot = snapshots.find_snapshot(conn, job.id, wanted)
    if snapshot is None:
        raise NotFound(
            f"{job.name} has no snapshot {wanted}",
            hint=f"list them: rheostat snapshot list {job.name} -p {job.project.name}",
        )
    if snapshot.proven < 1 or snapshot.fault:
        raise Conflict(f"this snapshot is not proven: {snapshot.fault or 'not read yet'}")
    last = next(load_line(conn, job.id), None)
    return restore.as_restore_point(
        snapshot,
        Reason("chosen_by_person", {"actor": by}),
        processed_until=last.processed_until if last else None,
    )


def check_fit(
    conn: sa.Connection, job: Job, point: RestorePoint, target: Version, *, allow_dropped: bool
) -> RestorePoint:
    """Refuse what Flink would refuse, before anything is stopped; else the point as it will be used.

    Raises:
        Conflict: this version cannot be started from this snapshot.
    """
    found = find_origin(conn, job, point)
    if found is not None:
        check_origin(origin_of(found[0]), found[1], target)
    return replace(point, allow_dropped=allow_dropped and point.path is not None)


def check_origin(origin: Origin, made_by: Content, target: Version) -> None:
    """Refuse what does not fit, in words."""
    refused = judge_fit(origin, made_by, target.content)
    if refused is not None:
        raise Conflict(tell_reason(refused), hint="choose another snapshot or version")


def find_origin(
    conn: sa.Connection, job: Job, point: RestorePoint
) -> tuple[Snapshot, Content] | None:
    """The snapshot of a restore point, and the content that made it; None = nothing is restored."""
    if point.snapshot_id is None:
        return None
    snapshot = snapshots.find_ever(conn, job.id, point.snapshot_id)
    if snapshot is None:
        return None
    run = runs.load_run(conn, snapshot.run_id)
    return snapshot, jobs.load_version(conn, job.id, run.version).content
