"""A server to measure, and plain HTTP to talk to it: one kept connection, no client code of ours in between."""

import http.client
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.running_server import RunningServer

IDLE_S = 2.0


class Api:
    """One connection."""

    def __init__(self, url: str, token: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        self._used_s = time.monotonic()
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def send(self, method: str, path: str, body: object = None) -> bytes:
        """Send one request; the whole answer. Raises `RuntimeError` when it is no success."""
        data = None if body is None else json.dumps(body).encode()
        if time.monotonic() - self._used_s > IDLE_S:
            self._connection.close()  # the server closes it about now: the next request opens another
        self._connection.request(method, path, data, self._headers)
        answer = self._connection.getresponse()
        text = answer.read()
        self._used_s = time.monotonic()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:500]!r}")
        return text

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Send one request; the answer as data."""
        text = self.send(method, path, body)
        return json.loads(text) if text else None

    def time_ms(self, path: str) -> tuple[float, int]:
        """How long one GET takes until its last byte, and how many bytes it has."""
        begun = time.perf_counter()
        text = self.send("GET", path)
        return (time.perf_counter() - begun) * 1000, len(text)


@contextmanager
def serving() -> Iterator[tuple[RunningServer, Api]]:
    """A server on a fresh data directory, ended with all that it started."""
    with tempfile.TemporaryDirectory(prefix="rheostat-bench-") as folder:
        server = RunningServer(Path(folder))
        server.start()
        try:
            yield server, Api(server.url, server.token)
        finally:
            server.stop()


def wait_for(look: Any, what: str, timeout_s: float = 120.0, every_s: float = 0.02) -> Any:
    """Look until there is something; raises `RuntimeError` when it does not come."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(every_s)
    raise RuntimeError(f"it did not come: {what}")
