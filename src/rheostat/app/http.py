"""Uvicorn in this process: our signals, our socket, a clean end."""

import contextlib
import socket
from collections.abc import Callable, Generator

import uvicorn
from litestar import Litestar
from typing_extensions import override

from rheostat.errors import Conflict


class HttpServer(uvicorn.Server):
    """Leaves signals to us, says when it listens, and before it waits for what is open that it ends."""

    def __init__(
        self, app: Litestar, on_ready: Callable[[], None], on_end: Callable[[], None]
    ) -> None:
        config = uvicorn.Config(
            app,
            loop="none",
            http="httptools",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=5,
            timeout_keep_alive=30,
            server_header=False,
        )
        super().__init__(config)
        self._on_ready = on_ready
        self._on_end = on_end

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._on_end()
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 = any free one.

    Raises:
        Conflict: the port is taken, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as err:
        sock.close()
        raise Conflict(
            f"cannot listen on {host}:{port}: {err.strerror}", hint="choose another --port"
        ) from err
    sock.set_inheritable(False)
    return sock


def url_of(sock: socket.socket) -> str:
    """How a browser on this machine reaches it."""
    host, port = sock.getsockname()[:2]
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"
