"""Nouns with sound defaults for tests, and rows that hang together.

Ids are made from words, so that a failing test reads well.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from rheostat.model.event import Event, EventKind
from rheostat.model.ids import (
    AttemptId,
    FlinkJobId,
    IntentId,
    JobId,
    OperationId,
    ProjectId,
    RunId,
    SnapshotId,
)
from rheostat.model.job import Content, Job, Mode, Project, Version
from rheostat.model.phase import Health, Phase, Reason
from rheostat.model.run import (
    Attempt,
    Intent,
    IntentKind,
    Operation,
    OperationKind,
    OperationState,
    Run,
    Stage,
)
from rheostat.model.snapshot import RestoreKind, RestorePoint, Snapshot, SnapshotKind
from rheostat.store.attempt import insert_attempt
from rheostat.store.job import insert_job, insert_version
from rheostat.store.project import insert_project
from rheostat.store.run import insert_run

NOW = dt.datetime(2026, 3, 1, 12, 0, 0, 123_457, tzinfo=dt.UTC)
SQL = "CREATE TABLE s (a INT) WITH ('connector' = 'datagen');\n" + (
    "CREATE TABLE t (a INT) WITH ('connector' = 'print');\nINSERT INTO t SELECT a FROM s;\n"
)


def later(seconds: float) -> dt.datetime:
    return NOW + dt.timedelta(seconds=seconds)


def hex_id(word: str) -> str:
    return hashlib.md5(word.encode(), usedforsecurity=False).hexdigest()


def make_project(name: str = "shop", **changes: Any) -> Project:
    return Project(**{"id": ProjectId(hex_id(name)), "name": name, "created_at": NOW, **changes})


def make_job(name: str = "orders", **changes: Any) -> Job:
    fields = {
        "id": JobId(hex_id(f"job {name}")),
        "project": make_project(),
        "name": name,
        "mode": Mode.STREAMING,
        "draft": Content(sql=SQL),
        "revision": 1,
        "created_at": NOW,
    }
    return Job(**{**fields, **changes})


def make_version(number: int = 1, job: Job | None = None, **changes: Any) -> Version:
    fields = {
        "job_id": (job or make_job()).id,
        "number": number,
        "content": Content(sql=SQL),
        "digest": f"digest {number}",
        "created_at": later(number),
        "created_by": "ann",
    }
    return Version(**{**fields, **changes})


def make_run(number: int = 1, job: Job | None = None, **changes: Any) -> Run:
    job = job or make_job()
    fields = {
        "id": RunId(hex_id(f"run {job.name} {number}")),
        "job_id": job.id,
        "number": number,
        "version": 1,
        "mode": job.mode,
        "phase": Phase.RUNNING,
        "reason": Reason("running"),
        "since": later(number),
        "reason_since": later(number),
        "base": RestorePoint(kind=RestoreKind.EMPTY, reason=Reason("no_snapshot_yet")),
        "health": Health(),
        "created_at": later(number),
        "created_by": "ann",
    }
    made = Run(**{**fields, **changes})
    if Phase(made.phase).is_terminal and made.ended_at is None:
        return replace(made, ended_at=later(number))  # the two are set together, always
    return made


def make_attempt(ordinal: int = 1, run: Run | None = None, **changes: Any) -> Attempt:
    run = run or make_run()
    fields = {
        "id": AttemptId(hex_id(f"attempt {run.id} {ordinal}")),
        "run_id": run.id,
        "ordinal": ordinal,
        "flink_job_id": FlinkJobId(hex_id(f"flink {run.id} {ordinal}")),
        "ports": {"rest": 8081, "rpc": 6123, "blob": 6124},
        "restore": run.base,
        "stage": Stage.LAUNCHED,
        "created_at": later(ordinal),
    }
    return Attempt(**{**fields, **changes})


def make_operation(word: str = "stop", attempt: Attempt | None = None, **changes: Any) -> Operation:
    fields = {
        "id": OperationId(hex_id(word)),
        "attempt_id": (attempt or make_attempt()).id,
        "kind": OperationKind.STOP,
        "directory": "file:///state/savepoints/1",
        "state": OperationState.PENDING,
        "created_at": NOW,
    }
    return Operation(**{**fields, **changes})


def make_intent(
    kind: IntentKind = IntentKind.STOP, run: Run | None = None, **changes: Any
) -> Intent:
    fields = {
        "id": IntentId(hex_id(kind)),
        "run_id": (run or make_run()).id,
        "kind": kind,
        "actor": "ann",
        "at": NOW,
    }
    return Intent(**{**fields, **changes})


def make_snapshot(checkpoint_id: int = 1, of: "Family | None" = None, **changes: Any) -> Snapshot:
    of = of or Family()
    path = f"file:///state/{of.run.id}/{of.attempt.ordinal}/chk-{checkpoint_id}"
    fields = {
        "id": SnapshotId(hex_id(path)),
        "job_id": of.job.id,
        "run_id": of.run.id,
        "attempt_id": of.attempt.id,
        "attempt_ordinal": of.attempt.ordinal,
        "flink_job_id": of.attempt.flink_job_id,
        "kind": SnapshotKind.CHECKPOINT,
        "checkpoint_id": checkpoint_id,
        "path": path,
        "completed_at": later(checkpoint_id),
        "size_bytes": 2**40,
        "proven": 1,
    }
    return Snapshot(**{**fields, **changes})


def make_event(code: str = "hello", run: Run | None = None, **changes: Any) -> Event:
    fields = {
        "run_id": (run or make_run()).id,
        "at": NOW,
        "kind": EventKind.OBSERVATION,
        "code": code,
    }
    return Event(**{**fields, **changes})


@dataclass(frozen=True, kw_only=True)
class Family:
    """A job with a version, a run of it, and an attempt of that."""

    job: Job = make_job()  # noqa: RUF009  # a frozen value
    version: Version = make_version()  # noqa: RUF009
    run: Run = make_run()  # noqa: RUF009
    attempt: Attempt = make_attempt()  # noqa: RUF009


def make_family(
    name: str = "orders", *, number: int = 1, attempt: dict[str, Any] | None = None, **run: Any
) -> Family:
    """Keyword arguments change the run, `attempt` changes the attempt."""
    job = make_job(name)
    of = make_run(number, job, **run)
    return Family(
        job=job,
        version=make_version(job=job),
        run=of,
        attempt=make_attempt(run=of, **(attempt or {})),
    )


def plant(conn: sa.Connection, of: Family = Family()) -> Family:
    """Insert a family; project, job and version only with the first run."""
    if of.run.number == 1:
        if of.job.name == "orders":
            insert_project(conn, of.job.project)
        insert_job(conn, of.job)
        insert_version(conn, of.version)
    insert_run(conn, of.run)
    insert_attempt(conn, of.attempt)
    return of
