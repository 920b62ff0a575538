"""The real application in this process: SQLite, the real log folder, a client over ASGI."""

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from litestar import Litestar

from rheostat.api.asgi import make_app
from rheostat.api.server import Server
from rheostat.core.token import attempt_token
from rheostat.flink.rest import FlinkRest
from rheostat.local.artifact import LocalArtifacts
from rheostat.local.engine import EngineHome
from rheostat.local.engines import LocalEngines
from rheostat.model.access import Role, Token
from rheostat.model.ids import RunId
from rheostat.service.stream import Hub
from rheostat.service.token import Uses
from rheostat.store.database import SqliteDatabase, open_database
from rheostat.store.migrate import migrate
from rheostat.store.token import insert_token
from tests.unit.store.nouns import NOW, SQL, Family, hex_id, plant

SECRET = "a-secret-that-no-answer-may-hold"
KEY = b"an ingest key that no answer may hold"
BASE = "/api/v1"


@dataclass(kw_only=True)
class Site:
    """A server to be asked, and what it did."""

    app: Litestar
    db: SqliteDatabase
    client: httpx2.AsyncClient
    runs_dir: Path
    woken: list[RunId] = field(default_factory=list)
    engines: set[str] = field(default_factory=lambda: {"2.3"})
    answers: list[httpx2.Response] = field(default_factory=list)

    async def ask(
        self, method: str, path: str, body: Any = None, token: str | None = SECRET, **given: Any
    ) -> httpx2.Response:
        """Send one request; `body` goes as JSON, a path beginning with a word goes to the API."""
        headers = dict(given.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            given["json"] = body
        url = path if path.startswith("/") else f"{BASE}/{path}"
        answer = await self.client.request(method, url, headers=headers, **given)
        self.answers.append(answer)
        return answer

    async def make_job(self, sql: str = SQL, **fields: Any) -> httpx2.Response:
        """Project `shop`, job `orders`."""
        await self.ask("POST", "projects", {"name": "shop"})
        body = {"name": "orders", "sql": sql, **fields}
        return await self.ask("POST", "projects/shop/jobs", body)

    async def plant(self, of: Family | None = None) -> Family:
        """A job with a run and an attempt, as the loop would have made them."""
        return await self.db.write(plant, of or Family())

    def write_log(self, of: Family, name: str, data: bytes) -> None:
        """A log file of an attempt, below its run folder."""
        path = self.runs_dir / of.attempt.id / "log" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def agent_token(self, of: Family) -> str:
        """What the attempt's agent sends."""
        return attempt_token(KEY, of.attempt.id)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """A migrated database to copy: alembic takes most of a second."""
    return tmp_path_factory.mktemp("api") / "migrated.db"


@pytest_asyncio.fixture
async def site(migrated, tmp_path):
    if not migrated.exists():
        first = open_database(f"sqlite:///{migrated}")
        await first.write(migrate)
        await first.close()
    path = tmp_path / "rheostat.db"
    path.write_bytes(migrated.read_bytes())
    db = open_database(f"sqlite:///{path}")
    assert isinstance(db, SqliteDatabase)
    ann = Token(id=hex_id("token"), name="ann", role=Role.ADMIN, created_at=NOW)
    await db.write(insert_token, ann, SECRET)
    runs = tmp_path / "runs"
    engines = LocalEngines(
        runs,
        tmp_path / "logs",
        tmp_path / "endpoint",
        tmp_path / "agent.jar",
        EngineHome(tmp_path),
        tmp_path / "artifacts",
    )
    flink = FlinkRest(total_s=1.0)
    woken: list[RunId] = []
    installed = {"2.3"}
    server = Server(
        db=db,
        wake=woken.append,
        engines=lambda: frozenset(installed),
        is_leader=lambda: True,
        logs=engines,
        failures=flink,
        artifacts=LocalArtifacts(tmp_path / "artifacts"),
        ingest_key=KEY,
        runs_limit=3,
        hub=Hub(db),
        uses=Uses(db),
    )
    db.after_write = server.hub.wake
    app = make_app(server)
    asgi: Any = app  # Litestar's scopes are typed more closely than httpx2's
    transport = httpx2.ASGITransport(asgi, raise_app_exceptions=False)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(db.close)
        stack.push_async_callback(flink.aclose)
        stack.callback(engines.close)
        client = httpx2.AsyncClient(transport=transport, base_url="http://rheostat")
        await stack.enter_async_context(client)
        one = Site(app=app, db=db, client=client, runs_dir=runs, woken=woken, engines=installed)
        yield one
    for answer in one.answers:
        for secret in (SECRET, KEY.decode()):
            assert secret not in answer.text, "a secret left"
            assert secret not in repr(answer.headers), "a secret left"
