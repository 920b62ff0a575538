"""Ids: opaque strings that must not be mixed up."""

from typing import NewType

ProjectId = NewType("ProjectId", str)
JobId = NewType("JobId", str)
RunId = NewType("RunId", str)
AttemptId = NewType("AttemptId", str)
"""32 lower-case hex digits, random, never reused; names the run folder and the permit."""
FlinkJobId = NewType("FlinkJobId", str)
"""32 lower-case hex digits, new and random per attempt; given to Flink as ``--job-id``."""
OperationId = NewType("OperationId", str)
"""32 lower-case hex digits; the trigger id of a savepoint or stop, made by us before the POST."""
IntentId = NewType("IntentId", str)
SnapshotId = NewType("SnapshotId", str)
