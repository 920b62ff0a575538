"""Logs of a run's attempts, over the API."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager

from rheostat.client.connection import Connection
from rheostat.client.run import RunKey
from rheostat.wire.common import Page
from rheostat.wire.log import LogFileView, LogMatch, LogView


class Logs:
    """What can be asked about logs; of attempts that have ended, too."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, key: RunKey) -> Iterator[LogFileView]:
        """Yield the log files of all attempts of a run."""
        return self._connection.pages(Page[LogFileView], key.path("logs"))

    def tail(self, key: RunKey, attempt: int, name: str, tail_bytes: int | None = None) -> LogView:
        """Load the end of one log; None: as much as the server thinks fit."""
        path = key.path("logs", attempt, name)
        return self._connection.fetch(LogView, path, tail_bytes=tail_bytes)

    def read(
        self, key: RunKey, attempt: int, name: str, offset: int, *, file: str | None = None
    ) -> LogView:
        """Load what comes at an offset. To follow, give `next_offset` and `file` of the last answer."""
        path = key.path("logs", attempt, name)
        return self._connection.fetch(LogView, path, offset=offset, file=file)

    def search(self, key: RunKey, attempt: int, name: str, text: str) -> Iterator[LogMatch]:
        """Yield the lines that hold a text; ASCII letters match in upper and lower case."""
        path = key.path("logs", attempt, name, "search")
        return self._connection.pages(Page[LogMatch], path, q=text)

    @contextmanager
    def download(self, key: RunKey, attempt: int, name: str) -> Generator[Iterator[bytes]]:
        """Open a whole log, byte for byte, chunk by chunk."""
        path = key.path("logs", attempt, name, "download")
        with self._connection.chunks(path) as chunks:
            yield chunks
