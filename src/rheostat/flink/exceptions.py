"""`/jobs/:id/exceptions` of a JobManager as failures: the newest first, each with where it happened.

Flink 1.20 and 2.x name the place differently: `location`, later `endpoint`.
"""

import datetime as dt

import msgspec

from rheostat.core.failure import read_cause
from rheostat.ports import Failure

MOST = 20
"""Flink remembers 16 (`web.exception-history-size`)."""


class Entry(msgspec.Struct, rename="camel"):
    """One failure, with those that came together with it."""

    stacktrace: str = ""
    timestamp: int = 0
    """Milliseconds of the JobManager's clock."""
    task_name: str | None = None
    location: str | None = None
    endpoint: str | None = None
    task_manager_id: str | None = None


class History(msgspec.Struct):
    """The failures that the JobManager remembers."""

    entries: list[Entry] = []


class Exceptions(msgspec.Struct, rename="camel"):
    """The whole answer, as far as we read it."""

    exception_history: History = msgspec.field(default_factory=History)


def as_failures(told: Exceptions) -> tuple[Failure, ...]:
    """The newest first; entries without a trace are left out."""
    found = []
    for entry in told.exception_history.entries[:MOST]:
        cause = read_cause(entry.stacktrace)
        if cause is not None:
            place = entry.endpoint or entry.location or entry.task_manager_id
            found.append(
                Failure(
                    at=dt.datetime.fromtimestamp(max(entry.timestamp, 0) / 1000, dt.UTC),
                    cause=cause,
                    task=entry.task_name,
                    location=place,
                )
            )
    return tuple(found)
