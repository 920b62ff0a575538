"""What agents send. This contract is answered for ever: fields are only ever added."""

from typing import Annotated, Any

from msgspec import Meta, Struct


class AgentEvents(Struct, frozen=True, kw_only=True):
    """A batch of one incarnation's events; each is `{seq, at, kind, …}`, kept whole."""

    attempt: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    incarnation: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00]+$")]
    events: Annotated[list[dict[str, Any]], Meta(max_length=1000)]


class Acknowledged(Struct, frozen=True, kw_only=True):
    """The batch is kept; this is its highest sequence number."""

    acknowledged: int
