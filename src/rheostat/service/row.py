"""Tell of a project's jobs, a page at a time: the light list."""

import datetime as dt

import sqlalchemy as sa

from rheostat.model.job import Mode
from rheostat.service.view import reason_view
from rheostat.store import project as projects
from rheostat.store.row import Filter, Row, count_rows, list_rows
from rheostat.wire.row import JobPage, JobRow


def list_jobs(
    conn: sa.Connection, name: str, wanted: Filter, page: tuple[str | None, int], now: dt.datetime
) -> JobPage:
    """A page by name, after a name."""
    project = projects.load_project(conn, name)
    after, limit = page
    found = list_rows(conn, project.id, wanted, after, limit + 1)
    total, counts = count_rows(conn, project.id, wanted)
    return JobPage(
        items=[job_row(each) for each in found[:limit]],
        next=found[limit - 1].name if len(found) > limit else None,
        total=total,
        counts=dict(counts),
        server_time=now,
    )


def job_row(row: Row) -> JobRow:
    """A row as it goes out."""
    is_live = row.phase is not None and not row.phase.is_terminal
    return JobRow(
        id=row.id,
        name=row.name,
        project=row.project,
        kind="jar" if row.is_jar else "sql",
        mode=Mode(row.mode).value,
        flink=row.flink,
        version=row.version,
        running_version=row.run_version if is_live else None,
        draft_differs=row.draft_differs,
        phase=row.phase.value if row.phase else None,
        reason=reason_view(row.reason) if row.reason else None,
        since=row.since,
        health=row.health.word.value if row.health else None,
        health_reasons=[reason_view(each) for each in row.health.reasons] if row.health else [],
        run=row.run,
        created_at=row.created_at,
    )
