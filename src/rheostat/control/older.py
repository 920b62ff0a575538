"""What a run begins with when the newest snapshot of its job's line turns out not to hold: the next older.

Only where a person asked for the newest, whatever that is; a snapshot that a person has named is not
replaced by another one.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from rheostat.core.fit import judge_fit, origin_of
from rheostat.core.line import RunLeft, choose_newest
from rheostat.core.restore import within
from rheostat.model.ids import RunId
from rheostat.model.job import Content
from rheostat.model.phase import Reason
from rheostat.model.run import Run
from rheostat.model.snapshot import RestorePoint, Snapshot
from rheostat.store import job as jobs
from rheostat.store.line import load_line

CHOSEN_AS_NEWEST = frozenset({"newest_proven", "base_again"})
"""Reasons of a base that is the line's newest, and was named by nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The runs before this one, newest first, and what they ran."""

    line: Sequence[RunLeft] = ()
    contents: Mapping[RunId, Content] = field(default_factory=dict)


def load_earlier(conn: sa.Connection, run: Run) -> Earlier:
    """Read them all: asked for only when the base does not hold."""
    line = tuple(load_line(conn, run.job_id, before=run.number))
    contents = {
        each.run.id: jobs.load_version(conn, run.job_id, each.run.version).content for each in line
    }
    return Earlier(line=line, contents=contents)


def choose_older(
    earlier: Earlier, base: RestorePoint, broken: Mapping[str, str], target: Content
) -> RestorePoint | Reason | None:
    """The newest of the line besides the broken ones, or why it may not be used; None = there is none.

    The run would begin without state if nothing was left: that only a person may choose.
    """
    chosen = choose_newest(_marked(left, broken) for left in earlier.line)
    if isinstance(chosen, Reason):
        return chosen
    if chosen.path is None:
        return None
    limit = dt.timedelta(seconds=target.policies.max_rewind_s)
    made = (each for left in earlier.line for each in left.snapshots if each.path == chosen.path)
    snapshot = next(made, None)
    if snapshot is not None and snapshot.run_id in earlier.contents:
        refused = judge_fit(origin_of(snapshot), earlier.contents[snapshot.run_id], target)
        if refused is not None:
            return refused
    return within(replace(chosen, allow_dropped=base.allow_dropped), limit)


def mark(snapshot: Snapshot, broken: Mapping[str, str]) -> Snapshot:
    """The snapshot as it is known by now."""
    fault = broken.get(snapshot.path)
    return snapshot if fault is None else replace(snapshot, proven=0, fault=fault)


def _marked(left: RunLeft, broken: Mapping[str, str]) -> RunLeft:
    return replace(
        left,
        snapshots=tuple(mark(each, broken) for each in left.snapshots),
        is_base_lost=left.is_base_lost or left.run.base.path in broken,
    )
