"""Run one server: data directory, store, loop while it leads, HTTP; until SIGTERM or SIGINT."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import structlog
import uvloop

from rheostat import clock
from rheostat.api.asgi import make_app
from rheostat.api.server import Server
from rheostat.app.data_dir import (
    DataDir,
    lock_data_dir,
    read_or_make_key,
    replace_secret,
    write_endpoint,
)
from rheostat.app.http import HttpServer, listen, url_of
from rheostat.app.logs import set_up_logs
from rheostat.control.loop import Loop
from rheostat.control.world import World, no_crash
from rheostat.errors import LostLease, RheostatError
from rheostat.flink.rest import FlinkRest
from rheostat.local.artifact import LocalArtifacts
from rheostat.local.engine import EngineHome
from rheostat.local.engines import LocalEngines
from rheostat.local.material import PACKAGED_AGENT
from rheostat.model.access import Role, Token
from rheostat.model.ids import RunId
from rheostat.ports import Engines, JobManagers, Logs, Snapshots
from rheostat.service.stream import Hub
from rheostat.service.token import Uses
from rheostat.settings import Settings
from rheostat.storage.files import FileSnapshots
from rheostat.store.database import PostgresDatabase, SqliteDatabase, open_database
from rheostat.store.lead_lock import hold_lead
from rheostat.store.lease import claim_place, take_lead
from rheostat.store.migrate import migrate
from rheostat.store.token import find_live_token, has_admin, insert_token

log = structlog.stdlib.get_logger("rheostat.serve")

LEAD_RETRY_S = 1.0
TOKEN_FILE = "admin-token"


@dataclass(slots=True)
class Parts:
    """What was built, and who leads."""

    db: SqliteDatabase | PostgresDatabase
    engines: LocalEngines
    flink: FlinkRest
    world: World
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    loop: Loop | None = None

    def wake(self, run_id: RunId) -> None:
        """Step this run now, if we lead; another replica's sweep finds it otherwise."""
        if self.loop is not None:
            self.loop.wake(run_id)


def serve(settings: Settings, builder: Callable[[Settings, DataDir], Parts] | None = None) -> None:
    """Run until a signal says to stop. Engines go on without us.

    Args:
        settings: what it is started with.
        builder: joins the adapters; None = `build`. Another one may stand between them and the loop.

    Raises:
        Conflict: data directory, database or port is another server's.
    """
    set_up_logs()
    with lock_data_dir(settings.data_dir) as data:
        sock = listen(settings.host, settings.port)
        with contextlib.closing(sock):
            uvloop.run(_serve(builder or build, settings, data, sock))


async def _serve(
    builder: Callable[[Settings, DataDir], Parts],
    settings: Settings,
    data: DataDir,
    sock: socket.socket,
) -> None:
    parts = builder(settings, data)
    try:
        await parts.db.write(migrate)
        await parts.db.write(claim_place, data.read_place())
        await make_first_token(parts.db, settings.admin_token_file or data.root / TOKEN_FILE)
        await _run(parts, settings, data, sock)
    finally:
        await parts.flink.aclose()
        parts.engines.close()
        await parts.db.close()


def build(settings: Settings, data: DataDir) -> Parts:
    """Build the adapters; mypy proves here that they fit their ports."""
    db = open_database(settings.database_url)
    home = EngineHome(settings.engines_dir)
    engines = LocalEngines(
        data.runs, data.logs, data.endpoint, PACKAGED_AGENT, home, data.artifacts
    )
    flink = FlinkRest()
    state_uri = f"file://{data.state}"  # Flink writes paths as they are, without %20
    fits: tuple[Engines, JobManagers, Snapshots, Logs] = (
        engines,
        flink,
        FileSnapshots(roots=(state_uri,)),
        engines,
    )
    world = World(
        db=db,
        engines=fits[0],
        jobmanagers=fits[1],
        snapshots=fits[2],
        ingest_key=read_or_make_key(data.root / "ingest.key"),
        state_uri=state_uri,
        runs_limit=settings.runs_limit,
        crash=crash_hook(settings.crash_at),
    )
    return Parts(db=db, engines=engines, flink=flink, world=world)


