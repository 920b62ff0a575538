"""Bodies of the job list: what a page of thousands of jobs shows, and no more."""

from msgspec import Struct

from rheostat.wire.common import Instant, ReasonView
from rheostat.wire.job import KindWord, ModeWord
from rheostat.wire.run import HealthWord, PhaseWord


class JobRow(Struct, frozen=True, kw_only=True):
    """One job in a list: what its newest run does, and what waits to be published."""

    id: str
    name: str
    project: str
    kind: KindWord
    mode: ModeWord
    flink: str
    """Of the draft."""
    version: int | None
    """The newest version; null before the first publish."""
    running_version: int | None
    """Of the live run; null when none is live."""
    draft_differs: bool
    """The draft is not what the newest version holds."""
    phase: PhaseWord | None
    """Of the newest run; null when it never ran."""
    reason: ReasonView | None
    since: Instant | None
    """When the phase was entered."""
    health: HealthWord | None
    health_reasons: list[ReasonView]
    run: int | None
    """Number of the newest run."""
    created_at: Instant


class JobPage(Struct, frozen=True, kw_only=True):
    """A page of jobs by name: ask again with `after=<next>`; null means that this was the last one."""

    items: list[JobRow]
    next: str | None
    total: int
    """How many jobs match, on all pages."""
    counts: dict[str, int]
    """How many jobs of the project are in each phase, filters aside; `never`: those that never ran."""
    server_time: Instant
