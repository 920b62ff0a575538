"""Hold the right to lead: on PostgreSQL an advisory lock on a connection of its own.

SQLite needs none: the data folder is locked, and one folder has one server. A lost connection is a lost
lock, so it is probed.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import asyncpg

from rheostat.errors import LostLease
from rheostat.store.database import PostgresDatabase, SqliteDatabase

LOCK_ID = 7_302_002
"""Any fixed number: one lead for each database."""
RETRY_S = 2.0
PROBE_S = 3.0


@contextlib.asynccontextmanager
async def hold_lead(db: SqliteDatabase | PostgresDatabase) -> AsyncGenerator[asyncio.Event]:
    """Wait until this server may lead; the event is set when it may no longer."""
    lost = asyncio.Event()
    if isinstance(db, SqliteDatabase):
        yield lost
        return
    dsn = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await _wait_for_lock(dsn)
    probe = asyncio.create_task(_probe(connection, lost))
    try:
        yield lost
    finally:
        probe.cancel()
        await asyncio.gather(probe, return_exceptions=True)
        connection.terminate()


async def _wait_for_lock(dsn: str) -> asyncpg.Connection:
    while True:
        with contextlib.suppress(OSError, asyncpg.PostgresError):
            connection = await asyncpg.connect(dsn, timeout=5)
            if await connection.fetchval("select pg_try_advisory_lock($1)", LOCK_ID):
                return connection
            await connection.close()
        await asyncio.sleep(RETRY_S)


async def _probe(connection: asyncpg.Connection, lost: asyncio.Event) -> None:
    try:
        while True:
            await asyncio.sleep(PROBE_S)
            await connection.fetchval("select 1", timeout=5)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        lost.set()


async def end_when_lost(lost: asyncio.Event) -> None:
    """Raise `LostLease` once the lead is lost."""
    await lost.wait()
    raise LostLease("the connection that held the lead is gone")
