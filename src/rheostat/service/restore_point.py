"""What a person's choice of a restore point means for one job."""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa

from rheostat.core import restore
from rheostat.errors import Conflict, NotFound
from rheostat.model.job import Job, Mode
from rheostat.model.phase import Phase, Reason
from rheostat.model.run import Run
from rheostat.model.snapshot import RestorePoint
from rheostat.store import attempt as attempts
from rheostat.store import run as runs
from rheostat.store import snapshot as snapshots

CHOSEN_EMPTY = frozenset({"started_empty", "bounded_restart"})
"""A branch that began so stays so until it makes state of its own: a person's choice is not undone."""


def choose_base(conn: sa.Connection, job: Job, wanted: str, by: str) -> RestorePoint:
    """What a person's choice means: `empty`, `newest`, or one snapshot of this job."""
    actor = {"actor": by}
    last = runs.find_newest_run(conn, job.id)
    if wanted == "empty":
        return restore.empty(Reason("started_empty", actor))
    if wanted != "newest":
        snapshot = snapshots.find_snapshot(conn, job.id, wanted)
        if snapshot is None:
            raise NotFound(
                f"{job.name} has no snapshot {wanted}",
                hint=f"list them: rheostat snapshot list {job.name} -p {job.project.name}",
            )
        if snapshot.proven < 1 or snapshot.fault:
            raise Conflict(f"this snapshot is not proven: {snapshot.fault or 'not read yet'}")
        return restore.as_restore_point(
            snapshot, Reason("chosen_by_person", actor), processed_until=_until(conn, last)
        )
    if job.mode is Mode.BATCH or last is None:
        return restore.empty(Reason("no_snapshot_yet"))
    if last.phase is Phase.FINISHED:
        return restore.empty(Reason("bounded_restart"))
    return _newest(conn, job, last)


def _newest(conn: sa.Connection, job: Job, last: Run) -> RestorePoint:
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
        if snapshots.has_made_state(conn, run.id):
            raise Conflict(
                f"run {number} left state, and none of it is there any more",
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
