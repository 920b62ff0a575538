"""Snapshots, over the API."""

from collections.abc import Iterator

from rheostat.client.connection import Connection, render_path
from rheostat.wire.common import Page
from rheostat.wire.run import SnapshotView


class Snapshots:
    """What can be asked about savepoints and retained checkpoints."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, project: str, job: str, *, limit: int | None = None) -> Iterator[SnapshotView]:
        """Yield all snapshots of a job; `limit` is the size of a page."""
        path = render_path("projects", project, "jobs", job, "snapshots")
        return self._connection.pages(Page[SnapshotView], path, limit=limit)
