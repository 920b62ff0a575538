"""Bodies about who is asking, and about the server."""

from typing import Literal

from msgspec import Struct


class MeView(Struct, frozen=True, kw_only=True):
    """Whose token this is."""

    name: str
    role: Literal["admin"]


class ServerView(Struct, frozen=True, kw_only=True):
    """The server and the engines on its machine."""

    version: str
    database: Literal["sqlite", "postgresql"]
    leader: bool
    engines: list[str]
    runs_live: int
    runs_limit: int
