"""Choose what an attempt starts from (`docs/lifecycle.md`, restore point). Pure.

A *branch* begins with each human choice. Within it the order is (attempt ordinal, checkpoint id); time
never orders. Automatic decisions look at the branch alone; a person starting a stopped job is offered
the newest proven snapshot of the whole job.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from rheostat.model.phase import Reason
from rheostat.model.snapshot import RestoreKind, RestorePoint, Snapshot, SnapshotKind

MAX_REWIND = dt.timedelta(hours=1)
"""For automatic decisions; beyond it a person is asked."""


def position(snapshot: Snapshot) -> tuple[int, int]:
    """Where a snapshot stands within its branch: savepoints share the checkpoints' counter."""
    return snapshot.attempt_ordinal, snapshot.checkpoint_id


def as_restore_point(
    snapshot: Snapshot, reason: Reason, *, processed_until: dt.datetime | None
) -> RestorePoint:
    """What starting from `snapshot` means. `processed_until`: when its branch was last seen processing."""
    kind = (
        RestoreKind.SAVEPOINT if snapshot.kind is SnapshotKind.SAVEPOINT else RestoreKind.CHECKPOINT
    )
    rewind = None
    if processed_until is not None:
        rewind = max(processed_until - snapshot.completed_at, dt.timedelta())
    return RestorePoint(
        kind=kind,
        reason=reason,
        path=snapshot.path,
        snapshot_id=snapshot.id,
        checkpoint_id=snapshot.checkpoint_id,
        completed_at=snapshot.completed_at,
        rewind=rewind,
        proven=snapshot.proven,
    )


def empty(reason: Reason) -> RestorePoint:
    """Start without state."""
    return RestorePoint(kind=RestoreKind.EMPTY, reason=reason)


def choose_for_failover(
    base: RestorePoint,
    snapshots: Iterable[Snapshot],
    *,
    processed_until: dt.datetime | None,
    has_made_state: bool = False,
    max_rewind: dt.timedelta = MAX_REWIND,
) -> RestorePoint | Reason:
    """What the next attempt of a branch starts from, or why a person must choose.

    Args:
        base: what the branch began with.
        snapshots: all that its attempts made, proven or not.
        processed_until: last instant at which the branch was seen processing; None = never.
        has_made_state: its attempts completed snapshots, whether these are there or not.
        max_rewind: the most that may be read again without asking.
    """
    made = sorted(snapshots, key=position)
    proven = [snapshot for snapshot in made if snapshot.proven >= 1 and not snapshot.fault]
    if not made and has_made_state:
        return Reason("nothing_proven", {"fault": "they are not there any more"})
    if not made:
        return within(base_again(base, processed_until), max_rewind)
    if not proven:
        return Reason("nothing_proven", {"fault": made[-1].fault or "not read"})
    chosen = as_restore_point(
        proven[-1], Reason("newest_of_branch"), processed_until=processed_until
    )
    return within(chosen, max_rewind)


def within(chosen: RestorePoint, max_rewind: dt.timedelta) -> RestorePoint | Reason:
    """It, unless more would be read again than may be without asking."""
    if chosen.rewind is not None and chosen.rewind > max_rewind:
        return Reason("rewind_too_large", {"rewind": str(chosen.rewind), "limit": str(max_rewind)})
    return chosen


def base_again(base: RestorePoint, processed_until: dt.datetime | None) -> RestorePoint:
    """The same once more, with what that would read again now."""
    rewind = None
    if base.completed_at is not None and processed_until is not None:
        rewind = max(processed_until - base.completed_at, dt.timedelta())
    return replace(base, reason=Reason("base_again"), rewind=rewind)
