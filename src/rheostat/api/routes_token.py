"""Routes about API tokens."""

from litestar import delete, get, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody

from rheostat import clock
from rheostat.api.access import Asking, Permission, principal_of
from rheostat.api.routes_job import Limit, server_of
from rheostat.service import token as tokens
from rheostat.wire.common import Page
from rheostat.wire.token import NewTokenView, TokenBody, TokenView


@get("/tokens", permission=Permission.ADMIN, operation_id="listTokens")
async def list_tokens(
    state: State,
    request: Asking,
    after: FromQuery[str | None] = None,
    limit: Limit = 100,
) -> Page[TokenView]:
    """List tokens by name, the revoked ones, too."""
    actor = principal_of(request)
    return await server_of(state).db.read(tokens.list_tokens, actor, after, limit)


@post("/tokens", permission=Permission.ADMIN, operation_id="createToken")
async def create_token(state: State, request: Asking, data: JSONBody[TokenBody]) -> NewTokenView:
    """Make a token. Its secret is in this answer, and nowhere else."""
    made = (clock.new_id(), clock.new_token())
    return await server_of(state).db.write(
        tokens.create_token, data, principal_of(request), made, clock.now()
    )


@delete("/tokens/{token:str}", permission=Permission.ADMIN, operation_id="revokeToken")
async def revoke_token(state: State, token: FromPath[str]) -> None:
    """Revoke a token: it, and the sessions begun with it, end at once, their streams within 30 s."""
    await server_of(state).db.write(tokens.revoke_token, token, clock.now())


ROUTES = [list_tokens, create_token, revoke_token]
