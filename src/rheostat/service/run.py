"""Tell of runs: status with evidence, events, snapshots."""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa

from rheostat.errors import NotFound
from rheostat.model.ids import AttemptId
from rheostat.model.job import Job
from rheostat.model.observation import Observed
from rheostat.model.run import Attempt, Run, Stage
from rheostat.service.view import event_view, run_view, snapshot_view
from rheostat.store import attempt as attempts
from rheostat.store import event as events
from rheostat.store import job as jobs
from rheostat.store import run as runs
from rheostat.store import snapshot as snapshots
from rheostat.wire.common import Page
from rheostat.wire.run import EventView, RunView, SnapshotView

LATEST = "latest"


def show_run_of(conn: sa.Connection, job: Job, run: Run, now: dt.datetime) -> RunView:
    """A run with its newest attempt and the evidence about it."""
    attempt = attempts.find_newest_attempt(conn, run.id)
    operation = attempts.find_newest_operation(conn, attempt.id) if attempt else None
    observed = attempts.load_observed(conn, attempt.id) if attempt else Observed()
    intent = runs.find_open_intent(conn, run.id)
    return run_view(job, run, attempt, observed, (intent, operation), now)


def find_run(conn: sa.Connection, project: str, name: str, which: str) -> tuple[Job, Run]:
    """A run by number, or the latest.

    Raises:
        NotFound: no such job or run; a job that never ran has no latest one.
    """
    job = jobs.load_job(conn, project, name)
    if which == LATEST:
        run = runs.find_newest_run(conn, job.id)
        if run is None:
            raise NotFound(
                f"{name} has no run yet", hint=f"start it: rheostat job start {name} -p {project}"
            )
        return job, run
    if not which.isdecimal() or len(which) > 9:
        raise NotFound(f"there is no run {which[:40]}", hint="write a number, or latest")
    return job, runs.load_run_by_number(conn, job.id, int(which))


def show_run(conn: sa.Connection, project: str, name: str, which: str, now: dt.datetime) -> RunView:
    """One run."""
    job, run = find_run(conn, project, name, which)
    return show_run_of(conn, job, run, now)


def list_runs(
    conn: sa.Connection, where: tuple[str, str], after: int | None, limit: int, now: dt.datetime
) -> Page[RunView]:
    """A page, newest first."""
    job = jobs.load_job(conn, *where)
    found = runs.list_runs(conn, job.id, after, limit + 1)
    items = [show_run_of(conn, job, each, now) for each in found[:limit]]
    return Page(items=items, next=str(items[-1].number) if len(found) > limit else None)


def list_events(
    conn: sa.Connection, where: tuple[str, str], which: str, part: events.Part
) -> Page[EventView]:
    """A page of a run's history."""
    _, run = find_run(conn, *where, which)
    found = events.list_part(conn, run.id, replace(part, limit=part.limit + 1))
    items = [event_view(each, run.number) for each in found[: part.limit]]
    return Page(items=items, next=str(items[-1].id) if len(found) > part.limit else None)


def list_attempts_of(conn: sa.Connection, where: tuple[str, str], which: str) -> list[Attempt]:
    """Each attempt of a run, for its logs."""
    _, run = find_run(conn, *where, which)
    return attempts.list_attempts(conn, run.id)


def find_attempt_of(
    conn: sa.Connection, where: tuple[str, str], which: str, ordinal: int
) -> Attempt:
    """One attempt of a run, or `NotFound`."""
    _, run = find_run(conn, *where, which)
    for each in attempts.list_attempts(conn, run.id):
        if each.ordinal == ordinal:
            return each
    raise NotFound(f"run {run.number} has no attempt {ordinal}")


def is_live_attempt(conn: sa.Connection, id_: AttemptId) -> bool:
    """Whether its processes are not known to be gone."""
    attempt = attempts.find_attempt(conn, id_)
    return attempt is not None and attempt.stage is not Stage.GONE


def list_snapshots(
    conn: sa.Connection, where: tuple[str, str], after: str | None, limit: int, now: dt.datetime
) -> Page[SnapshotView]:
    """A page: newest run first, within it the newest position first."""
    job = jobs.load_job(conn, *where)
    last = snapshots.find_ever(conn, job.id, after) if after is not None else None
    if after is not None and last is None:
        return Page(items=[], next=None)
    found = snapshots.list_page(conn, job.id, last, limit + 1)
    items = [snapshot_view(each, number, now) for number, each in found[:limit]]
    return Page(items=items, next=items[-1].id if len(found) > limit else None)
