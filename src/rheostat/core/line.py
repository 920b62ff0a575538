"""Choose what a person's start from `newest` means: the whole line of a job's runs, newest first. Pure.

Called where a start is planned, and where a restart's second run is written.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from rheostat.core import restore
from rheostat.model.phase import Phase, Reason
from rheostat.model.run import Run
from rheostat.model.snapshot import RestorePoint, Snapshot

CHOSEN_EMPTY = frozenset({"started_empty", "bounded_restart", "drained"})
"""A branch that began so stays so until it makes state of its own: a person's choice is not undone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLeft:
    """One run, and what it has left behind."""

    run: Run
    snapshots: tuple[Snapshot, ...] = ()
    """Those that are there."""
    has_made_state: bool = False
    """Whether it ever completed a snapshot, whatever became of it."""
    processed_until: dt.datetime | None = None
    """When it was last seen processing."""
    drained: frozenset[str] = frozenset()
    """Paths of the savepoints of stops that drained it."""
    is_base_lost: bool = False
    """Its base is broken, or not there any more: nothing can begin there again."""


def choose_newest(line: Iterable[RunLeft]) -> RestorePoint | Reason:
    """The newest proven snapshot of the line, or why only a person can choose.

    Args:
        line: every run of the job, the newest first; it is read only as far as needed.
    """
    until: dt.datetime | None = None
    for place, left in enumerate(line):
        if place == 0 and left.run.phase is Phase.FINISHED:
            return restore.empty(Reason("bounded_restart"))
        until = max(filter(None, (until, left.processed_until)), default=None)
        chosen = _of_run(replace(left, processed_until=until))
        if chosen is not None:
            return chosen
    return restore.empty(Reason("no_snapshot_yet"))


def _of_run(left: RunLeft) -> RestorePoint | Reason | None:
    """What one run says; None = nothing, so the run before it is asked."""
    run, mine = left.run, sorted(left.snapshots, key=restore.position)
    proven = [each for each in mine if each.proven and not each.fault]
    number = str(run.number)
    if proven and proven[-1].path in left.drained:
        return restore.empty(Reason("drained", {"run": number, "path": proven[-1].path}))
    if proven:
        return restore.as_restore_point(
            proven[-1], Reason("newest_proven"), processed_until=left.processed_until
        )
    if mine:
        return Reason("line_not_proven", {"run": number, "fault": mine[-1].fault or "not read"})
    if left.has_made_state:
        return Reason("line_gone", {"run": number})
    if left.is_base_lost:
        return None
    if run.base.path is not None or run.base.reason.code in CHOSEN_EMPTY:
        return restore.base_again(run.base, left.processed_until)
    return None
