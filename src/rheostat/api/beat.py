"""What every open stream needs: a heartbeat, an end with the session, an end with the server."""

import asyncio
import contextlib

from rheostat import clock
from rheostat.api.access import Asking, Permission, authenticate, may
from rheostat.api.server import Server
from rheostat.errors import Forbidden, Unauthenticated
from rheostat.service.stream import encode
from rheostat.wire.stream import BeatFrame

BEAT_S = 10.0
"""Within it a session that has ended ends its streams, too."""
STREAM_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
"""Nobody between us and the reader may hold frames back."""


class Pulse:
    """The life of one stream: as long as whoever opened it may read, and the server runs."""

    def __init__(self, request: Asking) -> None:
        self._request = request
        self._server: Server = request.app.state.server
        self._due_s = clock.monotonic_s() + BEAT_S
        self._is_refused = False

    @property
    def is_over(self) -> bool:
        """The stream ends now."""
        return self._is_refused or self._server.hub.closing.is_set()

    @property
    def left_s(self) -> float:
        """Until the next beat is due."""
        return max(self._due_s - clock.monotonic_s(), 0.0)

    async def rest(self, seconds: float) -> None:
        """Wait, no longer than the server runs."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._server.hub.closing.wait()

    async def beat(self, id_: int | None = None) -> bytes:
        """The heartbeat, with where the reader stands, when one is due; else nothing."""
        if self.left_s > 0:
            return b""
        self._due_s = clock.monotonic_s() + BEAT_S
        try:
            principal = await authenticate(self._request)
            self._is_refused = not may(principal, Permission.READ)
        except (Unauthenticated, Forbidden):
            self._is_refused = True
        return b"" if self._is_refused else beat_frame(id_)


def beat_frame(id_: int | None = None) -> bytes:
    """A heartbeat with the server's time."""
    return encode("beat", BeatFrame(now=clock.now()), id_)
