"""Routes about the server itself, who is asking, and what agents push."""

from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.datastructures import State

from rheostat import __version__, clock
from rheostat.api.access import Asking, Permission, bearer, principal_of
from rheostat.api.routes_job import server_of
from rheostat.core.token import attempt_token
from rheostat.errors import FieldProblem, Invalid
from rheostat.service import ingest
from rheostat.store.run import count_admitted
from rheostat.wire.access import MeView, ServerView
from rheostat.wire.ingest import Acknowledged, AgentEvents

INGEST_LIMIT = 1024 * 1024
_decode = msgspec.json.Decoder(AgentEvents).decode


@get("/healthz", permission=Permission.PUBLIC, operation_id="healthz", media_type="text/plain")
async def healthz() -> str:
    """Say that the process answers."""
    return "ok\n"


@get("/api/v1/me", permission=Permission.READ, operation_id="getMe")
async def get_me(request: Asking) -> MeView:
    """Show whose token this is."""
    principal = principal_of(request)
    return MeView(name=principal.name, role=principal.role.value)


@get("/api/v1/server", permission=Permission.READ, operation_id="getServer")
async def get_server(state: State) -> ServerView:
    """Show what this server is, and how much room it has."""
    server = server_of(state)
    return ServerView(
        version=__version__,
        database=server.db.name,
        leader=server.is_leader(),
        engines=sorted(server.engines()),
        runs_live=await server.db.read(count_admitted),
        runs_limit=server.runs_limit,
    )


@post(
    "/ingest/v1/events",
    permission=Permission.ATTEMPT,
    operation_id="ingestEvents",
    status_code=200,
    request_max_body_size=INGEST_LIMIT,
)
async def ingest_events(state: State, request: Request[Any, Any, State]) -> Acknowledged:
    """Take in what an attempt's agent pushes. 410 means: this attempt has ended, fall silent."""
    server, given = server_of(state), bearer(request)
    try:
        body = _decode(await request.body())
    except (msgspec.ValidationError, msgspec.DecodeError) as err:
        raise Invalid(problems=(FieldProblem("", str(err)),)) from err
    ingest.check_token(attempt_token(server.ingest_key, body.attempt), given)
    acknowledged, run_id = await server.db.write(ingest.take_in, body, clock.now())
    if run_id is not None:
        server.wake(run_id)
    return acknowledged


ROUTES = [healthz, get_me, get_server, ingest_events]
