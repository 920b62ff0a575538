"""JARs that were uploaded to a project: the rows; the files are in the data directory."""

import sqlalchemy as sa

from rheostat.errors import NotFound
from rheostat.model.ids import ProjectId
from rheostat.model.job import Artifact, Project
from rheostat.store.tables import artifact


def save_artifact(conn: sa.Connection, new: Artifact) -> bool:
    """Add it; False when the project has this digest already, and then nothing is changed."""
    row = {
        "project_id": new.project_id,
        "digest": new.digest,
        "name": new.name,
        "size_bytes": new.size_bytes,
        "main": new.main,
        "created_at": new.created_at,
        "created_by": new.created_by,
    }
    try:
        with conn.begin_nested():
            conn.execute(sa.insert(artifact).values(row))
    except sa.exc.IntegrityError:
        return False
    return True


def find_artifact(conn: sa.Connection, of: Project, digest: str) -> Artifact | None:
    """By its digest; None when the project has none such."""
    row = conn.execute(
        sa.select(artifact).where(artifact.c.project_id == of.id, artifact.c.digest == digest)
    ).one_or_none()
    return None if row is None else _from_row(row)


def load_artifact(conn: sa.Connection, of: Project, digest: str) -> Artifact:
    """By its digest.

    Raises:
        NotFound: the project has none such.
    """
    found = find_artifact(conn, of, digest)
    if found is None:
        raise NotFound(f"project {of.name} has no artifact {digest[:12]}")
    return found


def list_artifacts(
    conn: sa.Connection, of: Project, after: str | None, limit: int
) -> list[Artifact]:
    """Newest first; `after` a digest means after it in this order."""
    place = sa.tuple_(artifact.c.created_at, artifact.c.digest)
    query = sa.select(artifact).where(artifact.c.project_id == of.id)
    if after is not None:
        last = load_artifact(conn, of, after)
        at = sa.bindparam("at", last.created_at, type_=artifact.c.created_at.type)
        query = query.where(place < sa.tuple_(at, last.digest))
    query = query.order_by(artifact.c.created_at.desc(), artifact.c.digest.desc()).limit(limit)
    return [_from_row(row) for row in conn.execute(query)]


def _from_row(row: sa.Row[tuple[object, ...]]) -> Artifact:
    return Artifact(
        project_id=ProjectId(row.project_id),
        digest=row.digest,
        name=row.name,
        size_bytes=row.size_bytes,
        main=row.main,
        created_at=row.created_at,
        created_by=row.created_by,
    )
