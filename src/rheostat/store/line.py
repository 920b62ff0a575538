"""The line of a job's runs with what each has left, as `core/line.py` reads it."""

from collections.abc import Iterator

import sqlalchemy as sa

from rheostat.core.line import RunLeft
from rheostat.model.ids import JobId, RunId
from rheostat.model.run import Run
from rheostat.store.attempt import list_attempts
from rheostat.store.run import find_newest_run, load_run_by_number
from rheostat.store.snapshot import find_snapshot, has_made_state, list_of_run
from rheostat.store.tables import attempt, operation


def load_line(conn: sa.Connection, job_id: JobId, before: int | None = None) -> Iterator[RunLeft]:
    """Yield the runs of a job, newest first, or those before a number; each is read when it is asked for."""
    if before is None:
        newest = find_newest_run(conn, job_id)
        before = newest.number + 1 if newest else 1
    for number in range(before - 1, 0, -1):
        run = load_run_by_number(conn, job_id, number)
        seen = [each.last_seen_processing_at for each in list_attempts(conn, run.id)]
        yield RunLeft(
            run=run,
            snapshots=tuple(list_of_run(conn, run.id)),
            has_made_state=has_made_state(conn, run.id),
            processed_until=max((each for each in seen if each is not None), default=None),
            drained=find_drained(conn, run.id),
            is_base_lost=_is_lost(conn, run),
        )


def _is_lost(conn: sa.Connection, run: Run) -> bool:
    """Whether the snapshot that a run began with is marked broken, or gone."""
    if run.base.path is None:
        return False
    snapshot = find_snapshot(conn, run.job_id, run.base.path)
    return snapshot is None or snapshot.fault is not None


def find_drained(conn: sa.Connection, run_id: RunId) -> frozenset[str]:
    """Paths of the savepoints that drained stops of this run have made."""
    query = (
        sa.select(operation.c.location, operation.c.options)
        .join(attempt, operation.c.attempt_id == attempt.c.id)
        .where(attempt.c.run_id == run_id, operation.c.location.is_not(None))
    )
    return frozenset(
        row.location for row in conn.execute(query) if (row.options or {}).get("drain") is True
    )
