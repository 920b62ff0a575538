"""Routes about projects, jobs and versions."""

import asyncio
from typing import Annotated

from litestar import Response, get, patch, post
from litestar.datastructures import State
from litestar.params import (
    FromPath,
    FromQuery,
    HeaderParameter,
    JSONBody,
    PathParameter,
    QueryParameter,
)
from msgspec.structs import replace

from rheostat import clock
from rheostat.api.access import Asking, Permission, may, principal_of
from rheostat.api.server import Server
from rheostat.errors import FieldProblem, Invalid
from rheostat.model.ids import JobId, ProjectId
from rheostat.service import job as jobs
from rheostat.service import project as projects
from rheostat.service.content import check_content
from rheostat.service.view import blank_secrets
from rheostat.wire.common import MAX_NUMBER, Page
from rheostat.wire.job import (
    DraftBody,
    JobBody,
    JobView,
    ProjectBody,
    ProjectView,
    VersionView,
)

Limit = Annotated[int, QueryParameter(ge=1, le=1000, description="At most so many.")]
After = Annotated[int | None, QueryParameter(ge=1, le=MAX_NUMBER, description="Older than it.")]
Number = Annotated[int, PathParameter(ge=1, le=MAX_NUMBER)]
IfMatch = Annotated[str, HeaderParameter(name="If-Match", description='The ETag, as `"3"`.')]
BODY_LIMIT = 32 * 1024 * 1024


def server_of(state: State) -> Server:
    """The server behind the routes."""
    found: Server = state.server
    return found


@get("/projects", permission=Permission.READ, operation_id="listProjects")
async def list_projects(
    state: State, after: FromQuery[str | None] = None, limit: Limit = 100
) -> Page[ProjectView]:
    """List projects by name."""
    return await server_of(state).db.read(projects.list_projects, after, limit)


@post("/projects", permission=Permission.WRITE, operation_id="createProject")
async def create_project(state: State, data: JSONBody[ProjectBody]) -> ProjectView:
    """Create a project."""
    id_ = ProjectId(clock.new_id())
    return await server_of(state).db.write(projects.create_project, data, id_, clock.now())


@get("/projects/{project:str}", permission=Permission.READ, operation_id="getProject")
async def get_project(state: State, project: FromPath[str]) -> ProjectView:
    """Show a project."""
    return await server_of(state).db.read(projects.show_project, project)


@post(
    "/projects/{project:str}/jobs",
    permission=Permission.WRITE,
    operation_id="createJob",
    request_max_body_size=BODY_LIMIT,
)
async def create_job(
    state: State, project: FromPath[str], data: JSONBody[JobBody]
) -> Response[JobView]:
    """Create a job with its first draft."""
    id_ = JobId(clock.new_id())
    view = await server_of(state).db.write(jobs.create_job, project, data, id_, clock.now())
    server_of(state).hub.tell_job(project, view.name)
    return Response(view, status_code=201, headers={"ETag": etag(view)})


@get("/projects/{project:str}/jobs/{job:str}", permission=Permission.READ, operation_id="getJob")
async def get_job(
    state: State, request: Asking, project: FromPath[str], job: FromPath[str]
) -> Response[JobView]:
    """Show a job with its draft. Who may not change it sees no values of keys that hold secrets."""
    view = await server_of(state).db.read(jobs.show_job, project, job)
    if not may(principal_of(request), Permission.WRITE):
        view = replace(view, draft=blank_secrets(view.draft))
    return Response(view, headers={"ETag": etag(view)})


@patch(
    "/projects/{project:str}/jobs/{job:str}/draft",
    permission=Permission.WRITE,
    operation_id="editDraft",
    request_max_body_size=BODY_LIMIT,
)
async def edit_draft(
    state: State,
    project: FromPath[str],
    job: FromPath[str],
    data: JSONBody[DraftBody],
    if_match: IfMatch,
) -> Response[JobView]:
    """Change a draft that nobody else has changed meanwhile."""
    revision = if_match.strip().strip('"')
    if not revision.isdecimal() or len(revision) > 9:
        raise Invalid(problems=(FieldProblem("If-Match", "must be the job's ETag"),))
    view = await server_of(state).db.write(jobs.edit_draft, project, job, data, int(revision))
    server_of(state).hub.tell_job(project, job)
    return Response(view, headers={"ETag": etag(view)})


@post(
    "/projects/{project:str}/jobs/{job:str}/versions",
    permission=Permission.WRITE,
    operation_id="publishJob",
)
async def publish_job(
    state: State, request: Asking, project: FromPath[str], job: FromPath[str]
) -> VersionView:
    """Judge the draft and freeze it as the next version."""
    actor, db = principal_of(request).name, server_of(state).db
    judged = await db.read(jobs.load_draft, project, job)
    await asyncio.to_thread(check_content, judged.draft, judged.mode)
    version = await db.write(jobs.publish, judged, actor, clock.now())
    server_of(state).hub.tell_job(project, job)
    return version


@get(
    "/projects/{project:str}/jobs/{job:str}/versions",
    permission=Permission.READ,
    operation_id="listVersions",
)
async def list_versions(
    state: State,
    request: Asking,
    project: FromPath[str],
    job: FromPath[str],
    after: After = None,
    limit: Limit = 100,
) -> Page[VersionView]:
    """List versions, newest first."""
    page = await server_of(state).db.read(jobs.list_versions, project, job, after, limit)
    return replace(page, items=[_version(request, each) for each in page.items])


@get(
    "/projects/{project:str}/jobs/{job:str}/versions/{number:int}",
    permission=Permission.READ,
    operation_id="getVersion",
)
async def get_version(
    state: State, request: Asking, project: FromPath[str], job: FromPath[str], number: Number
) -> VersionView:
    """Show a version."""
    return _version(
        request, await server_of(state).db.read(jobs.show_version, project, job, number)
    )


def _version(request: Asking, view: VersionView) -> VersionView:
    if may(principal_of(request), Permission.WRITE):
        return view
    return replace(view, content=blank_secrets(view.content))


def etag(view: JobView) -> str:
    """The draft's revision, quoted as HTTP wants it."""
    return f'"{view.revision}"'


ROUTES = [
    list_projects,
    create_project,
    get_project,
    create_job,
    get_job,
    edit_draft,
    publish_job,
    list_versions,
    get_version,
]
