"""The route of the job list."""

from typing import Annotated, Literal

from litestar import get
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, QueryParameter

from rheostat import clock
from rheostat.api.access import Permission
from rheostat.api.routes_job import Limit, server_of
from rheostat.service.row import list_jobs as list_rows
from rheostat.store.row import Filter
from rheostat.wire.job import KindWord, ModeWord
from rheostat.wire.row import JobPage
from rheostat.wire.run import HealthWord, PhaseWord

Search = Annotated[str, QueryParameter(max_length=63, description="Part of the name.")]
Phases = Annotated[
    list[PhaseWord | Literal["never"]] | None,
    QueryParameter(name="phase", description="Of the newest run; may be repeated."),
]
Healths = Annotated[
    list[HealthWord] | None,
    QueryParameter(name="health", description="Of a live run; may be repeated."),
]


@get("/projects/{project:str}/jobs", permission=Permission.READ, operation_id="listJobs")
async def list_jobs(
    state: State,
    project: FromPath[str],
    q: Search = "",
    phases: Phases = None,
    healths: Healths = None,
    mode: FromQuery[ModeWord | None] = None,
    kind: FromQuery[KindWord | None] = None,
    after: FromQuery[str | None] = None,
    limit: Limit = 100,
) -> JobPage:
    """List a project's jobs by name, each with what its newest run does."""
    wanted = Filter(
        text=q,
        phases=frozenset(phases or ()),
        healths=frozenset(healths or ()),
        mode=mode,
        kind=kind,
    )
    return await server_of(state).db.read(list_rows, project, wanted, (after, limit), clock.now())


ROUTES = [list_jobs]
