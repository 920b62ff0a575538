"""Routes about artifacts: JARs of a project."""

from typing import Annotated

from litestar import Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, PathParameter, QueryParameter

from rheostat import clock
from rheostat.api.access import Asking, Permission, principal_of
from rheostat.api.routes_job import Limit, server_of
from rheostat.errors import FieldProblem, Invalid, TooLarge
from rheostat.service import artifact as artifacts
from rheostat.wire.artifact import LIMIT_BYTES, ArtifactView
from rheostat.wire.common import Page

FileName = Annotated[
    str,
    QueryParameter(
        min_length=1,
        max_length=255,
        pattern=r"^[^/\\\x00-\x1f\x7f-\x9f]+(?!\n)$",
        description="What the file is called.",
    ),
]
Digest = Annotated[str, PathParameter(pattern=r"^[0-9a-f]{64}(?!\n)$")]


@post(
    "/projects/{project:str}/artifacts",
    permission=Permission.WRITE,
    operation_id="uploadArtifact",
    request_max_body_size=None,
)
async def upload_artifact(
    state: State, request: Asking, project: FromPath[str], name: FileName
) -> Response[ArtifactView]:
    """Upload a JAR: the body is the file itself, at most 512 MiB. 200 when the project has it already."""
    server, actor = server_of(state), principal_of(request).name
    if any("\ud800" <= char <= "\udfff" for char in name):
        raise Invalid(problems=(FieldProblem("name", "is not valid Unicode"),))
    if (request.content_length or 0) > LIMIT_BYTES:
        raise TooLarge(f"the JAR has more than {LIMIT_BYTES // 1024**2} MiB")
    await server.db.read(artifacts.check_project, project)
    received = await server.artifacts.receive(request.stream())
    view, is_new = await server.db.write(
        artifacts.record_artifact, project, received, (name, actor), clock.now()
    )
    return Response(view, status_code=201 if is_new else 200)


@get("/projects/{project:str}/artifacts", permission=Permission.READ, operation_id="listArtifacts")
async def list_artifacts(
    state: State,
    project: FromPath[str],
    after: FromQuery[str | None] = None,
    limit: Limit = 100,
) -> Page[ArtifactView]:
    """List a project's artifacts, newest first."""
    return await server_of(state).db.read(artifacts.list_artifacts, project, after, limit)


@get(
    "/projects/{project:str}/artifacts/{digest:str}",
    permission=Permission.READ,
    operation_id="getArtifact",
)
async def get_artifact(state: State, project: FromPath[str], digest: Digest) -> ArtifactView:
    """Show an artifact."""
    return await server_of(state).db.read(artifacts.show_artifact, project, digest)


ROUTES = [upload_artifact, list_artifacts, get_artifact]
