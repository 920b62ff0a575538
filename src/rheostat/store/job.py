"""Jobs with their drafts, and their immutable versions."""

import datetime as dt

import sqlalchemy as sa

from rheostat.errors import Conflict, NotFound, Stale
from rheostat.model.ids import JobId, ProjectId
from rheostat.model.job import Content, Job, Mode, Project, Version
from rheostat.store.columns import pack, unpack
from rheostat.store.tables import job, project, version


def insert_job(conn: sa.Connection, new: Job, digest: str | None = None) -> None:
    """Add it.

    Raises:
        Conflict: the project has a job of that name.
    """
    row = sa.insert(job).values(
        id=new.id,
        project_id=new.project.id,
        name=new.name,
        mode=new.mode,
        draft=pack(new.draft),
        draft_digest=digest,
        revision=new.revision,
        created_at=new.created_at,
    )
    try:
        conn.execute(row)
    except sa.exc.IntegrityError as err:
        raise Conflict(
            f"project {new.project.name} has a job {new.name} already",
            hint="change its draft: rheostat job edit, or choose another name",
        ) from err


def load_job(conn: sa.Connection, project_name: str, name: str) -> Job:
    """By names.

    Raises:
        NotFound: no such job, or no such project: one text for both.
    """
    row = conn.execute(
        _jobs().where(
            project.c.name == project_name, job.c.name == name, job.c.deleted_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        raise NotFound(
            f"there is no job {name} in project {project_name}",
            hint=f"list them: rheostat job list -p {project_name}",
        )
    return _from_row(row)


def load_job_by_id(conn: sa.Connection, id_: JobId) -> Job:
    """By id; it must be there."""
    return _from_row(conn.execute(_jobs().where(job.c.id == id_)).one())


def update_draft(
    conn: sa.Connection, id_: JobId, draft: Content, revision: int, digest: str | None = None
) -> int:
    """Replace the draft that has this revision, and its digest; return the next revision.

    Raises:
        Stale: the draft has another revision by now.
    """
    changed = conn.execute(
        sa.update(job)
        .where(job.c.id == id_, job.c.revision == revision)
        .values(draft=pack(draft), draft_digest=digest, revision=revision + 1)
    )
    if changed.rowcount != 1:
        raise Stale(
            "the draft was changed meanwhile", hint="read it again, then repeat your change"
        )
    return revision + 1


def save_draft_digest(conn: sa.Connection, id_: JobId, digest: str) -> None:
    """Note that the draft is the content of this digest."""
    conn.execute(sa.update(job).where(job.c.id == id_).values(draft_digest=digest))


def insert_version(conn: sa.Connection, new: Version) -> None:
    """Add it; versions are never changed."""
    conn.execute(
        sa.insert(version).values(
            job_id=new.job_id,
            number=new.number,
            content=pack(new.content),
            digest=new.digest,
            created_at=new.created_at,
            created_by=new.created_by,
        )
    )


def lock_job(conn: sa.Connection, project_name: str, name: str) -> Job:
    """Load it, and serialise writers of it until the transaction ends: numbers are dense.

    Raises:
        NotFound: as `load_job`.
    """
    query = sa.select(job.c.id).join(project, job.c.project_id == project.c.id)
    query = query.where(project.c.name == project_name, job.c.name == name)
    conn.execute(query.with_for_update(of=job))
    return load_job(conn, project_name, name)


def lock_job_by_id(conn: sa.Connection, id_: JobId) -> None:
    """As `lock_job`, for the loop, which knows jobs by id."""
    conn.execute(sa.select(job.c.id).where(job.c.id == id_).with_for_update())


def delete_job(conn: sa.Connection, old: Job, now: dt.datetime) -> None:
    """Hide it and give its name free; what it ran is kept for the record. The caller has locked it."""
    hidden = f"{old.name}~{old.id}"  # no name that a person can give holds a tilde
    conn.execute(sa.update(job).where(job.c.id == old.id).values(deleted_at=now, name=hidden))


def find_newest_version(conn: sa.Connection, id_: JobId) -> Version | None:
    """None before the first publish."""
    row = conn.execute(
        sa.select(version).where(version.c.job_id == id_).order_by(version.c.number.desc()).limit(1)
    ).one_or_none()
    return None if row is None else _version(row)


def load_version(conn: sa.Connection, id_: JobId, number: int) -> Version:
    """One version.

    Raises:
        NotFound: no such version.
    """
    row = conn.execute(
        sa.select(version).where(version.c.job_id == id_, version.c.number == number)
    ).one_or_none()
    if row is None:
        raise NotFound(f"there is no version {number}")
    return _version(row)


def list_versions(conn: sa.Connection, id_: JobId, after: int | None, limit: int) -> list[Version]:
    """Newest first; `after` a number means older than it."""
    query = (
        sa.select(version)
        .where(version.c.job_id == id_)
        .order_by(version.c.number.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(version.c.number < after)
    return [_version(row) for row in conn.execute(query)]


def _jobs() -> sa.Select[tuple[object, ...]]:
    return sa.select(
        job,
        project.c.name.label("project_name"),
        project.c.created_at.label("project_created_at"),
    ).join(project, job.c.project_id == project.c.id)


def _from_row(row: sa.Row[tuple[object, ...]]) -> Job:
    created_at: dt.datetime = row.project_created_at
    return Job(
        id=JobId(row.id),
        project=Project(id=ProjectId(row.project_id), name=row.project_name, created_at=created_at),
        name=row.name,
        mode=Mode(row.mode),
        draft=unpack(row.draft, Content),
        revision=row.revision,
        created_at=row.created_at,
    )


def _version(row: sa.Row[tuple[object, ...]]) -> Version:
    return Version(
        job_id=JobId(row.job_id),
        number=row.number,
        content=unpack(row.content, Content),
        digest=row.digest,
        created_at=row.created_at,
        created_by=row.created_by,
    )
