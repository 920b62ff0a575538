"""Routes about logs: list, read by offset, follow, search, download; of ended attempts too."""

import re
from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import quote

from litestar import get
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream

from rheostat.api.access import Asking, Permission
from rheostat.api.beat import STREAM_HEADERS, Pulse
from rheostat.api.routes_job import Number, server_of
from rheostat.api.server import Server
from rheostat.errors import FieldProblem, Invalid, NotFound
from rheostat.model.run import Attempt, Stage
from rheostat.service import run as runs
from rheostat.service.log import Text, as_text
from rheostat.service.stream import encode
from rheostat.wire.common import Page
from rheostat.wire.log import LogEnd, LogFileView, LogLines, LogMatch, LogView

RUN = "/projects/{project:str}/jobs/{job:str}/runs/{run:str}"
LOG = f"{RUN}/logs/{{attempt:int}}/{{name:str}}"
MAX_OFFSET = 2**63 - 1
DEFAULT_BYTES = 256 * 1024
LEAST_BYTES = 16
"""Fewer might not hold one character."""
Offset = Annotated[
    int | None, QueryParameter(ge=0, le=MAX_OFFSET, description="Where to begin, in bytes.")
]
Size = Annotated[
    int | None, QueryParameter(ge=LEAST_BYTES, le=8 * 1024 * 1024, description="At most so many.")
]
Tail = Annotated[
    int | None, QueryParameter(ge=1, le=8 * 1024 * 1024, description="Bytes from the end.")
]
File = Annotated[
    str,
    QueryParameter(max_length=40, description="The `file` that came with `next_offset`."),
]
Sought = Annotated[str, QueryParameter(min_length=1, max_length=200)]
Place = Annotated[
    str | None,
    QueryParameter(pattern=r"^\d{1,18}\.\d{1,18}(?!\n)$", description="`next` of a page."),
]
Most = Annotated[int, QueryParameter(ge=1, le=1000, description="At most so many.")]
FOLLOW_S = 1.0
"""Between two looks at a log that is followed."""
FOLLOW_BYTES = 256 * 1024


@get(f"{RUN}/logs", permission=Permission.READ, operation_id="listLogs")
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


@get(LOG, permission=Permission.READ, operation_id="readLog")
async def read_log(
    state: State,
    project: FromPath[str],
    job: FromPath[str],
    run: FromPath[str],
    attempt: Number,
    name: FromPath[str],
    offset: Offset = None,
    limit_bytes: Size = None,
    tail_bytes: Tail = None,
    file: File = "",
) -> LogView:
    """Read a log from an offset on; without one, its end. Go on with `next_offset` and `file`."""
    if tail_bytes is not None and (offset is not None or limit_bytes is not None):
        message = "goes alone: it means the end, and `offset` another place"
        raise Invalid(problems=(FieldProblem("tail_bytes", message),))
    server = server_of(state)
    found = await server.db.read(runs.find_attempt_of, (project, job), run, attempt)
    limit = limit_bytes or tail_bytes or DEFAULT_BYTES
    if offset is None:
        part = await server.logs.read_tail(found.id, name, limit + 1)
    else:
        part = await server.logs.read_log(found.id, name, offset, limit, file)
    is_live = found.stage is not Stage.GONE
    told = as_text(part, is_live=is_live, is_tail=offset is None)
    return LogView(
        attempt=attempt,
        name=name,
        size_bytes=part.size_bytes,
        offset=told.offset,
        next_offset=told.next_offset,
        truncated=told.is_partial,
        rolled=told.is_rolled,
        file=told.file,
        text=told.text,
        live=is_live,
    )


@get(
    f"{LOG}/download",
    permission=Permission.READ,
    operation_id="downloadLog",
    media_type="text/plain",
)
async def download_log(
    state: State,
    project: FromPath[str],
    job: FromPath[str],
    run: FromPath[str],
    attempt: Number,
    name: FromPath[str],
) -> Stream:
    """Download a whole log, byte for byte."""
    server = server_of(state)
    found = await server.db.read(runs.find_attempt_of, (project, job), run, attempt)
    chunks = await server.logs.stream_log(found.id, name)
    return Stream(
        chunks,
        media_type="text/plain",
        headers={"Content-Disposition": attachment(f"{found.ordinal}-{name}")},
    )


def attachment(name: str) -> str:
    """A file name as RFC 6266 has it: plain for old readers, and whole, whatever it holds."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


@get(f"{LOG}/search", permission=Permission.READ, operation_id="searchLog")
async def search_log(
    state: State,
    project: FromPath[str],
    job: FromPath[str],
    run: FromPath[str],
    attempt: Number,
    name: FromPath[str],
    q: Sought,
    after: Place = None,
    limit: Most = 100,
) -> Page[LogMatch]:
    """List the lines of a log that hold a text. A page may be empty and have a next one."""
    server = server_of(state)
    found = await server.db.read(runs.find_attempt_of, (project, job), run, attempt)
    offset, _, line = (after or "0.1").partition(".")
    searched = await server.logs.search_log(found.id, name, q, (int(offset), int(line)), limit)
    return Page(
        items=[
            LogMatch(offset=each.offset, line=each.line, text=each.text)
            for each in searched.matches
        ],
        next=None if searched.next is None else f"{searched.next[0]}.{searched.next[1]}",
    )


@get(
    f"{LOG}/follow",
    permission=Permission.READ,
    operation_id="followLog",
    media_type="text/event-stream",
)
async def follow_log(
    state: State,
    request: Asking,
    project: FromPath[str],
    job: FromPath[str],
    run: FromPath[str],
    attempt: Number,
    name: FromPath[str],
    offset: FromQuery[int | None] = None,
    file: File = "",
) -> Stream:
    """Follow a log: events `lines`, a `beat` every 10 s, and `end` when the attempt is gone."""
    server = server_of(state)
    found = await server.db.read(runs.find_attempt_of, (project, job), run, attempt)
    if offset is None:
        part = await server.logs.read_tail(found.id, name, FOLLOW_BYTES + 1)
        offset = as_text(part, is_live=True, is_tail=True).offset
        file = part.identity
    await server.logs.read_log(found.id, name, 0, 0)  # 404 now, not in the middle of a stream
    return Stream(
        _follow(server, Pulse(request), found, name, (min(max(offset, 0), MAX_OFFSET), file)),
        media_type="text/event-stream",
        headers=STREAM_HEADERS,
    )


async def _follow(
    server: Server, pulse: Pulse, attempt: Attempt, name: str, place: tuple[int, str]
) -> AsyncIterator[bytes]:
    offset, file = place
    while not pulse.is_over:
        is_live = await server.db.read(runs.is_live_attempt, attempt.id)
        try:
            part = await server.logs.read_log(attempt.id, name, offset, FOLLOW_BYTES, file)
        except NotFound:
            return
        told = as_text(part, is_live=is_live)
        offset, file = told.next_offset, told.file
        if told.text:
            yield encode("lines", _lines(told))
        elif not is_live and not part.next_identity:
            yield encode("end", LogEnd())
            return
        else:
            await pulse.rest(FOLLOW_S)
        if beat := await pulse.beat():
            yield beat


def _lines(told: Text) -> LogLines:
    return LogLines(
        offset=told.offset,
        next_offset=told.next_offset,
        text=told.text,
        rolled=told.is_rolled,
        file=told.file,
    )


ROUTES = [list_logs, read_log, download_log, search_log, follow_log]
