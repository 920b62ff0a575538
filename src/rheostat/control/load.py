"""Read one run with all that a step needs. On SQLite each statement sees the newest commit."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from rheostat.core.before_launch import LOST_WINDOW
from rheostat.core.conf import INTERVAL_KEY, checkpoint_interval
from rheostat.core.effective import default_parallelism, effective_conf
from rheostat.core.notice import count_failures, count_losses
from rheostat.core.recorded import Recorded
from rheostat.model.ids import RunId
from rheostat.model.job import Job, Version
from rheostat.model.observation import Observed
from rheostat.model.run import Attempt, Operation, Run
from rheostat.model.snapshot import Snapshot, SnapshotKind
from rheostat.store import attempt as attempts
from rheostat.store import job as jobs
from rheostat.store import run as runs
from rheostat.store import snapshot as snapshots


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """One run, as the store has it at the beginning of a step."""

    recorded: Recorded
    job: Job
    version: Version
    before: Observed
    """What was last seen of the newest attempt."""
    snapshots: tuple[Snapshot, ...]
    """Of this run, those that are there."""
    pending: tuple[Operation, ...] = ()
    """Operations of the newest attempt that nothing has decided, replaced ones included."""
    has_made_state: bool = False
    """Whether this run ever completed one."""
    processed_until: dt.datetime | None = None
    """When any attempt of this run was last seen processing."""

    @property
    def run(self) -> Run:
        """The run."""
        return self.recorded.run


def load_step(conn: sa.Connection, run_id: RunId, runs_limit: int, now: dt.datetime) -> Loaded:
    """Read it all."""
    run = runs.load_run(conn, run_id)
    version = jobs.load_version(conn, run.job_id, run.version)
    all_attempts = attempts.list_attempts(conn, run_id)
    attempt = all_attempts[-1] if all_attempts else None
    operation = attempts.find_newest_operation(conn, attempt.id) if attempt else None
    of_run = tuple(snapshots.list_of_run(conn, run_id))
    recorded = Recorded(
        run=run,
        guard=version.content.guard,
        policies=version.content.policies,
        attempt=attempt,
        operation=operation,
        intent=runs.find_open_intent(conn, run_id),
        has_room=runs.count_admitted(conn, but=run_id) < runs_limit,
        lost=count_losses(all_attempts, now, LOST_WINDOW),
        failed=count_failures(all_attempts, now, LOST_WINDOW),
        has_vanished=attempt is not None and _has_vanished(conn, of_run, attempt),
        newest_checkpoint_id=_newest_checkpoint(of_run, attempt),
        savepoint_checkpoint_id=_savepoint_checkpoint(of_run, operation),
        checkpoint_interval=checkpoint_interval(run.mode, version.content.flink_configuration),
        is_interval_chosen=INTERVAL_KEY in version.content.flink_configuration,
        parallelism=default_parallelism(effective_conf(version.content)),
    )
    return Loaded(
        recorded=recorded,
        job=jobs.load_job_by_id(conn, run.job_id),
        version=version,
        before=attempts.load_observed(conn, attempt.id) if attempt else Observed(),
        snapshots=of_run,
        pending=tuple(attempts.list_pending_operations(conn, attempt.id)) if attempt else (),
        has_made_state=snapshots.has_made_state(conn, run_id),
        processed_until=max(
            filter(None, (each.last_seen_processing_at for each in all_attempts)), default=None
        ),
    )


def _has_vanished(conn: sa.Connection, of_run: tuple[Snapshot, ...], attempt: Attempt) -> bool:
    """Flink keeps the newest checkpoints of a job that lives, and deletes all of one that has finished."""
    is_there = any(
        each.attempt_id == attempt.id and each.kind is SnapshotKind.CHECKPOINT for each in of_run
    )
    return not is_there and snapshots.has_made_checkpoint(conn, attempt.id)


def _newest_checkpoint(of_run: tuple[Snapshot, ...], attempt: Attempt | None) -> int | None:
    found = [
        snapshot.checkpoint_id
        for snapshot in of_run
        if attempt is not None
        and snapshot.attempt_id == attempt.id
        and snapshot.kind is SnapshotKind.CHECKPOINT
        and snapshot.proven
    ]
    return max(found, default=None)


def _savepoint_checkpoint(of_run: tuple[Snapshot, ...], operation: Operation | None) -> int | None:
    if operation is None or operation.location is None:
        return None
    found = (each.checkpoint_id for each in of_run if each.path == operation.location)
    return next(found, None)
