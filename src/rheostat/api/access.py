"""Who may call what: every route declares its permission, and one guard enforces it."""

from enum import StrEnum
from typing import Any, TypeAlias

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from rheostat import clock
from rheostat.api.server import Server
from rheostat.errors import Broken, Forbidden, Unauthenticated
from rheostat.store.token import Principal, find_principal, find_session

Connection: TypeAlias = ASGIConnection[Any, Any, Any, Any]
Asking: TypeAlias = Request[Any, Any, Any]


class Permission(StrEnum):
    """What a route needs.

    `public`: nothing. `attempt`: the attempt's own token, checked by the route. `self`: to be signed in;
    the route touches nothing but the asker's own session.
    """

    PUBLIC = "public"
    ATTEMPT = "attempt"
    SELF = "self"
    READ = "read"
    WRITE = "write"
    OPERATE = "operate"


COOKIE = "rheostat_session"
PAGE_HEADER = "X-Rheostat-Request"

ROLES: dict[str, frozenset[Permission]] = {
    "admin": frozenset({Permission.SELF, Permission.READ, Permission.WRITE, Permission.OPERATE}),
}


async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
    """Let through, or raise `Unauthenticated` or `Forbidden`. A route without a permission is closed."""
    permission = handler.opt.get("permission")
    if connection.scope.get("method") == "OPTIONS":
        permission = Permission.READ  # made by Litestar for each path: says which methods it has
    if not isinstance(permission, Permission):
        raise Broken("this route declares no permission")
    if permission in (Permission.PUBLIC, Permission.ATTEMPT):
        return
    principal = await authenticate(connection)
    if permission not in ROLES.get(principal.role, frozenset()):
        raise Forbidden(f"the role {principal.role} may not {permission.value}")
    connection.scope["state"]["principal"] = principal


async def authenticate(connection: Connection) -> Principal:
    """Whose token or session the request carries; `Unauthenticated` if it carries none that we know."""
    server: Server = connection.app.state.server
    cookie = connection.cookies.get(COOKIE)
    if cookie is not None and "authorization" not in connection.headers:
        _check_origin(connection)
        principal = await server.db.read(find_session, cookie, clock.now())
        if principal is None:
            raise Unauthenticated("the session is over", hint="sign in again")
        return principal
    principal = await server.db.read(find_principal, bearer(connection))
    if principal is None:
        raise Unauthenticated(hint="set RHEOSTAT_TOKEN to a token of this server")
    return principal


def _check_origin(connection: Connection) -> None:
    """A browser sends its cookie for anybody's page; this header only for ours (no CORS is granted)."""
    is_safe = connection.scope.get("method") in ("GET", "HEAD")
    if not is_safe and connection.headers.get(PAGE_HEADER) != "1":
        raise Forbidden(f"a change by session needs the header {PAGE_HEADER}: 1")


def bearer(connection: Connection) -> str:
    """The token itself; never logged."""
    scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret:
        raise Unauthenticated(
            "the request carries no token", hint="send the header Authorization: Bearer TOKEN"
        )
    return secret.strip()


def principal_of(request: Asking) -> Principal:
    """Who is asking; only in routes that need a permission."""
    found = request.scope["state"].get("principal")
    if not isinstance(found, Principal):
        raise Broken("a route asked who is asking, and needs no permission")
    return found
