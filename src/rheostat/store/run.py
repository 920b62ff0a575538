"""Runs, and the intents about them."""

import datetime as dt

import sqlalchemy as sa

from rheostat.errors import Conflict, NotFound
from rheostat.model.ids import IntentId, JobId, RunId
from rheostat.model.job import Mode
from rheostat.model.phase import Health, Phase, Reason
from rheostat.model.run import Intent, IntentKind, Options, Outcome, Run, Stage
from rheostat.model.snapshot import RestorePoint
from rheostat.store.columns import pack, unpack, unpack_or_none
from rheostat.store.tables import attempt, idempotency, intent, run

KEY_TAKEN = "this Idempotency-Key was used for another request"
LIVE = run.c.ended_at.is_(None)
"""Set together with a terminal phase, in one statement; indexed."""


def insert_run(conn: sa.Connection, new: Run) -> None:
    """Add it, in its first phase."""
    conn.execute(sa.insert(run).values(**_columns(new), id=new.id, job_id=new.job_id))


def update_run(conn: sa.Connection, changed: Run) -> None:
    """Write everything but its identity; the caller holds the lead."""
    conn.execute(sa.update(run).where(run.c.id == changed.id).values(**_columns(changed)))


def load_run(conn: sa.Connection, id_: RunId) -> Run:
    """By id; it must be there."""
    return _from_row(conn.execute(sa.select(run).where(run.c.id == id_)).one())


def find_newest_run(conn: sa.Connection, job_id: JobId) -> Run | None:
    """None if the job never ran."""
    row = conn.execute(
        sa.select(run).where(run.c.job_id == job_id).order_by(run.c.number.desc()).limit(1)
    ).one_or_none()
    return None if row is None else _from_row(row)


def load_run_by_number(conn: sa.Connection, job_id: JobId, number: int) -> Run:
    """One run of a job.

    Raises:
        NotFound: no such run.
    """
    row = conn.execute(
        sa.select(run).where(run.c.job_id == job_id, run.c.number == number)
    ).one_or_none()
    if row is None:
        raise NotFound(f"there is no run {number}")
    return _from_row(row)


def list_runs(conn: sa.Connection, job_id: JobId, after: int | None, limit: int) -> list[Run]:
    """Newest first; `after` a number means older than it."""
    query = sa.select(run).where(run.c.job_id == job_id).order_by(run.c.number.desc()).limit(limit)
    if after is not None:
        query = query.where(run.c.number < after)
    return [_from_row(row) for row in conn.execute(query)]


def list_live(conn: sa.Connection) -> list[Run]:
    """Every run that has not ended, oldest first."""
    return [
        _from_row(row)
        for row in conn.execute(sa.select(run).where(LIVE).order_by(run.c.created_at))
    ]


def find_live(conn: sa.Connection, job_id: JobId) -> Run | None:
    """The live run of a job, if there is one."""
    row = conn.execute(sa.select(run).where(run.c.job_id == job_id, LIVE).limit(1)).one_or_none()
    return None if row is None else _from_row(row)


def count_admitted(conn: sa.Connection, but: RunId | None = None) -> int:
    """How many runs have, or are about to have, an engine.

    All live ones but those that wait for room, or for a person with their engine gone.
    """
    query = sa.select(sa.func.count()).select_from(run)
    has_engine = sa.exists(
        sa.select(attempt.c.id).where(
            attempt.c.run_id == run.c.id, attempt.c.stage != Stage.GONE.value
        )
    )
    query = query.where(
        LIVE,
        run.c.phase != Phase.QUEUED.value,
        sa.or_(run.c.phase != Phase.HELD.value, has_engine),
    )
    if but is not None:
        query = query.where(run.c.id != but)
    return int(conn.execute(query).scalar() or 0)


def insert_intent(conn: sa.Connection, new: Intent) -> None:
    """Add an open intent; the caller has closed the one before."""
    conn.execute(
        sa.insert(intent).values(
            id=new.id,
            run_id=new.run_id,
            kind=new.kind,
            actor=new.actor,
            at=new.at,
            version=new.version,
            options=pack(new.options),
        )
    )


def find_open_intent(conn: sa.Connection, run_id: RunId) -> Intent | None:
    """What is wanted of a run besides that it runs."""
    row = conn.execute(
        sa.select(intent).where(intent.c.run_id == run_id, intent.c.closed_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    return Intent(
        id=IntentId(row.id),
        run_id=RunId(row.run_id),
        kind=IntentKind(row.kind),
        actor=row.actor,
        at=row.at,
        version=row.version,
        options=unpack_or_none(row.options, Options) or Options(),
    )


def close_intent(conn: sa.Connection, id_: IntentId, result: str, now: dt.datetime) -> None:
    """Close it; closing twice keeps the first result."""
    conn.execute(
        sa.update(intent)
        .where(intent.c.id == id_, intent.c.closed_at.is_(None))
        .values(closed_at=now, result=result)
    )


def close_open_intents(conn: sa.Connection, run_id: RunId, now: dt.datetime) -> None:
    """A run that has ended has no open wish: not even one that came while it was ending."""
    conn.execute(
        sa.update(intent)
        .where(intent.c.run_id == run_id, intent.c.closed_at.is_(None))
        .values(closed_at=now, result="void")
    )


def find_repeated(conn: sa.Connection, key: str, request: str) -> RunId | None:
    """The run that this very request made before.

    Raises:
        Conflict: the key was used for another request.
    """
    row = conn.execute(sa.select(idempotency).where(idempotency.c.key == key)).one_or_none()
    if row is None:
        return None
    if row.request != request:
        raise Conflict(KEY_TAKEN)
    return RunId(row.run_id)


def insert_key(
    conn: sa.Connection, key: str, request: str, run_id: RunId, now: dt.datetime
) -> None:
    """Remember that this request made this run.

    Raises:
        Conflict: another request took the key at the same time.
    """
    row = sa.insert(idempotency).values(key=key, request=request, run_id=run_id, at=now)
    try:
        conn.execute(row)
    except sa.exc.IntegrityError as err:
        raise Conflict(KEY_TAKEN) from err


def _columns(value: Run) -> dict[str, object]:
    return {
        "number": value.number,
        "version": value.version,
        "mode": value.mode,
        "phase": value.phase,
        "reason": pack(value.reason),
        "since": value.since,
        "reason_since": value.reason_since,
        "base": pack(value.base),
        "health": pack(value.health),
        "outcome": pack(value.outcome),
        "resolved": pack(value.resolved),
        "unresolved": pack(value.unresolved),
        "created_at": value.created_at,
        "created_by": value.created_by,
        "ended_at": value.ended_at,
    }


def _from_row(row: sa.Row[tuple[object, ...]]) -> Run:
    return Run(
        id=RunId(row.id),
        job_id=JobId(row.job_id),
        number=row.number,
        version=row.version,
        mode=Mode(row.mode),
        phase=Phase(row.phase),
        reason=unpack(row.reason, Reason),
        since=row.since,
        reason_since=row.reason_since,
        base=unpack(row.base, RestorePoint),
        health=unpack(row.health, Health),
        outcome=unpack_or_none(row.outcome, Outcome),
        resolved=unpack_or_none(row.resolved, RestorePoint),
        unresolved=unpack_or_none(row.unresolved, Reason),
        created_at=row.created_at,
        created_by=row.created_by,
        ended_at=row.ended_at,
    )
