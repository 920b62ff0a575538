"""Small builders of model values for tests: every field has a plausible default."""

import datetime as dt

from rheostat.core.recorded import Recorded
from rheostat.model.ids import (
    AttemptId,
    FlinkJobId,
    IntentId,
    JobId,
    OperationId,
    RunId,
    SnapshotId,
)
from rheostat.model.job import Mode
from rheostat.model.observation import (
    Asked,
    Look,
    Looked,
    Observed,
    PermitState,
    ProcessFact,
    ProcessState,
    Pushed,
    Watched,
)
from rheostat.model.phase import Health, Phase, Reason
from rheostat.model.run import (
    Attempt,
    Intent,
    IntentKind,
    JobEnd,
    Operation,
    OperationKind,
    OperationState,
    Outcome,
    Run,
    Stage,
    WitnessKind,
)
from rheostat.model.snapshot import RestoreKind, RestorePoint, Snapshot, SnapshotKind

NOW = dt.datetime(2026, 1, 2, 3, 12, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
EMPTY = RestorePoint(kind=RestoreKind.EMPTY, reason=Reason("no_snapshot_yet"))
OK = Look(looked=Looked.OK, at=NOW, ok_at=NOW)


def make_run(**fields) -> Run:
    defaults = {
        "id": RunId("run"),
        "job_id": JobId("job"),
        "number": 1,
        "version": 1,
        "mode": Mode.STREAMING,
        "phase": Phase.RUNNING,
        "reason": Reason("running"),
        "since": NOW - 60 * SECOND,
        "reason_since": NOW - 60 * SECOND,
        "base": EMPTY,
        "health": Health(),
        "created_at": NOW - 90 * SECOND,
        "created_by": "admin",
    }
    return Run(**{**defaults, **fields})


def make_attempt(**fields) -> Attempt:
    defaults = {
        "id": AttemptId("a" * 32),
        "run_id": RunId("run"),
        "ordinal": 1,
        "flink_job_id": FlinkJobId("b" * 32),
        "ports": {"rest": 1, "rpc": 2, "blob": 3},
        "restore": EMPTY,
        "stage": Stage.LAUNCHED,
        "created_at": NOW - 80 * SECOND,
        "launched_at": NOW - 80 * SECOND,
        "running_at": NOW - 60 * SECOND,
        "checkpoint_at": NOW - 5 * SECOND,
        "last_seen_processing_at": NOW - SECOND,
    }
    return Attempt(**{**defaults, **fields})


def make_intent(kind: IntentKind, ago: dt.timedelta = SECOND, **fields) -> Intent:
    defaults = {"id": IntentId("i"), "run_id": RunId("run"), "actor": "admin", "at": NOW - ago}
    return Intent(**{**defaults, "kind": kind, **fields})


def make_operation(**fields) -> Operation:
    defaults = {
        "id": OperationId("c" * 32),
        "attempt_id": AttemptId("a" * 32),
        "kind": OperationKind.STOP,
        "directory": "file:///state/job/savepoints/c",
        "state": OperationState.PENDING,
        "created_at": NOW - 2 * SECOND,
    }
    return Operation(**{**defaults, **fields})


def make_outcome(status: JobEnd = JobEnd.FINISHED, **fields) -> Outcome:
    defaults = {"status": status, "witness": WitnessKind.ENGINE, "source": "pushed"}
    return Outcome(**{**defaults, **fields})


def make_recorded(**fields) -> Recorded:
    defaults = {
        "run": make_run(),
        "attempt": make_attempt(),
        "checkpoint_interval": dt.timedelta(seconds=10),
    }
    return Recorded(**{**defaults, **fields})


def make_snapshot(ordinal: int, checkpoint_id: int, **fields) -> Snapshot:
    defaults = {
        "id": SnapshotId(f"s{ordinal}.{checkpoint_id}"),
        "job_id": JobId("job"),
        "run_id": RunId("run"),
        "attempt_id": AttemptId(f"attempt{ordinal}"),
        "attempt_ordinal": ordinal,
        "flink_job_id": FlinkJobId(f"flink{ordinal}"),
        "kind": SnapshotKind.CHECKPOINT,
        "checkpoint_id": checkpoint_id,
        "path": f"file:///state/{ordinal}/chk-{checkpoint_id}",
        "completed_at": NOW - 30 * SECOND,
        "size_bytes": 100,
        "proven": 1,
    }
    return Snapshot(**{**defaults, **fields})


def alive(name: str = "jobmanager", **fields) -> ProcessFact:
    return ProcessFact(name=name, state=ProcessState.ALIVE, pid=4711, **fields)


def dead(name: str = "jobmanager") -> ProcessFact:
    return ProcessFact(name=name, state=ProcessState.DEAD, pid=4711)


def make_watched(**fields) -> Watched:
    defaults = {
        "look": OK,
        "permit": PermitState.CLAIMED,
        "jobmanager": alive(),
        "taskmanagers": (alive("taskmanager-0"),),
    }
    return Watched(**{**defaults, **fields})


def make_asked(status: str | None = "RUNNING", running: int = 2, total: int = 2, **fields) -> Asked:
    defaults = {"look": OK, "status": status, "tasks": {"running": running, "total": total}}
    return Asked(**{**defaults, **fields})


def silent(why: str = "connection refused", ok_ago: dt.timedelta | None = None) -> Look:
    ok_at = None if ok_ago is None else NOW - ok_ago
    return Look(looked=Looked.FAILED, at=NOW, ok_at=ok_at, why=why)


def make_pushed(**fields) -> Pushed:
    defaults = {
        "look": OK,
        "incarnation": "x",
        "hello": True,
        "submitted": True,
        "status": "RUNNING",
    }
    return Pushed(**{**defaults, **fields})


def make_observed(**fields) -> Observed:
    defaults = {"pushed": make_pushed(), "asked": make_asked(), "watched": make_watched()}
    return Observed(**{**defaults, **fields})
