"""Choose and prove what the next attempt starts from. The loop's only reader of snapshots before a launch."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from rheostat.control.load import Loaded
from rheostat.control.older import CHOSEN_AS_NEWEST, Earlier, choose_older, mark
from rheostat.core.restore import choose_for_failover
from rheostat.core.restore_fault import RestoreFault, find_fault
from rheostat.model.event import Event, EventKind
from rheostat.model.phase import Reason
from rheostat.model.run import Attempt, Run
from rheostat.model.snapshot import RestorePoint
from rheostat.ports import Proof, Snapshots

PROOF_LEVEL = 2
"""Before a restore every file is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was chosen, or why a person must, and what was learnt on the way."""

    restore: RestorePoint | Reason
    broken: Mapping[str, str] = field(default_factory=dict)
    """Paths that were passed over, each with its fault."""
    note: str | None = None
    """What the proof of the chosen one leaves open."""
    is_new_base: bool = False
    """The base did not hold, and the run begins with this one instead."""

    def tell(self, run: Run, now: dt.datetime) -> list[Event]:
        """The events that say so."""
        events = [
            _event(run, now, "snapshot_broken", {"path": path, "fault": fault})
            for path, fault in self.broken.items()
        ]
        if self.note is not None and isinstance(self.restore, RestorePoint):
            fields = {"path": self.restore.path, "note": self.note}
            events.append(_event(run, now, "snapshot_sampled", fields))
        return events


async def choose(
    snapshots: Snapshots,
    loaded: Loaded,
    attempt: Attempt | None,
    earlier: Callable[[], Awaitable[Earlier]],
) -> Chosen:
    """The base for the first attempt; then the newest of the branch that holds.

    Args:
        snapshots: where they are proven.
        loaded: the run.
        attempt: the newest; None = nothing was launched yet.
        earlier: reads the runs before this one; awaited only when the base does not hold.

    Raises:
        CannotLook: storage could not be asked; nothing is concluded.
    """
    if attempt is None:
        return await _choose_base(snapshots, loaded, earlier)
    broken: dict[str, str] = {}
    if find_fault(attempt) is RestoreFault.UNREADABLE and attempt.restore.path is not None:
        outcome = attempt.outcome
        broken[attempt.restore.path] = (outcome.message if outcome else None) or "cannot be read"
    return await _choose_of_branch(snapshots, loaded, broken, earlier)


async def _choose_base(
    snapshots: Snapshots, loaded: Loaded, earlier: Callable[[], Awaitable[Earlier]]
) -> Chosen:
    base = loaded.run.base
    if base.path is None:
        return Chosen(restore=base)
    proof = await snapshots.prove(base.path, level=PROOF_LEVEL)
    if proof.proven >= PROOF_LEVEL:
        return Chosen(restore=base, note=proof.note)
    return await _choose_older(snapshots, loaded, {base.path: _fault(proof)}, earlier)


async def _choose_of_branch(
    snapshots: Snapshots,
    loaded: Loaded,
    broken: dict[str, str],
    earlier: Callable[[], Awaitable[Earlier]],
) -> Chosen:
    """Broken ones are marked and passed over; each turn of the loop marks one."""
    limit = dt.timedelta(seconds=loaded.version.content.policies.max_rewind_s)
    while True:
        restore = choose_for_failover(
            loaded.run.base,
            [mark(each, broken) for each in loaded.snapshots],
            processed_until=loaded.processed_until,
            has_made_state=loaded.has_made_state,
            max_rewind=limit,
        )
        if isinstance(restore, Reason) or restore.path is None:
            return Chosen(restore=restore, broken=broken)
        if restore.path in broken:  # the branch has nothing but its base
            return await _choose_older(snapshots, loaded, broken, earlier)
        proof = await snapshots.prove(restore.path, level=PROOF_LEVEL)
        if proof.proven >= PROOF_LEVEL:
            return Chosen(restore=restore, broken=broken, note=proof.note)
        broken[restore.path] = _fault(proof)


async def _choose_older(
    snapshots: Snapshots,
    loaded: Loaded,
    broken: dict[str, str],
    earlier: Callable[[], Awaitable[Earlier]],
) -> Chosen:
    """The base is broken: the next older of the job's line, unless a person has named this very one."""
    base = loaded.run.base
    refused = _refused(broken.get(base.path or ""))
    if base.reason.code not in CHOSEN_AS_NEWEST:
        return Chosen(restore=refused, broken=broken)
    before = await earlier()
    while True:
        restore = choose_older(before, base, broken, loaded.version.content)
        if restore is None or isinstance(restore, Reason) or restore.path is None:
            return Chosen(restore=restore or refused, broken=broken)
        proof = await snapshots.prove(restore.path, level=PROOF_LEVEL)
        if proof.proven >= PROOF_LEVEL:
            return Chosen(restore=restore, broken=broken, note=proof.note, is_new_base=True)
        if restore.path in broken:
            return Chosen(restore=refused, broken=broken)
        broken[restore.path] = _fault(proof)


def _refused(fault: str | None) -> Reason:
    return Reason("restore_not_proven", {"fault": fault or "not there"})


def _fault(proof: Proof) -> str:
    return proof.fault or "not there"


def _event(run: Run, now: dt.datetime, code: str, fields: Mapping[str, object]) -> Event:
    return Event(run_id=run.id, at=now, kind=EventKind.OBSERVATION, code=code, fields=fields)
