"""The one place of the SDK that speaks HTTP: it sends, decodes, and translates every failure."""

import contextlib
import ipaddress
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar
from urllib.parse import quote, urlsplit

import httpx2
import msgspec

from rheostat import __version__
from rheostat.client.problem import parse_problem
from rheostat.errors import Broken, CannotLook, Invalid, RheostatError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

BASE = "/api/v1"
Given: TypeAlias = str | int | bool | tuple[str, ...]
Value: TypeAlias = Given | None
Query: TypeAlias = Mapping[str, Value]


class Paged(Protocol[T_co]):
    """What a keyset page has at least."""

    @property
    def items(self) -> Sequence[T_co]:
        """What it holds."""

    @property
    def next(self) -> str | None:
        """Where the next one begins."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a request's body."""

    blocks: Callable[[], Iterator[bytes]]
    """From its beginning, each time it is sent."""
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Request:
    """One call: what to do to which path, with which body, query and headers."""

    method: str
    path: str
    body: msgspec.Struct | None = None
    upload: Upload | None = None
    """In place of a body."""
    query: Query | None = None
    """None values are left out; a tuple is sent as several."""
    headers: Mapping[str, str] | None = None
    repeatable: bool = False
    """The server does it once, however often it arrives: a lost answer is asked for again."""


def render_path(*segments: str | int) -> str:
    """Join path segments, each quoted whole: a name never opens another path."""
    return "/" + "/".join(quote(str(segment), safe="") for segment in segments)


class Connection:
    """A server's address, a token, and pooled connections. Not for several threads at once."""

    def __init__(
        self,
        url: str,
        token: str | None,
        *,
        timeout_s: float,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise Invalid(f"{url!r} is no http or https URL of a server.")
        headers = {"User-Agent": f"rheostat/{__version__}", "Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {_checked(token)}"
        self.url = url.rstrip("/")
        self._timeout_s = timeout_s
        self._http = httpx2.Client(
            headers=headers,
            timeout=timeout_s,
            transport=transport,
            # A proxy of the environment cannot reach this machine's own loopback.
            trust_env=not _is_loopback(parts.hostname),
        )

    def close(self) -> None:
        """Close the pooled connections. Idempotent."""
        self._http.close()

    def fetch(self, kind: type[T], path: str, /, **query: Value) -> T:
        """GET a path and decode what comes."""
        return self.call(kind, Request("GET", path, query=query, repeatable=True))

    def pages(self, kind: type[Paged[T]], path: str, /, **query: Value) -> Iterator[T]:
        """Yield the items of all pages, asking for the next page when it is needed."""
        while True:
            page = self.fetch(kind, path, **query)
            yield from page.items
            if page.next is None:
                return
            query["after"] = page.next

    def call(self, kind: type[T], request: Request) -> T:
        """Send a request and decode the answer; raise the server's own error where it refused."""
        response = self._sent(request)
        if not response.is_success:
            raise parse_problem(response.status_code, response.content)
        try:
            return msgspec.json.decode(response.content, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as err:
            raise Broken(
                f"The answer of {self.url} to {request.method} {request.path} cannot be read: {err}",
                hint="Is it a Rheostat server, and not newer than this program?",
            ) from err

    def send(self, request: Request) -> None:
        """Send a request that is answered without a body; raise the server's own error."""
        response = self._sent(request)
        if not response.is_success:
            raise parse_problem(response.status_code, response.content)

    @contextlib.contextmanager
    def lines(self, path: str, query: Query, *, silence_s: float) -> Generator[Iterator[str]]:
        """Open a stream of text, line by line; `CannotLook` when it breaks or is silent for too long."""
        with self._opened(path, query, silence_s) as response:
            yield response.iter_lines()

    @contextlib.contextmanager
    def chunks(self, path: str) -> Generator[Iterator[bytes]]:
        """Open a download, chunk by chunk; `CannotLook` when it breaks."""
        with self._opened(path, {}, self._timeout_s) as response:
            yield response.iter_bytes()

    @contextlib.contextmanager
    def _opened(self, path: str, query: Query, silence_s: float) -> Generator[httpx2.Response]:
        url, timeout = self.url + BASE + path, httpx2.Timeout(self._timeout_s, read=silence_s)
        try:
            with self._http.stream("GET", url, params=_query(query), timeout=timeout) as response:
                if not response.is_success:
                    raise parse_problem(response.status_code, response.read())
                yield response
        except httpx2.TransportError as err:
            raise self._unreachable(err) from err

    def _sent(self, request: Request) -> httpx2.Response:
        try:
            return self._try(request)
        except (httpx2.ReadError, httpx2.WriteError, httpx2.RemoteProtocolError) as err:
            if not request.repeatable:
                raise self._unreachable(err) from err
        except httpx2.TransportError as err:
            raise self._unreachable(err) from err
        try:
            return self._try(request)
        except httpx2.TransportError as err:
            raise self._unreachable(err) from err

    def _try(self, request: Request) -> httpx2.Response:
        headers = dict(request.headers or {})
        content: bytes | Iterator[bytes] | None = None
        if request.upload is not None:
            content = request.upload.blocks()
            headers["Content-Type"] = "application/java-archive"
            headers["Content-Length"] = str(request.upload.size_bytes)
        if request.body is not None:
            content = msgspec.json.encode(request.body)
            headers["Content-Type"] = "application/json"
        return self._http.request(
            request.method,
            self.url + BASE + request.path,
            params=_query(request.query or {}),
            headers=headers,
            content=content,
        )

    def _unreachable(self, err: httpx2.TransportError) -> RheostatError:
        if isinstance(err, httpx2.ConnectError | httpx2.ConnectTimeout):
            return CannotLook(
                f"No server answers at {self.url}.",
                hint="Is the server running? Start one with `rheostat serve --data-dir DIR`,"
                " or say where it is in RHEOSTAT_URL.",
            )
        if isinstance(err, httpx2.TimeoutException):
            return CannotLook(
                f"The server at {self.url} did not answer within {self._timeout_s:g} s.",
                hint="What was asked for may have been done: look before asking again.",
            )
        why = str(err) or type(err).__name__
        return CannotLook(f"The connection to {self.url} was lost: {why}.")


def _query(query: Query) -> dict[str, Any]:
    return {key: _value(value) for key, value in query.items() if value is not None}


def _value(value: Given) -> str | list[str]:
    if isinstance(value, tuple):
        return list(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _checked(token: str) -> str:
    """Refuse, without showing it, a token that no header can carry."""
    if not token.isascii() or not token.isprintable():
        raise Invalid("The token holds characters that no token has.")
    return token


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