async def _run(parts: Parts, settings: Settings, data: DataDir, sock: socket.socket) -> None:
    home = EngineHome(settings.engines_dir)
    server = Server(
        db=parts.db,
        wake=parts.wake,
        engines=lambda: frozenset(engine.version for engine in home.list()),
        is_leader=lambda: parts.loop is not None,
        logs=parts.engines,
        failures=parts.flink,
        artifacts=LocalArtifacts(data.artifacts),
        ingest_key=parts.world.ingest_key,
        runs_limit=settings.runs_limit,
        hub=Hub(parts.db),
        uses=Uses(parts.db),
    )
    parts.db.after_write = server.hub.wake
    url = url_of(sock)
    running = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        running.add_signal_handler(each, parts.stop.set)

    def announce() -> None:
        write_endpoint(data.endpoint, url)
        print(f"Rheostat is ready at {url}", flush=True)

    http = HttpServer(make_app(server), announce, server.hub.close)
    serving = asyncio.create_task(http.serve([sock]))
    leading = asyncio.create_task(_lead(parts))
    stopping = asyncio.create_task(parts.stop.wait())
    beside = {asyncio.create_task(server.hub.run()), asyncio.create_task(server.uses.run())}
    waited = {serving, leading, stopping, *beside}
    done, _ = await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
    http.should_exit = True
    for task in waited - {serving}:
        task.cancel()
    await asyncio.gather(*waited, return_exceptions=True)
    for task in done - {stopping}:
        task.result()


async def _lead(parts: Parts) -> None:
    """Wait for the lead, look after every live run while it is ours, and wait again when it is lost."""
    while True:
        try:
            async with hold_lead(parts.db) as lost:
                await _look_after(parts, lost)
        except RheostatError as err:
            log.warning("does not lead", code=err.code, message=err.message)
        except Exception:  # the outermost frame: a server without its loop would be blind for good
            log.exception("the loop broke")
        await asyncio.sleep(LEAD_RETRY_S)


async def _look_after(parts: Parts, lost: asyncio.Event) -> None:
    """Run the loop until the lead is lost.

    Raises:
        LostLease: another server leads; what was begun here is dropped.
    """
    holder = f"{socket.gethostname()}:{os.getpid()}"
    epoch = await parts.db.write(take_lead, holder, clock.now())
    parts.loop = Loop(parts.world, epoch)
    log.info("leads", epoch=epoch)
    looping = asyncio.create_task(parts.loop.run())
    losing = asyncio.create_task(lost.wait())
    try:
        await asyncio.wait({looping, losing}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        parts.loop = None
        looping.cancel()
        losing.cancel()
        ended = (await asyncio.gather(looping, losing, return_exceptions=True))[0]
    if isinstance(ended, BaseExceptionGroup):
        _, others = ended.split(LostLease)
        if others is not None:
            raise others
    raise LostLease


async def make_first_token(db: SqliteDatabase | PostgresDatabase, file: Path) -> None:
    """An administrator's token into a file that only its owner reads, whenever no valid one is left.

    There is no default one. Whoever may write that file may start the server, and is trusted.
    """
    now = clock.now()
    if await db.read(has_admin, now):
        return
    secret = clock.new_token()
    await asyncio.to_thread(replace_secret, file, secret)
    id_ = clock.new_id()
    is_taken = await db.read(find_live_token, "admin", now) is not None
    name = f"admin-{id_[:8]}" if is_taken else "admin"
    admin = Token(id=id_, name=name, role=Role.ADMIN, created_at=now)
    await db.write(insert_token, admin, secret)
    print(f"An admin token was written to {file}", file=sys.stderr, flush=True)


def crash_hook(crash_at: str | None) -> Callable[[str], None]:
    """End this process by SIGKILL when the loop reaches a point; for tests of the real thing."""
    if crash_at is None:
        return no_crash

    def crash(point: str) -> None:
        if point == crash_at:
            os.kill(os.getpid(), signal.SIGKILL)

    return crash
