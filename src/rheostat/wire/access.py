"""Bodies about who is asking, and about the server."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from rheostat.wire.common import Instant


class MeView(Struct, frozen=True, kw_only=True):
    """Whose token this is."""

    name: str
    role: Literal["admin"]


class SignInBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sign a browser in, by an API token or by a one-time code; exactly one of the two."""

    token: Annotated[str, Meta(max_length=200)] | None = None
    code: Annotated[str, Meta(max_length=200)] | None = None


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
