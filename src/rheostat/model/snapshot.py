"""Savepoints and retained checkpoints, and what an attempt starts from."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from rheostat.model.ids import AttemptId, FlinkJobId, JobId, RunId, SnapshotId
from rheostat.model.phase import Reason


class SnapshotKind(StrEnum):
    """How it was made."""

    SAVEPOINT = "savepoint"
    CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One snapshot that we know, with what is proven about it."""

    id: SnapshotId
    job_id: JobId
    run_id: RunId
    attempt_id: AttemptId
    attempt_ordinal: int
    flink_job_id: FlinkJobId
    kind: SnapshotKind
    checkpoint_id: int
    path: str
    """A URI: the folder that holds `_metadata`."""
    completed_at: dt.datetime
    size_bytes: int | None
    proven: int = 0
    """0: only heard of. 1: `_metadata` read to its end. 2: every file it names is there, too."""
    fault: str | None = None
    """Why it is not proven, or broken."""
    duration_ms: int | None = None
    """How long Flink took to make it, as the JobManager says."""
    aligned: bool | None = None
    """Whether its barriers waited for each other; None = nobody said."""
    native: bool | None = None
    """Of a savepoint: in the state backend's own format."""
    max_parallelism: int | None = None
    """The lowest of its operators', read from `_metadata`; None = not read, or it has no operators.

    Operators that can only ever run once (both parallelism and its limit are 1) are left out.
    """
    metadata_version: int | None = None
    """The format of `_metadata`: 4 from Flink 1.20, 5 and 6 from 2.x; None = not read."""


class RestoreKind(StrEnum):
    """What an attempt starts from."""

    EMPTY = "empty"
    SAVEPOINT = "savepoint"
    CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorePoint:
    """What an attempt starts from, and why."""

    kind: RestoreKind
    reason: Reason
    path: str | None = None
    snapshot_id: SnapshotId | None = None
    checkpoint_id: int | None = None
    completed_at: dt.datetime | None = None
    rewind: dt.timedelta | None = None
    """How much will be read again; None when nothing says until when the branch was processing."""
    proven: int | None = None
    """The snapshot's level when it was chosen; None for a start without state."""
    allow_dropped: bool = False
    """A person allowed that state without an operator is left behind."""
