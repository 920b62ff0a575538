"""Events of runs, and what agents pushed."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rheostat.model.event import Event, EventKind
from rheostat.model.ids import AttemptId, RunId
from rheostat.store.columns import without_nul
from rheostat.store.tables import event, push

EVENT_LOCK = 7_302_003
"""Any fixed number; with a run's hash it names the lock on that run's history."""
TAG = 0x5248
"""Above 48 bits for an id, in the key of an announcement: tells it from other advisory locks."""
LAST_ID = "(select case when is_called then last_value else 0 end from event_id_seq)"
"""The highest id that was handed out, on PostgreSQL; seen at once by all."""


def append_events(conn: sa.Connection, events: Iterable[Event]) -> None:
    """Add lines; they are never changed. Call it last: it makes writers about one run take turns.

    Ids rise in the order of commits within a run, so a reader that goes on after an id misses nothing.
    For readers of all runs it is announced, by a lock that nobody waits for, above which id something is
    about to come (`feed.py`).
    """
    rows = [
        {
            "run_id": one.run_id,
            "at": one.at,
            "kind": one.kind,
            "code": one.code,
            "attempt": one.attempt,
            "actor": one.actor,
            "duration_ms": one.duration_ms,
            "fields": without_nul(dict(one.fields)),
        }
        for one in events
    ]
    if not rows:
        return
    if conn.dialect.name == "postgresql":
        for run_id in sorted({str(row["run_id"]) for row in rows}):
            conn.execute(
                sa.text("select pg_advisory_xact_lock(:event, hashtext(:run))"),
                {"event": EVENT_LOCK, "run": run_id},
            )
        conn.execute(
            sa.text(
                f"select pg_advisory_xact_lock_shared((cast(:tag as bigint) << 48) | {LAST_ID})"
            ),
            {"tag": TAG},
        )
    conn.execute(sa.insert(event), rows)


def list_events(conn: sa.Connection, run_id: RunId, after: int, limit: int) -> list[Event]:
    """Oldest first, after an id."""
    query = sa.select(event).where(event.c.run_id == run_id, event.c.id > after)
    return _listed(conn, query.order_by(event.c.id).limit(limit))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which part of a run's history; what is empty filters nothing."""

    kinds: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    newest_first: bool = False
    after: int = 0
    """Behind this id, in the order asked for; 0 = from the beginning."""
    limit: int = 200


def list_part(conn: sa.Connection, run_id: RunId, part: Part) -> list[Event]:
    """A part of a run's history, in the order asked for."""
    query = sa.select(event).where(event.c.run_id == run_id).limit(part.limit)
    if part.newest_first:
        query = query.order_by(event.c.id.desc())
        query = query.where(event.c.id < part.after) if part.after else query
    else:
        query = query.order_by(event.c.id).where(event.c.id > part.after)
    if part.kinds:
        query = query.where(event.c.kind.in_(sorted(part.kinds)))
    if part.codes:
        query = query.where(event.c.code.in_(sorted(part.codes)))
    return _listed(conn, query)


def _listed(conn: sa.Connection, query: sa.Select[Any]) -> list[Event]:
    return [as_event(row) for row in conn.execute(query)]


def as_event(row: sa.Row[Any]) -> Event:
    """A row of `event` as the noun."""
    return Event(
        id=row.id,
        run_id=RunId(row.run_id),
        at=row.at,
        kind=EventKind(row.kind),
        code=row.code,
        attempt=row.attempt,
        actor=row.actor,
        duration_ms=row.duration_ms,
        fields=row.fields,
    )


def keep_pushes(
    conn: sa.Connection,
    attempt_id: AttemptId,
    incarnation: str,
    pushes: Iterable[Mapping[str, Any]],
    now: dt.datetime,
) -> list[Mapping[str, Any]]:
    """Keep what is new, drop what was kept before; return the new ones in order."""
    batch = sorted(pushes, key=lambda each: int(each["seq"]))
    known = set(
        conn.execute(
            sa.select(push.c.seq).where(
                push.c.attempt_id == attempt_id,
                push.c.incarnation == incarnation,
                push.c.seq.in_([one["seq"] for one in batch]),
            )
        ).scalars()
    )
    new: list[Mapping[str, Any]] = []
    for one in batch:
        if one["seq"] not in known:
            known.add(one["seq"])
            new.append(one)
    if new:
        conn.execute(
            sa.insert(push),
            [
                {
                    "attempt_id": attempt_id,
                    "incarnation": incarnation,
                    "seq": one["seq"],
                    "kind": one["kind"],
                    "at": one["at"],
                    "received_at": now,
                    "body": one["body"],
                }
                for one in new
            ],
        )
    return new


def list_pushes(conn: sa.Connection, attempt_id: AttemptId) -> list[Mapping[str, Any]]:
    """All that an attempt pushed, by incarnation in order of arrival, then by sequence."""
    rows = conn.execute(
        sa.select(push)
        .where(push.c.attempt_id == attempt_id)
        .order_by(push.c.received_at, push.c.incarnation, push.c.seq)
    )
    return [dict(row._mapping) for row in rows]
