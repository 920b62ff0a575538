"""Runs with their events and logs, over the API."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rheostat.client.connection import Connection, render_path
from rheostat.client.wait import Patience, Verdict, Waited, wait
from rheostat.wire.common import Page
from rheostat.wire.history import ExceptionView, StartView
from rheostat.wire.run import EventView, RunView

Number = int | Literal["latest"]


@dataclass(frozen=True, slots=True)
class RunKey:
    """Which run: by its job, and its number or "latest"."""

    project: str
    job: str
    number: Number = "latest"

    def path(self, *more: str | int) -> str:
        """Render the path of this run, or of something below it."""
        head = ("projects", self.project, "jobs", self.job, "runs", self.number)
        return render_path(*head, *more)


class Runs:
    """What can be asked about runs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, project: str, job: str, *, limit: int | None = None) -> Iterator[RunView]:
        """Yield all runs of a job; `limit` is the size of a page."""
        path = render_path("projects", project, "jobs", job, "runs")
        return self._connection.pages(Page[RunView], path, limit=limit)

    def get(self, key: RunKey) -> RunView:
        """Load one run as it stands now; `NotFound` when there is none yet."""
        return self._connection.fetch(RunView, key.path())

    def events(
        self, key: RunKey, *, after: int | None = None, limit: int | None = None
    ) -> Iterator[EventView]:
        """Yield the run's events, oldest first, those behind event id `after` only."""
        path = key.path("events")
        return self._connection.pages(Page[EventView], path, after=after, limit=limit)

    def exceptions(self, key: RunKey, *, limit: int | None = None) -> Iterator[ExceptionView]:
        """Yield what went wrong, the newest first, the root cause first in each."""
        path = key.path("exceptions")
        return self._connection.pages(Page[ExceptionView], path, limit=limit)

    def start(self, key: RunKey) -> StartView:
        """Load the steps of the newest attempt's start."""
        return self._connection.fetch(StartView, key.path("start"))

    def wait(
        self,
        key: RunKey,
        until: Verdict,
        timeout_s: float | None = None,
        *,
        patience: Patience | None = None,
    ) -> Waited:
        """Look again and again until `until` decides or `timeout_s` is over (None: no limit)."""
        return wait(lambda: self.get(key), until, timeout_s, patience or Patience())
