"""A restart is one wish and two runs: when the first has ended as wished, write the second with it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import sqlalchemy as sa

from rheostat import clock
from rheostat.control.load import Loaded
from rheostat.core import restore
from rheostat.core.line import choose_newest
from rheostat.core.sentences import tell_reason
from rheostat.core.wish import OF_ITS_STOP
from rheostat.model.decision import Decision
from rheostat.model.event import Event, EventKind
from rheostat.model.ids import RunId
from rheostat.model.job import Mode
from rheostat.model.phase import Health, Phase, Reason
from rheostat.model.run import Intent, IntentKind, Run
from rheostat.model.snapshot import RestorePoint
from rheostat.store import job as jobs
from rheostat.store import run as runs
from rheostat.store import snapshot as snapshots
from rheostat.store.line import load_line


def follow(
    conn: sa.Connection, loaded: Loaded, decision: Decision, now: dt.datetime
) -> tuple[RunId | None, list[Event]]:
    """The run that follows, written in the transaction that ends the one before; or nothing."""
    intent = loaded.recorded.intent
    if intent is None or intent.kind is not IntentKind.RESTART or intent.version is None:
        return None, []
    if decision.intent_result != "done" or not decision.phase.is_terminal:
        return None, []
    jobs.lock_job_by_id(conn, loaded.job.id)
    base = _base(conn, loaded, intent)
    if isinstance(base, Reason):
        why = {"why": tell_reason(base), "code": base.code}
        return None, [_event(loaded.run.id, now, "restart_unfollowed", intent, why)]
    last = runs.find_newest_run(conn, loaded.job.id)
    run = Run(
        id=RunId(clock.new_id()),
        job_id=loaded.job.id,
        number=last.number + 1 if last else 1,
        version=intent.version,
        mode=loaded.job.mode,
        phase=Phase.QUEUED,
        reason=Reason("requested", {"actor": intent.actor}),
        since=now,
        reason_since=now,
        base=replace(base, allow_dropped=intent.options.allow_dropped and base.path is not None),
        health=Health(),
        created_at=now,
        created_by=intent.actor,
    )
    runs.insert_run(conn, run)
    created = {"version": run.version, "restore": run.base.kind.value, "path": run.base.path or ""}
    return run.id, [
        _event(run.id, now, "run_created", intent, created),
        _event(
            loaded.run.id, now, "restarted", intent, {"next": run.number, "version": run.version}
        ),
    ]


def _base(conn: sa.Connection, loaded: Loaded, intent: Intent) -> RestorePoint | Reason:
    """What the second run starts from, or why that is not there; a batch job starts from nothing."""
    job, wanted = loaded.job, intent.options.from_
    if job.mode is Mode.BATCH:
        return restore.empty(Reason("no_snapshot_yet"))
    if wanted == OF_ITS_STOP:
        return _of_its_stop(conn, loaded, intent)
    if wanted == "empty":
        return restore.empty(Reason("started_empty", {"actor": intent.actor}))
    if wanted == "newest":
        return choose_newest(load_line(conn, job.id))
    snapshot = snapshots.find_snapshot(conn, job.id, wanted)
    if snapshot is None or snapshot.proven < 1 or snapshot.fault:
        fault = "it is gone" if snapshot is None else snapshot.fault or "not read"
        return Reason("restore_not_proven", {"fault": fault})
    chosen = Reason("chosen_by_person", {"actor": intent.actor})
    return restore.as_restore_point(snapshot, chosen, processed_until=_processed_until(loaded))


def _of_its_stop(conn: sa.Connection, loaded: Loaded, intent: Intent) -> RestorePoint | Reason:
    operation, attempt = loaded.recorded.stop_operation, loaded.recorded.attempt
    if attempt is None and loaded.run.base.path is None:
        return restore.base_again(loaded.run.base, None)
    if operation is None and (attempt is None or attempt.running_at is None):
        return choose_newest(load_line(conn, loaded.job.id))  # no job ran, so nothing has moved on
    location = operation.location if operation else None
    snapshot = next((each for each in loaded.snapshots if each.path == location), None)
    if snapshot is None:
        fault = (operation.error if operation else None) or "no savepoint was made"
        return Reason("restore_not_proven", {"fault": fault})
    reason = Reason("restarted_from", {"run": str(loaded.run.number), "actor": intent.actor})
    return restore.as_restore_point(snapshot, reason, processed_until=_processed_until(loaded))


def _processed_until(loaded: Loaded) -> dt.datetime | None:
    attempt = loaded.recorded.attempt
    return attempt.last_seen_processing_at if attempt else None


def _event(
    run_id: RunId, now: dt.datetime, code: str, intent: Intent, fields: Mapping[str, object]
) -> Event:
    return Event(
        run_id=run_id, at=now, kind=EventKind.HUMAN, code=code, actor=intent.actor, fields=fields
    )
