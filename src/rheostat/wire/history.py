"""Bodies about what a run went through: exceptions, and the steps of a start."""

from typing import Literal

from msgspec import Struct

from rheostat.wire.common import Instant


class ExceptionView(Struct, frozen=True, kw_only=True):
    """One failure, its root cause first."""

    at: Instant
    attempt: int
    root: str
    """Class and message of the innermost cause."""
    message: str
    """The whole chain, a line each, the root cause first."""
    stack: str | None
    task: str | None
    location: str | None
    """The TaskManager, where Flink names one."""
    source: Literal["pushed", "asked", "outcome", "watched"]


class StartStep(Struct, frozen=True, kw_only=True):
    """One step of a start."""

    code: str
    text: str
    began_at: Instant
    duration_ms: float | None
    """Null while it is under way."""


class StartView(Struct, frozen=True, kw_only=True):
    """How the newest attempt of a run came up, step by step."""

    attempt: int | None
    """Null before the first attempt is written."""
    steps: list[StartStep]
    total_ms: float | None
    """From the first step to every task running; null until then."""
