"""Routes about runs: start; status, events, exceptions, snapshots."""

import contextlib
from collections.abc import Sequence
from typing import Annotated, Literal

from litestar import get, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody, QueryParameter

from rheostat import clock
from rheostat.api.access import Asking, Permission, principal_of
from rheostat.api.routes_job import After, Limit, server_of
from rheostat.errors import CannotLook
from rheostat.model.ids import RunId
from rheostat.ports import Failure
from rheostat.service import history
from rheostat.service import run as runs
from rheostat.service import start as starting
from rheostat.store.event import Part
from rheostat.wire.common import Page
from rheostat.wire.history import ExceptionView, StartView
from rheostat.wire.plan import StartBody
from rheostat.wire.run import ActionView, EventView, EventWord, RunView, SnapshotView

Key = Annotated[
    str | None,
    HeaderParameter(name="Idempotency-Key", description="One key, one run.", max_length=200),
]
EventId = Annotated[
    int, QueryParameter(ge=0, le=2**63 - 1, description="Behind this id, in the order asked for.")
]
Kinds = Annotated[
    list[EventWord] | None, QueryParameter(name="kind", description="May be repeated.")
]
JOB = "/projects/{project:str}/jobs/{job:str}"


@post(f"{JOB}/start", permission=Permission.OPERATE, operation_id="startJob", status_code=200)
async def start_job(
    state: State,
    request: Asking,
    project: FromPath[str],
    job: FromPath[str],
    data: JSONBody[StartBody],
    dry_run: FromQuery[bool] = False,
    key: Key = None,
) -> ActionView:
    """Start a version from a restore point; with `dry_run`, only say what that would do."""
    server = server_of(state)
    asked = starting.Asked(
        project=project,
        job=job,
        actor=principal_of(request).name,
        now=clock.now(),
        run_id=RunId(clock.new_id()),
        engines=server.engines(),
        key=key,
        dry_run=dry_run,
    )
    view = await server.db.write(starting.start, asked, data)
    return _woken(state, view)


@get(f"{JOB}/runs", permission=Permission.READ, operation_id="listRuns")
async def list_runs(
    state: State,
    project: FromPath[str],
    job: FromPath[str],
    after: After = None,
    limit: Limit = 50,
) -> Page[RunView]:
    """List runs, newest first."""
    return await server_of(state).db.read(runs.list_runs, (project, job), after, limit, clock.now())


@get(f"{JOB}/runs/{{run:str}}", permission=Permission.READ, operation_id="getRun")
async def get_run(
    state: State, project: FromPath[str], job: FromPath[str], run: FromPath[str]
) -> RunView:
    """Show a run, by number or `latest`, with the evidence for what it says."""
    return await server_of(state).db.read(runs.show_run, project, job, run, clock.now())


@get(f"{JOB}/runs/{{run:str}}/events", permission=Permission.READ, operation_id="listEvents")
async def list_events(
    state: State,
    project: FromPath[str],
    job: FromPath[str],
    run: FromPath[str],
    kinds: Kinds = None,
    order: FromQuery[Literal["asc", "desc"]] = "asc",
    after: EventId = 0,
    limit: Limit = 200,
) -> Page[EventView]:
    """List a run's history: oldest first, or with `order=desc` newest first."""
    wanted = Part(
        kinds=frozenset(kinds or ()), newest_first=order == "desc", after=after, limit=limit
    )
    return await server_of(state).db.read(runs.list_events, (project, job), run, wanted)


@get(f"{JOB}/runs/{{run:str}}/start", permission=Permission.READ, operation_id="getStart")
async def get_start(
    state: State, project: FromPath[str], job: FromPath[str], run: FromPath[str]
) -> StartView:
    """Show the steps of the newest attempt's start, each with its duration."""
    return await server_of(state).db.read(history.show_start, (project, job), run)


@get(
    f"{JOB}/runs/{{run:str}}/exceptions", permission=Permission.READ, operation_id="listExceptions"
)
async def list_exceptions(
    state: State,
    project: FromPath[str],
    job: FromPath[str],
    run: FromPath[str],
    after: FromQuery[int] = 0,
    limit: Limit = 50,
) -> Page[ExceptionView]:
    """List what went wrong in a run, newest first, the root cause first in each."""
    server = server_of(state)
    told = await server.db.read(history.list_told, (project, job), run)
    asked: Sequence[Failure] = ()
    if told.attempt is not None and told.url is not None:
        with contextlib.suppress(CannotLook):  # what was told before is there all the same
            asked = await server.failures.failures(told.url, told.attempt.flink_job_id)
    return history.page_exceptions(told, asked, max(after, 0), limit)


@get(f"{JOB}/snapshots", permission=Permission.READ, operation_id="listSnapshots")
async def list_snapshots(
    state: State,
    project: FromPath[str],
    job: FromPath[str],
    after: FromQuery[str | None] = None,
    limit: Limit = 100,
) -> Page[SnapshotView]:
    """List snapshots, newest first, with what is proven about each."""
    return await server_of(state).db.read(
        runs.list_snapshots, (project, job), after, limit, clock.now()
    )


def _woken(state: State, view: ActionView) -> ActionView:
    if view.applied and view.run is not None:
        server_of(state).wake(RunId(view.run.id))
    return view


ROUTES = [
    start_job,
    list_runs,
    get_run,
    list_events,
    get_start,
    list_exceptions,
    list_snapshots,
]
