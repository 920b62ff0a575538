"""Projects, over the API."""

from collections.abc import Iterator

from rheostat.client.connection import Connection, Request, render_path
from rheostat.wire.common import Page
from rheostat.wire.job import ProjectBody, ProjectView


class Projects:
    """What can be asked about projects."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, name: str) -> ProjectView:
        """Create a project; `Conflict` when the name is taken."""
        request = Request("POST", "/projects", body=ProjectBody(name=name))
        return self._connection.call(ProjectView, request)

    def list(self, *, limit: int | None = None) -> Iterator[ProjectView]:
        """Yield all projects; `limit` is the size of a page."""
        return self._connection.pages(Page[ProjectView], "/projects", limit=limit)

    def get(self, project: str) -> ProjectView:
        """Load one project."""
        return self._connection.fetch(ProjectView, render_path("projects", project))
