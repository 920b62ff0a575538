"""Choose and prove what the next attempt starts from. The loop's only reader of snapshots before a launch."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from rheostat.control.load import Loaded
from rheostat.core.restore import choose_for_failover
from rheostat.core.restore_fault import RestoreFault, find_fault
from rheostat.model.event import Event, EventKind
from rheostat.model.phase import Reason
from rheostat.model.run import Attempt, Run
from rheostat.model.snapshot import RestorePoint, Snapshot
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


async def choose(snapshots: Snapshots, loaded: Loaded, attempt: Attempt | None) -> Chosen:
    """The base for the first attempt; then the newest of the branch that holds.

    Raises:
        CannotLook: storage could not be asked; nothing is concluded.
    """
    if attempt is None:
        return await _choose_base(snapshots, loaded.run.base)
    broken: dict[str, str] = {}
    if find_fault(attempt) is RestoreFault.UNREADABLE and attempt.restore.path is not None:
        outcome = attempt.outcome
        broken[attempt.restore.path] = (outcome.message if outcome else None) or "cannot be read"
    return await _choose_of_branch(snapshots, loaded, broken)


async def _choose_base(snapshots: Snapshots, base: RestorePoint) -> Chosen:
    if base.path is None:
        return Chosen(restore=base)
    proof = await snapshots.prove(base.path, level=PROOF_LEVEL)
    if proof.proven < PROOF_LEVEL:
        return Chosen(restore=_refused(proof.fault))
    return Chosen(restore=base, note=proof.note)


async def _choose_of_branch(snapshots: Snapshots, loaded: Loaded, broken: dict[str, str]) -> Chosen:
    """Broken ones are marked and passed over; each turn of the loop marks one."""
    limit = dt.timedelta(seconds=loaded.version.content.policies.max_rewind_s)
    while True:
        restore = choose_for_failover(
            loaded.run.base,
            [_marked(each, broken) for each in loaded.snapshots],
            processed_until=loaded.processed_until,
            has_made_state=loaded.has_made_state,
            max_rewind=limit,
        )
        if isinstance(restore, Reason) or restore.path is None:
            return Chosen(restore=restore, broken=broken)
        if restore.path in broken:  # the branch has nothing but its base
            return Chosen(restore=_refused(broken[restore.path]), broken=broken)
        proof = await snapshots.prove(restore.path, level=PROOF_LEVEL)
        if proof.proven >= PROOF_LEVEL:
            return Chosen(restore=restore, broken=broken, note=proof.note)
        broken[restore.path] = _fault(proof)


def _marked(snapshot: Snapshot, broken: Mapping[str, str]) -> Snapshot:
    fault = broken.get(snapshot.path)
    return snapshot if fault is None else replace(snapshot, proven=0, fault=fault)


def _refused(fault: str | None) -> Reason:
    return Reason("restore_not_proven", {"fault": fault or "not there"})


def _fault(proof: Proof) -> str:
    return proof.fault or "not there"


def _event(run: Run, now: dt.datetime, code: str, fields: Mapping[str, object]) -> Event:
    return Event(run_id=run.id, at=now, kind=EventKind.OBSERVATION, code=code, fields=fields)
