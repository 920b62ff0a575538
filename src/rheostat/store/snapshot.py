"""Snapshots that we know."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from rheostat.model.ids import AttemptId, FlinkJobId, JobId, RunId, SnapshotId
from rheostat.model.snapshot import Snapshot, SnapshotKind
from rheostat.store.tables import run, snapshot

GONE_KEPT = 20
"""So many deleted checkpoints of an attempt are remembered; they come every few seconds."""


def save_snapshot(conn: sa.Connection, new: Snapshot) -> bool:
    """Add it, or write what is proven about it now; True if it was not known."""
    done = conn.execute(
        sa.update(snapshot).where(snapshot.c.path == new.path).values(**_learnt(new), gone_at=None)
    )
    if done.rowcount:
        return False
    conn.execute(
        sa.insert(snapshot).values(
            id=new.id,
            job_id=new.job_id,
            run_id=new.run_id,
            attempt_id=new.attempt_id,
            attempt_ordinal=new.attempt_ordinal,
            flink_job_id=new.flink_job_id,
            kind=new.kind,
            checkpoint_id=new.checkpoint_id,
            path=new.path,
            completed_at=new.completed_at,
            **_learnt(new),
        )
    )
    return True


def _learnt(value: Snapshot) -> dict[str, object]:
    """What may be learnt after a snapshot was first heard of."""
    return {
        "size_bytes": value.size_bytes,
        "proven": value.proven,
        "fault": value.fault,
        "duration_ms": value.duration_ms,
        "aligned": value.aligned,
        "native": value.native,
        "max_parallelism": value.max_parallelism,
        "metadata_version": value.metadata_version,
    }


def mark_gone(conn: sa.Connection, paths: list[str], now: dt.datetime) -> None:
    """A listing that succeeded does not find them any more: Flink has deleted them."""
    if not paths:
        return
    conn.execute(sa.update(snapshot).where(snapshot.c.path.in_(paths)).values(gone_at=now))
    rows = conn.execute(
        sa.select(snapshot.c.attempt_id, sa.func.max(snapshot.c.checkpoint_id).label("newest"))
        .where(snapshot.c.path.in_(paths))
        .group_by(snapshot.c.attempt_id)
    )
    for row in rows.all():
        conn.execute(
            sa.delete(snapshot).where(
                snapshot.c.attempt_id == row.attempt_id,
                snapshot.c.gone_at.is_not(None),
                snapshot.c.checkpoint_id < row.newest - GONE_KEPT,
            )
        )


def mark_broken(conn: sa.Connection, path: str, fault: str) -> None:
    """A restore, or a look right before one, showed that it does not hold."""
    conn.execute(
        sa.update(snapshot).where(snapshot.c.path == path).values(proven=0, fault=fault[:500])
    )


def list_of_attempt(conn: sa.Connection, attempt_id: AttemptId) -> list[Snapshot]:
    """Those of one attempt that are there."""
    return _list(conn, snapshot.c.attempt_id == attempt_id)


def list_of_run(conn: sa.Connection, run_id: RunId) -> list[Snapshot]:
    """Those of one run that are there, oldest position first."""
    return _list(conn, snapshot.c.run_id == run_id)


def list_of_job(conn: sa.Connection, job_id: JobId) -> list[Snapshot]:
    """Those of one job that are there, oldest position first within each run."""
    return _list(conn, snapshot.c.job_id == job_id)


def has_made_state(conn: sa.Connection, run_id: RunId) -> bool:
    """Whether a run ever completed a snapshot, whatever became of it."""
    query = sa.select(sa.exists(sa.select(snapshot.c.id).where(snapshot.c.run_id == run_id)))
    return conn.execute(query).scalar() is True


def has_made_checkpoint(conn: sa.Connection, attempt_id: AttemptId) -> bool:
    """Whether an attempt ever completed a checkpoint, whatever became of it."""
    made = sa.select(snapshot.c.id).where(
        snapshot.c.attempt_id == attempt_id, snapshot.c.kind == SnapshotKind.CHECKPOINT
    )
    return conn.execute(sa.select(sa.exists(made))).scalar() is True


def find_snapshot(conn: sa.Connection, job_id: JobId, wanted: str) -> Snapshot | None:
    """By id or by path, of this job only."""
    found = _list(
        conn,
        sa.and_(
            snapshot.c.job_id == job_id,
            sa.or_(snapshot.c.id == wanted, snapshot.c.path == wanted),
        ),
    )
    return found[0] if found else None


def find_ever(conn: sa.Connection, job_id: JobId, id_: str) -> Snapshot | None:
    """By id, of this job only, also when it is gone."""
    found = _select(conn, sa.and_(snapshot.c.job_id == job_id, snapshot.c.id == id_))
    return found[0] if found else None


def list_page(
    conn: sa.Connection, job_id: JobId, after: Snapshot | None, limit: int
) -> list[tuple[int, Snapshot]]:
    """Those of one job that are there, each with its run's number: newest run first, then newest position.

    `after` may be gone by now: its place is what counts.
    """
    place = (run.c.number, snapshot.c.attempt_ordinal, snapshot.c.checkpoint_id)
    query = sa.select(snapshot, run.c.number.label("run_number"))
    query = query.join(run, run.c.id == snapshot.c.run_id).where(
        snapshot.c.job_id == job_id, snapshot.c.gone_at.is_(None)
    )
    if after is not None:
        number = sa.select(run.c.number).where(run.c.id == after.run_id).scalar_subquery()
        last = (number, sa.literal(after.attempt_ordinal), sa.literal(after.checkpoint_id))
        query = query.where(sa.tuple_(*place) < sa.tuple_(*last))
    query = query.order_by(*(each.desc() for each in place)).limit(limit)
    return [(row.run_number, _from_row(row)) for row in conn.execute(query)]


def list_ever(conn: sa.Connection, job_id: JobId) -> list[Snapshot]:
    """Those of one job, also when they are gone."""
    return _select(conn, snapshot.c.job_id == job_id)


def _list(conn: sa.Connection, where: sa.ColumnElement[bool]) -> list[Snapshot]:
    return _select(conn, sa.and_(where, snapshot.c.gone_at.is_(None)))


def _select(conn: sa.Connection, where: sa.ColumnElement[bool]) -> list[Snapshot]:
    query = (
        sa.select(snapshot)
        .where(where)
        .order_by(snapshot.c.attempt_ordinal, snapshot.c.checkpoint_id)
    )
    return [_from_row(row) for row in conn.execute(query)]


def _from_row(row: sa.Row[Any]) -> Snapshot:
    return Snapshot(
        id=SnapshotId(row.id),
        job_id=JobId(row.job_id),
        run_id=RunId(row.run_id),
        attempt_id=AttemptId(row.attempt_id),
        attempt_ordinal=row.attempt_ordinal,
        flink_job_id=FlinkJobId(row.flink_job_id),
        kind=SnapshotKind(row.kind),
        checkpoint_id=row.checkpoint_id,
        path=row.path,
        completed_at=row.completed_at,
        size_bytes=row.size_bytes,
        proven=row.proven,
        fault=row.fault,
        duration_ms=row.duration_ms,
        aligned=row.aligned,
        native=row.native,
        max_parallelism=row.max_parallelism,
        metadata_version=row.metadata_version,
    )
