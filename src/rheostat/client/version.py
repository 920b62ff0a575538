"""Versions, over the API."""

from collections.abc import Iterator

from rheostat.client.connection import Connection, render_path
from rheostat.wire.common import Page
from rheostat.wire.job import VersionView


class Versions:
    """What can be asked about a job's immutable versions."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, project: str, job: str, *, limit: int | None = None) -> Iterator[VersionView]:
        """Yield all versions of a job; `limit` is the size of a page."""
        path = render_path("projects", project, "jobs", job, "versions")
        return self._connection.pages(Page[VersionView], path, limit=limit)

    def get(self, project: str, job: str, number: int) -> VersionView:
        """Load one version."""
        path = render_path("projects", project, "jobs", job, "versions", number)
        return self._connection.fetch(VersionView, path)
