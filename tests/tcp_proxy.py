"""A proxy on loopback that can hang, cut, or answer nonsense instead of passing on what it is given."""

import contextlib
import select
import socket
import threading
from collections.abc import Callable

PASS, HANG, CUT = "pass", "hang", "cut"


def canned(status: str, body: str, kind: str = "application/json") -> bytes:
    """A whole HTTP answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Connection: close\r\n\r\n{body}".encode()


ANSWERS = {
    "html": canned("200 OK", "<html><body>Welcome to the router</body></html>", "text/html"),
    "empty": canned("200 OK", ""),
    "500": canned("500 Internal Server Error", '{"errors": ["Internal server error."]}'),
    "another cluster": canned("200 OK", '{"jobs": []}'),
}


class TcpProxy:
    """Listens from its making to `close`; `target` says where to pass on to, None = nowhere."""

    def __init__(self, target: Callable[[], int | None]) -> None:
        self._target = target
        self._mode = PASS
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def become(self, mode: str) -> None:
        """Change how connections fare from now on; those that are open end, so that it shows at once."""
        self._mode = mode
        self._end_all()

    def close(self) -> None:
        """Take no more connections and end those that are open."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._end_all()

    def _end_all(self) -> None:
        with self._lock:
            ending, self._open = self._open, set()
        for each in ending:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            mode = self._mode
            if mode == CUT:
                return
            with self._lock:
                self._open.add(client)
            if mode == PASS:
                self._pass(client)
            elif mode == HANG:
                while client.recv(65536):
                    pass
            else:
                client.recv(65536)
                client.sendall(ANSWERS[mode])
            with self._lock:
                self._open.discard(client)

    def _pass(self, client: socket.socket) -> None:
        port = self._target()
        if port is None:
            return
        with socket.create_connection(("127.0.0.1", port), timeout=5) as server:
            with self._lock:
                self._open.add(server)
            ends = {client: server, server: client}
            while True:
                for source in select.select(list(ends), [], [])[0]:
                    data = source.recv(65536)
                    if not data:
                        return
                    ends[source].sendall(data)
