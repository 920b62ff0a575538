"""One line of a run's history."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rheostat.model.ids import RunId


class EventKind(StrEnum):
    """Who or what wrote the line."""

    DECISION = "decision"
    ACTION = "action"
    OBSERVATION = "observation"
    HUMAN = "human"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of a run's history; never changed."""

    run_id: RunId
    at: dt.datetime
    kind: EventKind
    code: str
    """Has its sentence in `core/sentences.py`."""
    id: int = 0
    """Rising within the installation; 0 before it is stored."""
    attempt: int | None = None
    """The attempt's ordinal."""
    actor: str | None = None
    duration_ms: float | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
