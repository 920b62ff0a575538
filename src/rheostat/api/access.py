"""Who may call what: every route declares its permission, and one guard enforces it."""

from enum import StrEnum
from typing import Any, TypeAlias

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from rheostat import clock
from rheostat.api.server import Server
from rheostat.errors import Broken, Forbidden, Unauthenticated
from rheostat.model.access import Role
from rheostat.store.token import Principal, find_principal, find_session, tell_refusal

Connection: TypeAlias = ASGIConnection[Any, Any, Any, Any]
Asking: TypeAlias = Request[Any, Any, Any]


class Permission(StrEnum):
    """What a route needs.

    `public`: nothing. `attempt`: the attempt's own token, checked by the route. `self`: to be signed in;
    the route touches nothing but the asker's own sessions. `operate`: to start and stop. `write`: to change
    what runs next. `admin`: to say who may do what.
    """

    PUBLIC = "public"
    ATTEMPT = "attempt"
    SELF = "self"
    READ = "read"
    OPERATE = "operate"
    WRITE = "write"
    ADMIN = "admin"


COOKIE = "rheostat_session"
PAGE_HEADER = "X-Rheostat-Request"

_VIEWER = frozenset({Permission.SELF, Permission.READ})
_OPERATOR = _VIEWER | {Permission.OPERATE}
_EDITOR = _OPERATOR | {Permission.WRITE}
ROLES: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: _VIEWER,
    Role.OPERATOR: _OPERATOR,
    Role.EDITOR: _EDITOR,
    Role.ADMIN: _EDITOR | {Permission.ADMIN},
}


def may(principal: Principal, permission: Permission) -> bool:
    """Whether their role allows it."""
    return permission in ROLES[principal.role]


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
    check(principal, permission)
    connection.scope["state"]["principal"] = principal


def check(principal: Principal, permission: Permission) -> None:
    """Raise `Forbidden` when their role does not allow it."""
    if not may(principal, permission):
        enough = next(role for role, may_do in ROLES.items() if permission in may_do)
        raise Forbidden(
            f"the role {principal.role.value} may not {permission.value}",
            hint=f"an administrator makes a token that may: rheostat token create NAME --role {enough.value}",
        )


async def authenticate(connection: Connection) -> Principal:
    """Whose token or session the request carries; `Unauthenticated` if it carries none that we know."""
    server: Server = connection.app.state.server
    cookie = connection.cookies.get(COOKIE)
    now = clock.now()
    if cookie is not None and "authorization" not in connection.headers:
        _check_origin(connection)
        principal = await server.db.read(find_session, cookie, now)
        if principal is None:
            raise Unauthenticated("the session is over", hint="sign in again: rheostat signin")
    else:
        secret = bearer(connection)
        principal = await server.db.read(find_principal, secret, now)
        if principal is None:
            raise Unauthenticated(
                await server.db.read(tell_refusal, secret, now),
                hint="set RHEOSTAT_TOKEN to a token that is valid: an administrator makes one by"
                " rheostat token create",
            )
    server.uses.note(principal.token_id, now)
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
