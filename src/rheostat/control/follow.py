"""A restart is one wish and two runs: when the first has ended as wished, write the second with it."""

import datetime as dt

import sqlalchemy as sa

from rheostat import clock
from rheostat.control.load import Loaded
from rheostat.core import restore
from rheostat.model.decision import Decision
from rheostat.model.event import Event, EventKind
from rheostat.model.ids import RunId
from rheostat.model.job import Mode
from rheostat.model.phase import Health, Phase, Reason
from rheostat.model.run import Intent, IntentKind, Run
from rheostat.model.snapshot import RestorePoint
from rheostat.store import job as jobs
from rheostat.store import run as runs


def follow(
    conn: sa.Connection, loaded: Loaded, decision: Decision, now: dt.datetime
) -> tuple[RunId | None, list[Event]]:
    """The run that follows, written in the transaction that ends the one before; or nothing."""
    intent = loaded.recorded.intent
    if intent is None or intent.kind is not IntentKind.RESTART or intent.version is None:
        return None, []
    if decision.intent_result != "done" or not decision.phase.is_terminal:
        return None, []
    base = _base(loaded, intent)
    if base is None:
        return None, []
    jobs.lock_job_by_id(conn, loaded.job.id)
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
        base=base,
        health=Health(),
        created_at=now,
        created_by=intent.actor,
    )
    runs.insert_run(conn, run)
    return run.id, [
        _event(run.id, now, "run_created", intent, {"version": run.version}),
        _event(
            loaded.run.id, now, "restarted", intent, {"next": run.number, "version": run.version}
        ),
    ]


def _base(loaded: Loaded, intent: Intent) -> RestorePoint | None:
    """The stop's savepoint; a batch job starts from nothing, always."""
    if loaded.job.mode is Mode.BATCH:
        return restore.empty(Reason("no_snapshot_yet"))
    operation, attempt = loaded.recorded.stop_operation, loaded.recorded.attempt
    location = operation.location if operation else None
    snapshot = next((each for each in loaded.snapshots if each.path == location), None)
    if snapshot is None:
        return None
    reason = Reason("restarted_from", {"run": str(loaded.run.number), "actor": intent.actor})
    until = attempt.last_seen_processing_at if attempt else None
    return restore.as_restore_point(snapshot, reason, processed_until=until)


def _event(
    run_id: RunId, now: dt.datetime, code: str, intent: Intent, fields: dict[str, object]
) -> Event:
    return Event(
        run_id=run_id, at=now, kind=EventKind.HUMAN, code=code, actor=intent.actor, fields=fields
    )
