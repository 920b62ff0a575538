"""Read what an attempt has in storage, and record what is proven about it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import sqlalchemy as sa

from rheostat import clock
from rheostat.control.load import Loaded
from rheostat.control.world import World
from rheostat.model.event import Event, EventKind
from rheostat.model.ids import SnapshotId
from rheostat.model.run import Attempt, Operation, OperationState, SavepointFormat, Stage
from rheostat.model.snapshot import Snapshot, SnapshotKind
from rheostat.ports import Proof
from rheostat.store import attempt as attempts
from rheostat.store import snapshot as snapshots
from rheostat.store.event import append_events
from rheostat.store.lease import check_lead

UNKNOWN_CHECKPOINT = 0
"""Stands for the id of a savepoint that cannot be read; Flink counts from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one listing found."""

    snapshots: tuple[Snapshot, ...]
    missing: tuple[str, ...]
    """Paths that we knew and that are not there any more."""
    operations: tuple[Operation, ...] = ()
    """Those that the listing decides."""


async def list_attempt(world: World, loaded: Loaded, attempt: Attempt, *, level: int) -> Found:
    """List the attempt's checkpoints and its operation's folder, and prove each to `level`.

    Raises:
        CannotLook: storage could not be listed; then nothing is concluded.
    """
    job_id = loaded.job.id
    folder = world.attempt_checkpoint_dir(job_id, attempt.flink_job_id)
    found = [
        await _prove(world, loaded, attempt, path, level)
        for path in await world.snapshots.list(folder)
    ]
    decided: list[Operation] = []
    operations = _operations(loaded, attempt)
    for operation in operations:
        made = [
            await _prove(world, loaded, attempt, path, level)
            for path in await world.snapshots.list(operation.directory)
        ]
        found += made
        decided += filter(None, [_decide(operation, made, level)])
    here = tuple(found)
    listed = tuple(f"{each}/" for each in (folder, *(each.directory for each in operations)))
    known = {each.path for each in loaded.snapshots if each.path.startswith(listed)}
    missing = tuple(sorted(known - {each.path for each in here}))
    return Found(snapshots=here, missing=missing, operations=tuple(decided))


def _operations(loaded: Loaded, attempt: Attempt) -> list[Operation]:
    """The newest, and while the attempt ends those that it has replaced: they may have come to something."""
    newest = loaded.recorded.operation
    others = loaded.pending if attempt.stage is Stage.ENDING else ()
    replaced = [each for each in others if newest is None or each.id != newest.id]
    return [*replaced, *([newest] if newest else [])]


def _decide(operation: Operation, made: Sequence[Snapshot], level: int) -> Operation | None:
    """An operation whose folder holds a proven savepoint is completed: the highest id, if several.

    One whose folder holds only what cannot be proven has failed; an empty folder decides nothing.
    """
    if operation.state is not OperationState.PENDING or not made:
        return None
    proven = [each for each in made if each.proven >= level and not each.fault]
    if not proven:
        faults = [each.fault for each in made if each.fault]
        return replace(
            operation, state=OperationState.FAILED, error=faults[0] if faults else "not readable"
        )
    newest = max(proven, key=lambda each: each.checkpoint_id)
    return replace(operation, state=OperationState.COMPLETED, location=newest.path)


async def _prove(world: World, loaded: Loaded, attempt: Attempt, path: str, level: int) -> Snapshot:
    """The snapshot with its proof, or with its fault."""
    known = next((each for each in loaded.snapshots if each.path == path), None)
    if known is not None and known.proven >= level and not known.fault:
        return known if known.duration_ms is not None else _with_facts(loaded, known)
    proof = await world.snapshots.prove(path, level=level)
    return _with_facts(loaded, as_snapshot(loaded, attempt, proof, known))


def _with_facts(loaded: Loaded, made: Snapshot) -> Snapshot:
    """With what the JobManager says of it; of a savepoint we know the format that we asked for."""
    facts = (each for each in loaded.before.asked.checkpoints if each.path == made.path)
    fact, operation = next(facts, None), loaded.recorded.operation
    native = made.native
    if operation is not None and made.path.startswith(f"{operation.directory}/"):
        native = operation.options.format is SavepointFormat.NATIVE
    if fact is None:
        return replace(made, native=native)
    return replace(
        made,
        duration_ms=fact.duration_ms if fact.duration_ms is not None else made.duration_ms,
        aligned=fact.aligned if fact.aligned is not None else made.aligned,
        native=fact.native if fact.native is not None else native,
    )


def as_snapshot(loaded: Loaded, attempt: Attempt, proof: Proof, known: Snapshot | None) -> Snapshot:
    """A proof as a snapshot of this attempt; one that cannot be read is recorded with its fault."""
    name = PurePosixPath(proof.path).name
    kind = SnapshotKind.CHECKPOINT if name.startswith("chk-") else SnapshotKind.SAVEPOINT
    checkpoint_id = proof.checkpoint_id
    if checkpoint_id is None and name.removeprefix("chk-").isdigit():
        checkpoint_id = int(name.removeprefix("chk-"))
    if checkpoint_id is None and known is not None:
        checkpoint_id = known.checkpoint_id
    return Snapshot(
        id=known.id if known else SnapshotId(clock.new_id()),
        job_id=loaded.job.id,
        run_id=attempt.run_id,
        attempt_id=attempt.id,
        attempt_ordinal=attempt.ordinal,
        flink_job_id=attempt.flink_job_id,
        kind=kind,
        checkpoint_id=checkpoint_id or UNKNOWN_CHECKPOINT,
        path=proof.path,
        completed_at=known.completed_at if known else proof.modified_at or clock.now(),
        size_bytes=proof.size_bytes,
        proven=proof.proven,
        fault=proof.fault,
        duration_ms=known.duration_ms if known else None,
        aligned=known.aligned if known else None,
        native=known.native if known else None,
        max_parallelism=proof.max_parallelism or (known.max_parallelism if known else None),
        metadata_version=proof.metadata_version or (known.metadata_version if known else None),
    )


def without_failed(found: Found) -> Found:
    """While the attempt lives Flink deletes checkpoints as we read: a fault there proves nothing."""
    return replace(found, snapshots=tuple(each for each in found.snapshots if not each.fault))


def record_found(conn: sa.Connection, epoch: int, attempt: Attempt, found: Found) -> None:
    """Write what a listing found, under the epoch."""
    check_lead(conn, epoch)
    now = clock.now()
    events = [
        Event(
            run_id=attempt.run_id,
            at=now,
            kind=EventKind.OBSERVATION,
            code="snapshot_recorded",
            attempt=attempt.ordinal,
            fields={
                "kind": each.kind.value,
                "checkpoint_id": each.checkpoint_id,
                "proven": each.proven,
                "path": each.path,
            },
        )
        for each in found.snapshots
        if snapshots.save_snapshot(conn, each) and each.kind is SnapshotKind.SAVEPOINT
    ]
    snapshots.mark_gone(conn, list(found.missing), now)
    for operation in found.operations:
        attempts.update_operation(conn, operation)
    append_events(conn, events)
