"""Projects: create, list, show."""

import datetime as dt

import sqlalchemy as sa

from rheostat.model.ids import ProjectId
from rheostat.model.job import Project
from rheostat.service.view import project_view
from rheostat.store import project as projects
from rheostat.wire.common import Page
from rheostat.wire.job import ProjectBody, ProjectView


def create_project(
    conn: sa.Connection, body: ProjectBody, id_: ProjectId, now: dt.datetime
) -> ProjectView:
    """Add a project; `Conflict` if the name is taken."""
    new = Project(id=id_, name=body.name, created_at=now)
    projects.insert_project(conn, new)
    return project_view(new)


def show_project(conn: sa.Connection, name: str) -> ProjectView:
    """One project, or `NotFound`."""
    return project_view(projects.load_project(conn, name))


def list_projects(conn: sa.Connection, after: str | None, limit: int) -> Page[ProjectView]:
    """A page by name."""
    found = projects.list_projects(conn, after, limit + 1)
    items = [project_view(each) for each in found[:limit]]
    return Page(items=items, next=items[-1].name if len(found) > limit else None)
