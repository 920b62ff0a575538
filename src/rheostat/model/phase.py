"""Where a run stands, and how it fares."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Phase(StrEnum):
    """Where a run stands. The last four are terminal and never left."""

    QUEUED = "queued"
    PREPARING = "preparing"
    STARTING = "starting"
    RUNNING = "running"
    RESTARTING = "restarting"
    FAILING_OVER = "failing_over"
    HELD = "held"
    STOPPING = "stopping"
    STOPPED = "stopped"
    CANCELED = "canceled"
    FINISHED = "finished"
    FAILED = "failed"

    @property
    def is_terminal(self) -> bool:
        """Whether a run in this phase can never change again."""
        return self in TERMINAL


TERMINAL = frozenset({Phase.STOPPED, Phase.CANCELED, Phase.FINISHED, Phase.FAILED})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a stable snake-case code, and the facts that a sentence about it needs."""

    code: str
    fields: Mapping[str, str] = field(default_factory=dict)


class HealthWord(StrEnum):
    """How a run fares, apart from its phase."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Health:
    """How a run fares. `unknown` says that we cannot see, never that something is wrong."""

    word: HealthWord = HealthWord.HEALTHY
    reasons: tuple[Reason, ...] = ()
    since: dt.datetime | None = None
