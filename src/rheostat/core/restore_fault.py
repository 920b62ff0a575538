"""Tell a snapshot that cannot be read from a version that does not fit it, by Flink's own words. Pure.

Called by `live`, while tasks fail again and again as they restore, and by `before_launch`, when an
attempt has ended so. The texts are those of Flink 1.20.5 and 2.3.0, read from the classes named here;
a cause that none of them matches is no restore fault of ours to mend.
"""

import re
from enum import StrEnum

from rheostat.model.run import Attempt, JobEnd, Outcome, WitnessKind
from rheostat.model.snapshot import RestoreKind


class RestoreFault(StrEnum):
    """Whose fault it is that a restore failed. Also the code of the outcome that says so."""

    UNREADABLE = "snapshot_unreadable"
    """The snapshot's: a file is missing or damaged. An older snapshot may do."""
    DOES_NOT_FIT = "version_does_not_fit"
    """The version's: the state is whole, and the program has no place for it."""
    INTERRUPTED = "restore_interrupted"
    """The machine's or the network's: it says nothing about the snapshot, which may do the next time."""


_TASKS = "provided restore options"
_DAMAGE = re.compile(
    r"FileNotFoundException|NoSuchFileException|No such file or directory|NoSuchKey|Could not find"
    r"|EOFException|StreamCorruptedException|UTFDataFormatException|NegativeArraySizeException"
    r"|VersionMismatchException|[Cc]orrupt|\bCRC|[Cc]hecksum"
)
"""What a task names when a file of the snapshot is not there, or does not hold what was written."""
_PASSING = re.compile(
    r"OutOfMemoryError|No space left on device|Too many open files|Permission denied"
    r"|TimeoutException|[Tt]imed out|ConnectException|Connection (?:refused|reset)|UnknownHostException"
    r"|InterruptedException|ClosedByInterruptException|Disk quota exceeded"
)
"""What says nothing about the snapshot. It counts first: "(Too many open files)" is a FileNotFoundException."""

TEXTS: tuple[tuple[str, RestoreFault, str], ...] = (
    (
        "Cannot map checkpoint/savepoint state for operator",
        RestoreFault.DOES_NOT_FIT,
        "Checkpoints.throwNonRestoredStateException",
    ),
    (
        "Max parallelism mismatch between checkpoint/savepoint state",
        RestoreFault.DOES_NOT_FIT,
        "Checkpoints.loadAndValidateCheckpoint",
    ),
    (
        "of the restored state is lower than the configured parallelism",
        RestoreFault.DOES_NOT_FIT,
        "StateAssignmentOperation.checkParallelismPreconditions",
    ),
    (
        "has been taken and the current maximum parallelism",
        RestoreFault.DOES_NOT_FIT,
        "StateAssignmentOperation.checkParallelismPreconditions",
    ),
    (
        "There is no operator for the state",
        RestoreFault.DOES_NOT_FIT,
        "StateAssignmentOperation.checkStateMappingCompleteness",
    ),
    (
        "Cannot recover from unaligned checkpoint when topology changes",
        RestoreFault.DOES_NOT_FIT,
        "StateAssignmentOperation.checkChannelStateCompatibility",
    ),
    (
        "StateMigrationException",
        RestoreFault.DOES_NOT_FIT,
        "HeapKeyedStateBackend, RocksDBKeyedStateBackend, HeapRestoreOperation: serializers",
    ),
    (
        "must not be incompatible with the old state serializer",
        RestoreFault.DOES_NOT_FIT,
        "HeapKeyedStateBackend, RocksDBKeyedStateBackend",
    ),
    (
        "Incompatible key/value state types",
        RestoreFault.DOES_NOT_FIT,
        "RegisteredKeyValueStateBackendMetaInfo",
    ),
    (
        "Cannot find checkpoint or savepoint file/directory",
        RestoreFault.UNREADABLE,
        "AbstractFsCheckpointStorageAccess.resolveCheckpointPointer",
    ),
    (
        "Cannot find meta data file '_metadata'",
        RestoreFault.UNREADABLE,
        "AbstractFsCheckpointStorageAccess.resolveCheckpointPointer",
    ),
    (
        "Unexpected magic number. This can have multiple reasons",
        RestoreFault.UNREADABLE,
        "Checkpoints.loadCheckpointMetadata",
    ),
    (
        _TASKS,
        RestoreFault.UNREADABLE,
        "BackendRestorerProcedure.createAndRestore: wraps whatever a task met, so its cause counts, too",
    ),
)
"""What Flink says, whose fault that is, and who says it. The first text found counts."""


def read_fault(cause: str | None) -> RestoreFault | None:
    """Whose fault a cause tells of; None when it is none of a restore."""
    for text, fault, _ in TEXTS:
        if cause and text in cause:
            return _of_task(cause) if text is _TASKS else fault
    return None


def _of_task(cause: str) -> RestoreFault | None:
    """A task could not restore: for what, the rest of the chain says, or nothing does."""
    if _PASSING.search(cause):
        return RestoreFault.INTERRUPTED
    return RestoreFault.UNREADABLE if _DAMAGE.search(cause) else None


def find_fault(attempt: Attempt) -> RestoreFault | None:
    """Why an attempt that has ended could not be restored; None if it ran, or ended otherwise."""
    outcome = attempt.outcome
    if outcome is None or outcome.status is not JobEnd.FAILED or attempt.running_at is not None:
        return None
    if attempt.restore.kind is RestoreKind.EMPTY:
        return None
    if outcome.code in set(RestoreFault):
        return RestoreFault(outcome.code)
    return read_fault(outcome.cause) or read_fault(outcome.message)


def as_outcome(fault: RestoreFault, cause: str) -> Outcome:
    """The end of an attempt whose tasks cannot restore: Flink's own word, though it would try for ever."""
    return Outcome(
        status=JobEnd.FAILED,
        witness=WitnessKind.ENGINE,
        source="asked",
        code=fault.value,
        message=cause.partition("\n")[0][:500],
        cause=cause,
    )
