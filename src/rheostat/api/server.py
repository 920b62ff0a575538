"""What routes work with; one value, built by `app.py`, reached through Litestar's state."""

from collections.abc import Callable
from dataclasses import dataclass

from rheostat.model.ids import RunId
from rheostat.ports import Artifacts, Failures, Logs
from rheostat.service.stream import Hub
from rheostat.service.token import Uses
from rheostat.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The server as its routes see it."""

    db: Database
    wake: Callable[[RunId], None]
    """Tell the loop that something was recorded about this run."""
    engines: Callable[[], frozenset[str]]
    """Versions of Flink installed on this machine."""
    is_leader: Callable[[], bool]
    logs: Logs
    failures: Failures
    artifacts: Artifacts
    ingest_key: bytes
    runs_limit: int
    hub: Hub
    """Streams of events."""
    uses: Uses
    """Of tokens."""
