"""New events of all runs, in the order of their ids, none skipped: what the stream of events reads.

SQLite has one writer, so what is visible is whole. PostgreSQL hands ids out before a commit: an event may
become visible after one with a higher id. So whoever appends first takes a shared advisory lock whose key
is the last id that was handed out before (`announce`); `read_horizon` then knows, from the table of locks,
below which id nothing can come any more. Nobody waits for anybody, and transactions of others in the same
server hold nothing up.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from rheostat.model.event import Event
from rheostat.model.ids import JobId
from rheostat.store.event import LAST_ID, TAG, as_event
from rheostat.store.tables import event, run

UNDER_WAY = sa.text("""
select min(((classid::bigint & 65535) << 32) | objid::bigint) from pg_locks
where locktype = 'advisory' and objsubid = 1 and classid::bigint >> 16 = :tag
  and database = (select oid from pg_database where datname = current_database())
""")
"""The lowest id that was announced by a transaction that has not ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One event, and whose it is."""

    event: Event
    run: int
    job_id: JobId


@dataclass(frozen=True, slots=True)
class Horizon:
    """Up to which id everything is there for good, and the highest id that was ever handed out."""

    settled: int
    highest: int


def read_horizon(conn: sa.Connection) -> Horizon:
    """Look. On PostgreSQL: in a transaction of its own, or one that sees each statement's newest commits."""
    if conn.dialect.name != "postgresql":
        last = int(conn.execute(sa.select(sa.func.max(event.c.id))).scalar() or 0)
        return Horizon(last, last)
    # The order counts: who announces after the first look gets higher ids than it saw.
    highest = int(conn.execute(sa.text(f"select {LAST_ID}")).scalar() or 0)
    lowest = conn.execute(UNDER_WAY, {"tag": TAG}).scalar()
    return Horizon(highest if lowest is None else min(highest, int(lowest)), highest)


def list_news(conn: sa.Connection, after: int, until: int, limit: int) -> list[News]:
    """Events of all runs with `after` < id <= `until`, in order."""
    query = (
        sa.select(event, run.c.number, run.c.job_id)
        .join(run, event.c.run_id == run.c.id)
        .where(event.c.id > after, event.c.id <= until)
        .order_by(event.c.id)
        .limit(limit)
    )
    return [
        News(event=as_event(row), run=row.number, job_id=JobId(row.job_id))
        for row in conn.execute(query)
    ]


def count_news(conn: sa.Connection, after: int, limit: int) -> int:
    """How many events came after an id; counts no further than `limit`."""
    some = sa.select(event.c.id).where(event.c.id > after).limit(limit).subquery()
    return int(conn.execute(sa.select(sa.func.count()).select_from(some)).scalar() or 0)
