"""API tokens, over the API."""

from collections.abc import Iterator

from rheostat.client.connection import Connection, Request, render_path
from rheostat.wire.common import Page
from rheostat.wire.token import NewTokenView, TokenBody, TokenView


class Tokens:
    """What can be asked about tokens; for administrators."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, body: TokenBody) -> NewTokenView:
        """Make a token; its secret is in the answer, and never told again."""
        return self._connection.call(NewTokenView, Request("POST", "/tokens", body=body))

    def list(self, *, limit: int | None = None) -> Iterator[TokenView]:
        """Yield all tokens, the revoked ones, too; `limit` is the size of a page."""
        return self._connection.pages(Page[TokenView], "/tokens", limit=limit)

    def revoke(self, id_: str) -> None:
        """Revoke a token, and end the sessions begun with it. Idempotent."""
        self._connection.send(Request("DELETE", render_path("tokens", id_), repeatable=True))
