"""Attempts, the operations asked of them, what they pushed, and what was last seen of them."""

import datetime as dt
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from rheostat.model.ids import AttemptId, FlinkJobId, OperationId, RunId
from rheostat.model.observation import Observed, Pushed
from rheostat.model.phase import Reason
from rheostat.model.run import (
    Attempt,
    Operation,
    OperationKind,
    OperationState,
    Options,
    Outcome,
    Stage,
)
from rheostat.model.snapshot import RestorePoint
from rheostat.store.columns import pack, unpack, unpack_or_none
from rheostat.store.tables import attempt, evidence, operation


def insert_attempt(conn: sa.Connection, new: Attempt) -> None:
    """Add it, ahead of everything that it makes, with an empty row for what will be seen of it."""
    conn.execute(
        sa.insert(attempt).values(
            **_columns(new),
            id=new.id,
            run_id=new.run_id,
            ordinal=new.ordinal,
            flink_job_id=new.flink_job_id,
            created_at=new.created_at,
        )
    )
    conn.execute(sa.insert(evidence).values(attempt_id=new.id))


def update_attempt(conn: sa.Connection, changed: Attempt) -> None:
    """Write what may change; the caller holds the lead."""
    conn.execute(sa.update(attempt).where(attempt.c.id == changed.id).values(**_columns(changed)))


def find_attempt(conn: sa.Connection, id_: AttemptId) -> Attempt | None:
    """By id."""
    row = conn.execute(sa.select(attempt).where(attempt.c.id == id_)).one_or_none()
    return None if row is None else _from_row(row)


def find_newest_attempt(conn: sa.Connection, run_id: RunId) -> Attempt | None:
    """None before the first is planned."""
    row = conn.execute(
        sa.select(attempt)
        .where(attempt.c.run_id == run_id)
        .order_by(attempt.c.ordinal.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else _from_row(row)


def list_attempts(conn: sa.Connection, run_id: RunId) -> list[Attempt]:
    """All of a run, in order."""
    query = sa.select(attempt).where(attempt.c.run_id == run_id).order_by(attempt.c.ordinal)
    return [_from_row(row) for row in conn.execute(query)]


def insert_operation(conn: sa.Connection, new: Operation) -> None:
    """Add it, ahead of the POST."""
    conn.execute(
        sa.insert(operation).values(
            id=new.id,
            attempt_id=new.attempt_id,
            kind=new.kind,
            directory=new.directory,
            state=new.state,
            created_at=new.created_at,
            options=pack(new.options),
        )
    )


def update_operation(conn: sa.Connection, changed: Operation) -> None:
    """Write state, location and error."""
    conn.execute(
        sa.update(operation)
        .where(operation.c.id == changed.id)
        .values(state=changed.state, location=changed.location, error=changed.error)
    )


def find_newest_operation(conn: sa.Connection, attempt_id: AttemptId) -> Operation | None:
    """The newest of an attempt."""
    row = conn.execute(
        sa.select(operation)
        .where(operation.c.attempt_id == attempt_id)
        .order_by(operation.c.created_at.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else _operation(row)


def list_pending_operations(conn: sa.Connection, attempt_id: AttemptId) -> list[Operation]:
    """Those of an attempt that nothing has decided: a later one may have taken an earlier one's place."""
    query = sa.select(operation).where(
        operation.c.attempt_id == attempt_id, operation.c.state == OperationState.PENDING
    )
    return [_operation(row) for row in conn.execute(query)]


def _operation(row: sa.Row[tuple[object, ...]]) -> Operation:
    return Operation(
        id=OperationId(row.id),
        attempt_id=AttemptId(row.attempt_id),
        kind=OperationKind(row.kind),
        directory=row.directory,
        state=OperationState(row.state),
        created_at=row.created_at,
        location=row.location,
        error=row.error,
        options=unpack_or_none(row.options, Options) or Options(),
    )


def lock_evidence(conn: sa.Connection, id_: AttemptId) -> None:
    """Serialise those who fold pushed events until the transaction ends: agents repeat themselves."""
    query = sa.select(evidence.c.attempt_id).where(evidence.c.attempt_id == id_)
    conn.execute(query.with_for_update())


def save_seen(conn: sa.Connection, id_: AttemptId, observed: Observed, now: dt.datetime) -> None:
    """Keep what the loop last saw, for readers on every replica and for a server started anew."""
    seen = pack(replace(observed, pushed=Pushed()))
    conn.execute(
        sa.update(evidence).where(evidence.c.attempt_id == id_).values(seen=seen, seen_at=now)
    )


def save_pushed(conn: sa.Connection, id_: AttemptId, pushed: Pushed) -> None:
    """Keep what the agent's events fold to."""
    conn.execute(
        sa.update(evidence).where(evidence.c.attempt_id == id_).values(pushed=pack(pushed))
    )


def load_observed(conn: sa.Connection, id_: AttemptId) -> Observed:
    """What was last seen and pushed; nothing at all for a new attempt."""
    row = conn.execute(
        sa.select(evidence.c.pushed, evidence.c.seen).where(evidence.c.attempt_id == id_)
    ).one_or_none()
    if row is None:
        return Observed()
    seen = unpack_or_none(row.seen, Observed) or Observed()
    return replace(seen, pushed=unpack_or_none(row.pushed, Pushed) or Pushed())


def _columns(value: Attempt) -> dict[str, Any]:
    return {
        "ports": dict(value.ports),
        "restore": pack(value.restore),
        "stage": value.stage,
        "launched_at": value.launched_at,
        "running_at": value.running_at,
        "checkpoint_at": value.checkpoint_at,
        "last_seen_processing_at": value.last_seen_processing_at,
        "outcome": pack(value.outcome),
        "trouble": pack(value.trouble),
        "ended_at": value.ended_at,
    }


def _from_row(row: sa.Row[tuple[object, ...]]) -> Attempt:
    return Attempt(
        id=AttemptId(row.id),
        run_id=RunId(row.run_id),
        ordinal=row.ordinal,
        flink_job_id=FlinkJobId(row.flink_job_id),
        ports=row.ports,
        restore=unpack(row.restore, RestorePoint),
        stage=Stage(row.stage),
        created_at=row.created_at,
        launched_at=row.launched_at,
        running_at=row.running_at,
        checkpoint_at=row.checkpoint_at,
        last_seen_processing_at=row.last_seen_processing_at,
        outcome=unpack_or_none(row.outcome, Outcome),
        trouble=unpack_or_none(row.trouble, Reason),
        ended_at=row.ended_at,
    )
