"""The job list: a page of jobs, each with its newest version and run, in one statement.

What a row shows is read from columns and single JSON fields; no script leaves the database.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rheostat.model.ids import JobId, ProjectId
from rheostat.model.phase import Health, Phase, Reason
from rheostat.store.columns import unpack_or_none
from rheostat.store.tables import job, project, run, version

NEVER = "never"
"""Stands for the phase of a job that never ran."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which jobs of a project; what is empty filters nothing."""

    text: str = ""
    """Part of the name, in upper or lower case."""
    phases: frozenset[str] = frozenset()
    """Of the newest run; `never` is one of them."""
    healths: frozenset[str] = frozenset()
    """Of a live run; nothing is known of the health of one that has ended."""
    mode: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One job in a list."""

    id: JobId
    name: str
    project: str
    mode: str
    is_jar: bool
    flink: str
    created_at: dt.datetime
    version: int | None
    draft_differs: bool
    run: int | None
    run_version: int | None
    phase: Phase | None
    reason: Reason | None
    since: dt.datetime | None
    health: Health | None


def list_rows(
    conn: sa.Connection, project_id: ProjectId, wanted: Filter, after: str | None, limit: int
) -> list[Row]:
    """By name, after a name."""
    query = _rows().where(job.c.project_id == project_id, *_conditions(wanted))
    query = query.order_by(job.c.name).limit(limit)
    if after is not None:
        query = query.where(job.c.name > after)
    return [_row(found) for found in conn.execute(query)]


def load_rows(conn: sa.Connection, ids: Iterable[JobId]) -> Mapping[JobId, Row]:
    """The rows of some jobs; those that are gone are left out."""
    query = _rows().where(job.c.id.in_(sorted(ids)))
    return {row.id: row for row in map(_row, conn.execute(query))}


def count_rows(
    conn: sa.Connection, project_id: ProjectId, wanted: Filter
) -> tuple[int, Mapping[str, int]]:
    """How many match, and how many jobs of the project are in each phase, whatever is wanted."""
    phase = sa.func.coalesce(run.c.phase, NEVER)
    matches = sa.and_(sa.true(), *_conditions(wanted))
    query = (
        sa.select(phase, sa.func.count(), sa.func.sum(sa.case((matches, 1), else_=0)))
        .select_from(_with_newest_run())
        .where(job.c.project_id == project_id, job.c.deleted_at.is_(None))
        .group_by(phase)
    )
    found: Sequence[Any] = conn.execute(query).all()
    return sum(int(one[2]) for one in found), {one[0]: one[1] for one in found}


def _rows() -> sa.Select[Any]:
    return (
        sa.select(
            job.c.id,
            job.c.name,
            project.c.name.label("project"),
            job.c.mode,
            _is_jar().label("is_jar"),
            job.c.draft["flink"].as_string().label("flink"),
            job.c.created_at,
            version.c.number.label("version"),
            _draft_differs().label("differs"),
            run.c.number.label("run"),
            run.c.version.label("run_version"),
            run.c.phase,
            run.c.reason,
            run.c.since,
            run.c.health,
        )
        .select_from(
            _with_newest_run()
            .join(project, project.c.id == job.c.project_id)
            .outerjoin(
                version,
                sa.and_(version.c.job_id == job.c.id, version.c.number == _newest_of(version)),
            )
        )
        .where(job.c.deleted_at.is_(None))
    )


def _with_newest_run() -> sa.Join:
    newest = sa.and_(run.c.job_id == job.c.id, run.c.number == _newest_of(run))
    return job.outerjoin(run, newest)


def _newest_of(table: sa.Table) -> sa.ScalarSelect[Any]:
    """Found in the unique index over job and number."""
    one = table.alias()
    found = sa.select(sa.func.max(one.c.number)).where(one.c.job_id == job.c.id)
    return found.correlate(job).scalar_subquery()


def _is_jar() -> sa.ColumnElement[bool]:
    artifact: sa.ColumnElement[str] = job.c.draft["jar"]["artifact"].as_string()
    return artifact.is_not(None)


def _draft_differs() -> sa.ColumnElement[bool]:
    """By digest. Only a draft of an older release has none; SQLite compares its JSON as text."""
    differs = sa.case(
        (job.c.draft_digest.is_(None), version.c.content != job.c.draft),
        else_=job.c.draft_digest != version.c.digest,
    )
    return sa.or_(version.c.number.is_(None), differs)


def _conditions(wanted: Filter) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.text:
        found.append(job.c.name.icontains(wanted.text, autoescape=True))
    if wanted.phases:
        found.append(sa.func.coalesce(run.c.phase, NEVER).in_(sorted(wanted.phases)))
    if wanted.healths:
        word = run.c.health["word"].as_string()
        found.append(sa.and_(run.c.ended_at.is_(None), word.in_(sorted(wanted.healths))))
    if wanted.mode:
        found.append(job.c.mode == wanted.mode)
    if wanted.kind:
        found.append(_is_jar() if wanted.kind == "jar" else sa.not_(_is_jar()))
    return found


def _row(found: sa.Row[Any]) -> Row:
    return Row(
        id=JobId(found.id),
        name=found.name,
        project=found.project,
        mode=found.mode,
        is_jar=bool(found.is_jar),
        flink=found.flink,
        created_at=found.created_at,
        version=found.version,
        draft_differs=bool(found.differs),
        run=found.run,
        run_version=found.run_version,
        phase=None if found.phase is None else Phase(found.phase),
        reason=unpack_or_none(found.reason, Reason),
        since=found.since,
        health=unpack_or_none(found.health, Health),
    )
