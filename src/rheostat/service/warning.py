"""What a person should mind before an action is carried out."""

import datetime as dt
from collections.abc import Iterator

import sqlalchemy as sa

from rheostat.model.job import Job, Version
from rheostat.model.phase import Reason
from rheostat.model.snapshot import RestorePoint
from rheostat.service.restore_point import find_newest, find_origin, name_point
from rheostat.store.line import find_drained

REWIND_LARGE = dt.timedelta(hours=24)
"""What a person is asked about (`docs/lifecycle.md`, restore point)."""


def warn_of_restore(conn: sa.Connection, job: Job, point: RestorePoint) -> Iterator[Reason]:
    """About what will be started from."""
    if point.reason.code == "drained":
        yield Reason("drained", point.reason.fields)
    if point.reason.code == "started_empty":
        newest = find_newest(conn, job)
        if isinstance(newest, RestorePoint) and newest.path is not None:
            yield Reason("state_not_used", name_point(newest))
    origin = find_origin(conn, job, point)
    if origin is not None and point.path in find_drained(conn, origin[0].run_id):
        yield Reason("resumes_drained", {"path": point.path or ""})
    if point.rewind is not None and point.rewind > REWIND_LARGE:
        yield Reason("rewind_large", {"rewind": tell_hours(point.rewind)})
    if point.allow_dropped:
        yield Reason("drops_state")


def tell_hours(duration: dt.timedelta) -> str:
    """A long duration, in whole hours."""
    return f"{int(duration.total_seconds() // 3600)} h"


def warn_of_version(job: Job, version: Version) -> Iterator[Reason]:
    """About what will run."""
    if job.draft != version.content:
        yield Reason("draft_differs")
