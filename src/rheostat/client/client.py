"""The client: one object, its nouns as attributes."""

from types import TracebackType
from typing import Self

import httpx2

from rheostat.client.artifact import Artifacts
from rheostat.client.connection import Connection, Request
from rheostat.client.job import Jobs
from rheostat.client.log import Logs
from rheostat.client.project import Projects
from rheostat.client.run import Runs
from rheostat.client.snapshot import Snapshots
from rheostat.client.stream import Streams
from rheostat.client.token import Tokens
from rheostat.client.version import Versions
from rheostat.wire.access import MeView, ServerView, SignInLinkBody, SignInLinkView


class Client:
    """A Rheostat server, as seen with one token.

    Every method may raise any class of `rheostat.errors`; no other errors are raised on purpose.
    Lists are iterators that fetch page by page.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        timeout_s: float = 30.0,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        """`timeout_s` bounds each single request; `transport` replaces the network."""
        self._connection = Connection(url, token, timeout_s=timeout_s, transport=transport)
        self.projects = Projects(self._connection)
        self.jobs = Jobs(self._connection)
        self.artifacts = Artifacts(self._connection)
        self.versions = Versions(self._connection)
        self.runs = Runs(self._connection)
        self.snapshots = Snapshots(self._connection)
        self.logs = Logs(self._connection)
        self.streams = Streams(self._connection)
        self.tokens = Tokens(self._connection)

    @property
    def url(self) -> str:
        """Where the server is, without a slash at the end."""
        return self._connection.url

    def me(self) -> MeView:
        """Whose token this is."""
        return self._connection.fetch(MeView, "/me")

    def server(self) -> ServerView:
        """The server, and what its machine offers."""
        return self._connection.fetch(ServerView, "/server")

    def sign_in_link(self, token: str | None = None) -> SignInLinkView:
        """Make a link that signs one browser in, once; it is a path below `url`.

        It signs in whoever asks; for an administrator whoever has the token of this id.
        """
        body = SignInLinkBody(token=token)
        return self._connection.call(SignInLinkView, Request("POST", "/session/links", body=body))

    def close(self) -> None:
        """Close the pooled connections. Idempotent."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        err: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
