"""Hold the right to lead: on PostgreSQL an advisory lock on a connection of its own.

SQLite needs none: the data folder is locked, and one folder has one server. A lost connection is a lost
lock, so it is probed.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

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
    connection = await _wait_for_lock(db.engine)
    probe = asyncio.create_task(_probe(connection, lost))
    try:
        yield lost
    finally:
        probe.cancel()
        await asyncio.gather(probe, return_exceptions=True)
        connection.terminate()


async def _wait_for_lock(engine: AsyncEngine) -> asyncpg.Connection:
    _, options = engine.dialect.create_connect_args(engine.url)  # as the pool connects
    for ours in ("prepared_statement_cache_size", "prepared_statement_name_func"):
        options.pop(ours, None)  # SQLAlchemy's own
    while True:
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            connection = await asyncpg.connect(**options, timeout=5)
            if await _try_lock(connection):
                return connection
        await asyncio.sleep(RETRY_S)


async def _try_lock(connection: asyncpg.Connection) -> bool:
    """Whether it holds the lead now; else it is closed."""
    is_held = False
    try:
        query = "select pg_try_advisory_lock($1)"
        is_held = bool(await connection.fetchval(query, LOCK_ID, timeout=5))
    finally:
        if not is_held:
            connection.terminate()
    return is_held


async def _probe(connection: asyncpg.Connection, lost: asyncio.Event) -> None:
    try:
        while True:
            await asyncio.sleep(PROBE_S)
            await connection.fetchval("select 1", timeout=5)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        lost.set()
