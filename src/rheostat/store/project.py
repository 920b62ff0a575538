"""Projects."""

import sqlalchemy as sa

from rheostat.errors import Conflict, NotFound
from rheostat.model.ids import ProjectId
from rheostat.model.job import Project
from rheostat.store.tables import project


def insert_project(conn: sa.Connection, new: Project) -> None:
    """Add it.

    Raises:
        Conflict: the name is taken.
    """
    row = sa.insert(project).values(id=new.id, name=new.name, created_at=new.created_at)
    try:
        conn.execute(row)
    except sa.exc.IntegrityError as err:
        raise Conflict(f"there is a project {new.name} already") from err


def load_project(conn: sa.Connection, name: str) -> Project:
    """By name.

    Raises:
        NotFound: no such project.
    """
    row = conn.execute(sa.select(project).where(project.c.name == name)).one_or_none()
    if row is None:
        raise NotFound(f"there is no project {name}", hint="list them: rheostat project list")
    return from_row(row)


def list_projects(conn: sa.Connection, after: str | None, limit: int) -> list[Project]:
    """By name, after a name."""
    query = sa.select(project).order_by(project.c.name).limit(limit)
    if after is not None:
        query = query.where(project.c.name > after)
    return [from_row(row) for row in conn.execute(query)]


def from_row(row: sa.Row[tuple[object, ...]]) -> Project:
    """A row of `project` as the noun."""
    return Project(id=ProjectId(row.id), name=row.name, created_at=row.created_at)
