"""Open a database, and run functions on it: one call, one transaction, one hop.

SQLite: one writer thread, so that writers queue here and never see "database is locked", and two reader
threads. PostgreSQL: asyncpg's pool. A function that has begun is finished even if its caller is
cancelled: it commits whole or not at all.
"""

import asyncio
import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, Literal, ParamSpec, Protocol, TypeVar

import asyncpg
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from rheostat.clock import monotonic_s
from rheostat.errors import CannotLook, Invalid, Unusable

P = ParamSpec("P")
T = TypeVar("T")

READERS = 2
BUSY_TIMEOUT_S = 10


class Database(Protocol):
    """Runs plain functions of a connection."""

    name: Literal["sqlite", "postgresql"]

    async def read(
        self,
        function: Callable[Concatenate[sa.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a function that only reads."""

    async def write(
        self,
        function: Callable[Concatenate[sa.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a function in a transaction: committed when it returns, rolled back when it raises."""

    async def close(self) -> None:
        """Give everything back."""

    after_write: Callable[[], None]
    """Called in the event loop when a transaction was committed; may be replaced."""


class SqliteDatabase:
    """One file, WAL."""

    name: Literal["sqlite", "postgresql"] = "sqlite"

    def __init__(self, path: str) -> None:
        url = sa.URL.create("sqlite", database=path)
        connect = {"timeout": BUSY_TIMEOUT_S, "check_same_thread": False}
        with contextlib.suppress(OSError):  # what is wrong with it, SQLite itself says better
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        self._writer = sa.create_engine(
            url,
            pool_size=1,
            max_overflow=0,
            pool_reset_on_return=None,
            connect_args=connect,
            hide_parameters=True,
        )
        self._reader = sa.create_engine(
            url,
            pool_size=READERS,
            max_overflow=0,
            pool_reset_on_return=None,
            isolation_level="AUTOCOMMIT",
            connect_args=connect,
            hide_parameters=True,
        )
        event.listen(self._writer, "connect", _set_up_writer)
        event.listen(self._reader, "connect", _set_pragmas)
        event.listen(self._writer, "begin", _begin_immediate)
        self._write_thread = ThreadPoolExecutor(1, "rheostat-write")
        self._read_threads = ThreadPoolExecutor(READERS, "rheostat-read")
        self.after_write: Callable[[], None] = _nothing

    async def read(
        self,
        function: Callable[Concatenate[sa.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a function that only reads; each statement sees the newest commit."""

        def work() -> T:
            with self._reader.connect() as conn:
                return function(conn, *args, **kwargs)

        return await _finish(self._read_threads, work)

    async def write(
        self,
        function: Callable[Concatenate[sa.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a function in one IMMEDIATE transaction."""

        def work() -> T:
            with self._writer.begin() as conn:
                return function(conn, *args, **kwargs)

        done = await _finish(self._write_thread, work)
        self.after_write()
        return done

    async def close(self) -> None:
        """End the threads, then close the file."""
        await asyncio.to_thread(self._write_thread.shutdown)
        await asyncio.to_thread(self._read_threads.shutdown)
        self._writer.dispose()
        self._reader.dispose()


class PostgresDatabase:
    """A PostgreSQL server."""

    name: Literal["sqlite", "postgresql"] = "postgresql"

    def __init__(self, url: sa.URL) -> None:
        self.engine: AsyncEngine = create_async_engine(
            url, pool_size=8, pool_pre_ping=True, hide_parameters=True
        )
        self.after_write: Callable[[], None] = _nothing

    async def read(
        self,
        function: Callable[Concatenate[sa.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a function that only reads."""
        with _in_our_words():
            async with self.engine.connect() as conn:
                return await conn.run_sync(function, *args, **kwargs)

    async def write(
        self,
        function: Callable[Concatenate[sa.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a function in one transaction."""

        async def work() -> T:
            with _in_our_words():
                async with self.engine.begin() as conn:
                    return await conn.run_sync(function, *args, **kwargs)

        done = await asyncio.shield(asyncio.ensure_future(work()))
        self.after_write()
        return done

    async def close(self) -> None:
        """Close the pool."""
        await self.engine.dispose()


def open_database(url: str) -> SqliteDatabase | PostgresDatabase:
    """Open `sqlite:///PATH` or `postgresql://…`; nothing is read yet.

    Raises:
        Invalid: another kind of database, or an address that cannot be read.
    """
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError) as err:
        raise Invalid("the database address cannot be read", hint=EXAMPLES) from err
    if parsed.drivername == "sqlite" and parsed.database and parsed.database != ":memory:":
        return SqliteDatabase(parsed.database)
    if parsed.drivername in ("postgresql", "postgres", "postgresql+asyncpg"):
        return PostgresDatabase(parsed.set(drivername="postgresql+asyncpg"))
    raise Invalid(f"not a database that Rheostat can use: {parsed.drivername}", hint=EXAMPLES)


def _nothing() -> None:
    """Nobody wants to know."""


EXAMPLES = "write sqlite:////var/lib/rheostat/rheostat.db or postgresql://user@host:5432/name"


async def _finish(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    try:
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(pool, work))
    except sa.exc.OperationalError as err:
        raise CannotLook(f"the database does not answer: {err.orig}") from err
    except sa.exc.DatabaseError as err:
        if type(err.orig) is sqlite3.DatabaseError:  # SQLITE_NOTADB, SQLITE_CORRUPT
            raise Unusable(f"the database cannot be read: {err.orig}") from err
        raise


@contextlib.contextmanager
def _in_our_words() -> Generator[None]:
    """Errors of asyncpg, which SQLAlchemy hands on raw or wraps without their class."""
    try:
        yield
    except (OSError, sa.exc.TimeoutError, sa.exc.OperationalError) as err:
        raise CannotLook(f"the database does not answer: {err}") from err
    except sa.exc.DBAPIError as err:
        cause = err.orig.__cause__ if err.orig else None
        if isinstance(cause, asyncpg.DataError):
            message = "a text holds a NUL character, or a number is too large"
            raise Invalid(message) from err
        if err.connection_invalidated:
            raise CannotLook("the connection to the database was lost") from err
        if isinstance(cause, PASSING):
            raise CannotLook(f"the database does not serve us now: {cause}") from err
        raise
    except PASSING as err:
        raise CannotLook(f"the database does not serve us now: {err}") from err


PASSING = (
    asyncpg.PostgresConnectionError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.TransactionRollbackError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InvalidAuthorizationSpecificationError,
)
"""SQLSTATE classes 08, 25006, 40, 53, 57, 3D, 28: none of them our bug, all of them may pass."""


def _set_pragmas(dbapi: Any, _: Any) -> None:
    cursor = dbapi.cursor()
    for pragma in (
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_S * 1000}",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _set_up_writer(dbapi: sqlite3.Connection, record: Any) -> None:
    dbapi.isolation_level = None
    _set_pragmas(dbapi, record)
    _set_journal_mode(dbapi)


def _set_journal_mode(dbapi: sqlite3.Connection) -> None:
    """WAL, kept in the file. SQLite does not wait for others here, whatever `busy_timeout` says."""
    deadline = monotonic_s() + BUSY_TIMEOUT_S
    while True:
        try:
            dbapi.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError:
            if monotonic_s() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_immediate(conn: sa.Connection) -> None:
    conn.exec_driver_sql("BEGIN IMMEDIATE")
