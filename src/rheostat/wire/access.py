"""Bodies about who is asking, and about the server."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from rheostat.wire.common import Instant
from rheostat.wire.token import RoleWord


class MeView(Struct, frozen=True, kw_only=True):
    """Whose token this is."""

    name: str
    role: RoleWord


class SignInBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sign a browser in, by an API token or by a one-time code; exactly one of the two."""

    token: Annotated[str, Meta(max_length=200)] | None = None
    code: Annotated[str, Meta(max_length=200)] | None = None


class SignInLinkBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom a link signs in."""

    token: (
        Annotated[str, Meta(max_length=64, description="Id of a token; default: your own.")] | None
    ) = None


class SignInLinkView(Struct, frozen=True, kw_only=True):
    """A link that signs one browser in, once."""

    path: str
    expires_at: Instant


class ServerView(Struct, frozen=True, kw_only=True):
    """The server and the engines on its machine."""

    version: str
    database: Literal["sqlite", "postgresql"]
    leader: bool
    engines: list[str]
    runs_live: int
    runs_limit: int
