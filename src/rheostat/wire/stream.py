"""What the stream of events carries: the data of each kind of frame."""

from msgspec import Struct

from rheostat.wire.common import Instant
from rheostat.wire.row import JobRow
from rheostat.wire.run import EventView


class HistoryFrame(Struct, frozen=True, kw_only=True):
    """Of `event: history`: a new line of a run's history, and the job's row as it is by now."""

    project: str
    job: str
    run: int
    event: EventView
    row: JobRow


class JobFrame(Struct, frozen=True, kw_only=True):
    """Of `event: job`: a job was created, edited, published or deleted. Only a hint: it may be missed."""

    project: str
    job: str
    deleted: bool


class BeatFrame(Struct, frozen=True, kw_only=True):
    """Of `event: beat`, every 10 s: the stream is alive, and this is the server's time."""

    now: Instant


class ResetFrame(Struct, frozen=True, kw_only=True):
    """Of `event: reset`: what was missed cannot be told any more; read everything again."""
