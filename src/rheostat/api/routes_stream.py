"""The stream of events: what a page listens to, and `rheostat job events --follow`."""

from collections.abc import AsyncIterator
from typing import Annotated

from litestar import get
from litestar.datastructures import State
from litestar.params import FromQuery, HeaderParameter, QueryParameter
from litestar.response import Stream

from rheostat.api.access import Asking, Permission
from rheostat.api.beat import STREAM_HEADERS, Pulse, beat_frame
from rheostat.api.routes_job import server_of
from rheostat.errors import FieldProblem, Invalid
from rheostat.service.stream import Hub, Wanted, encode
from rheostat.store.job import load_job
from rheostat.store.project import load_project
from rheostat.wire.stream import ResetFrame

MAX_ID = 2**63 - 1
Project = Annotated[str, QueryParameter(min_length=1, max_length=63)]
After = Annotated[
    int | None, QueryParameter(ge=0, le=MAX_ID, description="Resume behind this event id.")
]
LastId = Annotated[
    str | None,
    HeaderParameter(
        name="Last-Event-ID",
        max_length=20,
        description="As `after`, and before it: browsers send it when they connect again.",
    ),
]


@get(
    "/events",
    permission=Permission.READ,
    operation_id="streamEvents",
    media_type="text/event-stream",
)
async def stream_events(
    state: State,
    request: Asking,
    project: Project,
    job: FromQuery[str | None] = None,
    after: After = None,
    last_id: LastId = None,
) -> Stream:
    """Stream what happens in a project, or to one job, from now on, or from where a reader stopped."""
    server = server_of(state)
    if job is None:
        await server.db.read(load_project, project)
    else:
        await server.db.read(load_job, project, job)
    if last_id:
        if not last_id.isascii() or not last_id.isdecimal() or int(last_id) > MAX_ID:
            raise Invalid(problems=(FieldProblem("Last-Event-ID", "must be an event's id"),))
        after = int(last_id)
    frames = _stream(server.hub, Pulse(request), Wanted(project, job), after)
    return Stream(frames, media_type="text/event-stream", headers=STREAM_HEADERS)


async def _stream(
    hub: Hub, pulse: Pulse, wanted: Wanted, after: int | None
) -> AsyncIterator[bytes]:
    async with hub.subscribe(wanted) as one:
        if after is None:
            yield beat_frame(one.began)
        else:
            missed = await hub.replay(one, after)
            if missed is None:
                yield encode("reset", ResetFrame(), one.began)
            else:
                async for data in missed:
                    yield data
        while not pulse.is_over and not one.is_over:
            if data := await one.take(pulse.left_s):
                yield data
            if beat := await pulse.beat(None if one.queue else one.position):
                yield beat


ROUTES = [stream_events]
