"""Routes about runs: start; status, events, logs, snapshots."""

from typing import Annotated

from litestar import get, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody, QueryParameter

from rheostat import clock
from rheostat.api.access import Asking, Permission, principal_of
from rheostat.api.routes_job import After, Limit, Number, server_of
from rheostat.model.ids import RunId
from rheostat.model.run import Stage
from rheostat.service import run as runs
from rheostat.service import start as starting
from rheostat.wire.common import Page
from rheostat.wire.plan import StartBody
from rheostat.wire.run import ActionView, EventView, LogFileView, LogView, RunView, SnapshotView

Key = Annotated[
    str | None,
    HeaderParameter(name="Idempotency-Key", description="One key, one run.", max_length=200),
]
Tail = Annotated[int, QueryParameter(ge=1, le=8 * 1024 * 1024, description="Bytes from the end.")]
EventId = Annotated[int, QueryParameter(ge=0, le=2**63 - 1, description="Newer than it.")]
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
    after: EventId = 0,
    limit: Limit = 200,
) -> Page[EventView]:
    """List a run's history, oldest first."""
    return await server_of(state).db.read(runs.list_events, (project, job), run, after, limit)


@get(f"{JOB}/runs/{{run:str}}/logs", permission=Permission.READ, operation_id="listLogs")
async def list_logs(
    state: State, project: FromPath[str], job: FromPath[str], run: FromPath[str]
) -> Page[LogFileView]:
    """List the log files of a run's attempts, live and ended."""
    server = server_of(state)
    items: list[LogFileView] = []
    for attempt in await server.db.read(runs.list_attempts_of, (project, job), run):
        items += [
            LogFileView(
                attempt=attempt.ordinal,
                name=file.name,
                size_bytes=file.size,
                live=attempt.stage is not Stage.GONE,
            )
            for file in await server.logs.log_files(attempt.id)
        ]
    return Page(items=items)


@get(
    f"{JOB}/runs/{{run:str}}/logs/{{attempt:int}}/{{name:str}}",
    permission=Permission.READ,
    operation_id="readLog",
)
async def read_log(
    state: State,
    project: FromPath[str],
    job: FromPath[str],
    run: FromPath[str],
    attempt: Number,
    name: FromPath[str],
    tail_bytes: Tail = 256 * 1024,
) -> LogView:
    """Read the end of one log file."""
    server = server_of(state)
    found = await server.db.read(runs.find_attempt_of, (project, job), run, attempt)
    data = await server.logs.read_log(found.id, name, tail_bytes)
    size = next((f.size for f in await server.logs.log_files(found.id) if f.name == name), 0)
    size = max(size, len(data))
    return LogView(
        attempt=attempt,
        name=name,
        size_bytes=size,
        truncated=len(data) < size,
        text=data.decode("utf-8", "replace"),
    )


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
    list_logs,
    read_log,
    list_snapshots,
]
