"""A PostgreSQL server of our own for a test session, and a fresh database for each test that asks.

Import the fixtures into a `conftest.py` or a test module. Without server binaries the tests that ask are
skipped; where `CI=true` they fail.
"""

import asyncio
import glob
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncGenerator, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from rheostat import clock
from rheostat.store.database import PostgresDatabase, open_database
from rheostat.store.migrate import migrate

ABSENT = "no PostgreSQL server found: get one by `apt-get install postgresql`"
OWNER = "rheostat"
TEMPLATE = "migrated"
SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """Where it listens."""

    port: int
    folder: Path

    def url(self, database: str, *, socket: bool = False) -> str:
        """The address of one database, by TCP or by the server's own socket."""
        if socket:
            return f"postgresql://{OWNER}@/{database}?host={self.folder}&port={self.port}"
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/{database}"

    async def run(self, *statements: str) -> None:
        """Run statements as the owner of everything."""
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


@pytest.fixture(scope="session")
def postgres() -> Generator[PostgresServer]:
    """The server; it holds one migrated database, `TEMPLATE`."""
    programs = find_programs()
    if programs is None:
        if os.environ.get("CI") == "true":
            pytest.fail(ABSENT)
        pytest.skip(ABSENT)
    folder = Path(tempfile.mkdtemp(prefix="rheostat-pg-", dir=memory_folder()))
    try:
        user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
        if user is not None:
            shutil.chown(folder, user)
        port = free_port()
        pid = start(programs, folder, port, user)
        try:
            server = PostgresServer(port, folder)
            asyncio.run(make_template(server))
            yield server
        finally:
            stop(pid)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture
async def postgres_url(postgres: PostgresServer) -> AsyncGenerator[str]:
    """The address of a migrated database of the test's own, dropped at its end."""
    async for url in fresh_database(postgres, TEMPLATE):
        yield url


@pytest_asyncio.fixture
async def empty_postgres_url(postgres: PostgresServer) -> AsyncGenerator[str]:
    """The address of an empty database of the test's own, dropped at its end."""
    async for url in fresh_database(postgres, "template0"):
        yield url


async def fresh_database(server: PostgresServer, template: str) -> AsyncGenerator[str]:
    """Copy `template` under a random name."""
    name = f"t{clock.new_id()}"
    await server.run(f"create database {name} template {template}")
    try:
        yield server.url(name)
    finally:
        await server.run(f"drop database {name} with (force)")


async def make_template(server: PostgresServer) -> None:
    """Migrate once, copy often."""
    await server.run(f"create database {TEMPLATE} template template0")
    db = open_database(server.url(TEMPLATE))
    assert isinstance(db, PostgresDatabase)
    try:
        await db.write(migrate)
    finally:
        await db.close()


def memory_folder() -> str | None:
    """Where files are kept in memory, if there is room: a database is copied in 20 ms there, not 400."""
    place = "/dev/shm"
    has_room = os.access(place, os.W_OK) and shutil.disk_usage(place).free > 2**30
    return place if has_room else None


def find_programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`: Debian's newest, else where PATH leads."""
    debian = sorted(
        glob.glob("/usr/lib/postgresql/*/bin"), key=lambda each: int(each.split("/")[4])
    )
    on_path = shutil.which("initdb")
    places = [*reversed(debian), *([os.path.dirname(os.path.realpath(on_path))] if on_path else [])]
    found = (Path(each) for each in places if Path(each, "initdb").exists())
    return next((each for each in found if Path(each, "pg_ctl").exists()), None)


def start(programs: Path, folder: Path, port: int, user: str | None) -> int:
    """Make a cluster below `folder`, and start it; return the server's pid."""
    data = str(folder / "data")
    options = " ".join(
        [f"-p {port} -h 127.0.0.1 -k {folder}", *(f"-c {each}" for each in SETTINGS)]
    )
    log = str(folder / "log")
    cluster = ["-A", "trust", "-U", OWNER, "--no-sync", "-E", "UTF8", "--locale=C"]
    call(user, folder, [str(programs / "initdb"), "-D", data, *cluster])
    call(
        user,
        folder,
        [str(programs / "pg_ctl"), "-D", data, "-l", log, "-o", options, "-w", "start"],
    )
    return int(Path(data, "postmaster.pid").read_text().splitlines()[0])


def call(user: str | None, folder: Path, command: Sequence[str]) -> None:
    """Run one of PostgreSQL's programs; its output only matters when it fails."""
    output = folder / "output"
    with output.open("w") as file:  # a pipe would be inherited by the server, and never end
        done = subprocess.run(
            command,
            user=user,
            extra_groups=[] if user else None,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        )
    assert done.returncode == 0, output.read_text()


def stop(pid: int) -> None:
    """End the server at once; its data is thrown away."""
    os.kill(pid, signal.SIGQUIT)
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
