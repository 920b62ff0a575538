"""The hub: reads new events once, encodes each once, and hands it to every stream that wants it.

It looks when something was written in this process, and once a second for what other replicas write; while
nobody listens it does not look at all.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from dataclasses import dataclass, field

import msgspec
import sqlalchemy as sa
import structlog

from rheostat.errors import RheostatError
from rheostat.service.row import job_row
from rheostat.service.view import event_view
from rheostat.store.database import Database
from rheostat.store.feed import Horizon, count_news, list_news, read_horizon
from rheostat.store.row import load_rows
from rheostat.wire.stream import HistoryFrame, JobFrame

log = structlog.stdlib.get_logger("rheostat.stream")

LOOK_S = 1.0
"""Between two looks that nobody woke us for: what other replicas write is a second late at most."""
JOIN_S = 0.05
"""After a look: the first event leaves at once, and what comes in a burst is read together."""
PAGE = 500
RESUME_LIMIT = 5000
"""More than so many missed events are not told again: reading everything anew is cheaper."""
QUEUE_LIMIT = 2000
"""Frames that wait for one reader. One that is slower is dropped; it resumes where it was."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one stream is about: a project, or one job of it."""

    project: str
    job: str | None = None

    def fits(self, project: str, job: str) -> bool:
        """Whether something about this job is wanted."""
        return project == self.project and self.job in (None, job)


@dataclass(frozen=True, slots=True)
class Frame:
    """One encoded event."""

    project: str
    job: str
    id: int | None
    data: bytes


@dataclass(slots=True, eq=False)
class Subscriber:
    """One open stream: what waits for it."""

    wanted: Wanted
    began: int
    """It listens to what comes behind this id."""
    position: int
    """Everything up to this id was handed to it, or came before it."""
    is_over: bool = False
    queue: deque[Frame] = field(default_factory=deque)
    _filled: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, frames: Iterable[Frame], position: int) -> None:
        """Put in what is wanted. When there is no room the stream is over: it was too slow."""
        before, self.position = self.position, max(position, self.position)
        wanted = [
            each
            for each in frames
            if self.wanted.fits(each.project, each.job) and (each.id is None or each.id > before)
        ]
        if len(self.queue) + len(wanted) > QUEUE_LIMIT:
            self.end()
            self.queue.clear()
        if wanted and not self.is_over:
            self.queue.extend(wanted)
            self._filled.set()

    async def take(self, timeout_s: float) -> bytes:
        """What has come, joined; empty when nothing came in time, or the stream is over."""
        if not self.queue and not self.is_over:
            self._filled.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await self._filled.wait()
        taken = b"".join(each.data for each in self.queue)
        self.queue.clear()
        return taken

    def skip(self, until: int) -> None:
        """Leave out what the reader has already."""
        self.position = max(self.position, until)
        kept = [each for each in self.queue if each.id is None or each.id > until]
        self.queue = deque(kept)

    def end(self) -> None:
        """No more will come."""
        self.is_over = True
        self._filled.set()


class Hub:
    """All open streams of this process."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._subscribers: set[Subscriber] = set()
        self._position: int | None = None
        """Up to where was read; None while nobody listens."""
        self._beginning = asyncio.Lock()
        self._wake = asyncio.Event()
        self.closing = asyncio.Event()

    def wake(self) -> None:
        """Something was written, perhaps an event: look. Cheap, any number of times."""
        self._wake.set()

    def close(self) -> None:
        """End every stream; the server ends."""
        self.closing.set()
        for each in self._subscribers:
            each.end()

    def tell_job(self, project: str, job: str, *, deleted: bool = False) -> None:
        """A job was created, edited, published or deleted here: a hint for whoever looks at it."""
        data = encode("job", JobFrame(project=project, job=job, deleted=deleted))
        for each in self._subscribers:
            each.offer([Frame(project, job, None, data)], each.position)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S if self._subscribers else None):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self._look()
            except RheostatError as err:
                log.warning("look for events failed", code=err.code, message=err.message)
                await asyncio.sleep(LOOK_S)
            await asyncio.sleep(JOIN_S)

    @contextlib.asynccontextmanager
    async def subscribe(self, wanted: Wanted) -> AsyncGenerator[Subscriber]:
        """Listen from now on."""
        async with self._beginning:
            if self._position is None:
                self._position = (await self._db.read(read_horizon)).settled
            one = Subscriber(wanted, self._position, self._position)
            self._subscribers.add(one)
        self.wake()
        if self.closing.is_set():
            one.end()
        try:
            yield one
        finally:
            self._subscribers.discard(one)

    async def replay(self, one: Subscriber, after: int) -> AsyncIterator[bytes] | None:
        """What came after an id, up to where the live part begins; None = it cannot be told any more."""
        horizon, missed = await self._db.read(_missed, after)
        if after > horizon.highest or missed > RESUME_LIMIT:
            return None
        one.skip(after)
        return self._replay(one.wanted, after, one.began)

    async def _replay(self, wanted: Wanted, after: int, until: int) -> AsyncIterator[bytes]:
        while after < until:
            after, frames = await self._db.read(read_frames, after, until)
            if data := b"".join(
                each.data for each in frames if wanted.fits(each.project, each.job)
            ):
                yield data

    async def _look(self) -> None:
        if not self._subscribers:
            if not self._beginning.locked():
                self._position = None
            return
        while (since := self._position) is not None:
            until = (await self._db.read(read_horizon)).settled
            if until <= since:
                return
            position, frames = await self._db.read(read_frames, since, until)
            self._position = position
            for each in self._subscribers:
                each.offer(frames, position)


def read_frames(conn: sa.Connection, after: int, until: int) -> tuple[int, list[Frame]]:
    """A page of events as frames, and up to which id it goes."""
    news = list_news(conn, after, until, PAGE)
    rows = load_rows(conn, {each.job_id for each in news}) if news else {}
    views = {id_: job_row(row) for id_, row in rows.items()}
    frames = []
    for each in news:
        row = views.get(each.job_id)
        if row is None:
            continue  # the job was deleted
        view = HistoryFrame(
            project=row.project,
            job=row.name,
            run=each.run,
            event=event_view(each.event, each.run),
            row=row,
        )
        id_ = each.event.id
        frames.append(Frame(row.project, row.name, id_, encode("history", view, id_)))
    return (news[-1].event.id if len(news) == PAGE else until), frames


def _missed(conn: sa.Connection, after: int) -> tuple[Horizon, int]:
    return read_horizon(conn), count_news(conn, after, RESUME_LIMIT + 1)


def encode(event: str, data: msgspec.Struct, id_: int | None = None) -> bytes:
    """One frame of `text/event-stream`; JSON has no line breaks of its own."""
    head = b"" if id_ is None else b"id: %d\n" % id_
    return head + b"event: %s\ndata: %s\n\n" % (event.encode(), msgspec.json.encode(data))
