"""Tokens: make, list, revoke; and when each was last used."""

import asyncio
import datetime as dt

import sqlalchemy as sa
import structlog

from rheostat.errors import Conflict, NotFound, RheostatError
from rheostat.model.access import Role, Token
from rheostat.store import token as tokens
from rheostat.store.database import Database
from rheostat.wire.common import Page
from rheostat.wire.token import NewTokenView, TokenBody, TokenView

log = structlog.stdlib.get_logger("rheostat.token")

NOTE_EVERY = dt.timedelta(minutes=1)


def create_token(
    conn: sa.Connection,
    body: TokenBody,
    actor: tokens.Principal,
    made: tuple[str, str],
    now: dt.datetime,
) -> NewTokenView:
    """Keep a new token; `made` is its id and its secret.

    Raises:
        Conflict: a valid token has this name: what it does would be told as the other's doing.
    """
    if tokens.find_live_token(conn, body.name, now) is not None:
        raise Conflict(
            f"there is a token {body.name} already",
            hint=f"take another name, or revoke it: rheostat token revoke {body.name}",
        )
    id_, secret = made
    days = body.expires_in_days
    new = Token(
        id=id_,
        name=body.name,
        role=Role(body.role),
        created_at=now,
        created_by=actor.name,
        expires_at=None if days is None else now + dt.timedelta(days=days),
    )
    tokens.insert_token(conn, new, secret)
    return NewTokenView(token=token_view(new, actor), secret=secret)


def list_tokens(
    conn: sa.Connection, actor: tokens.Principal, after: str | None, limit: int
) -> Page[TokenView]:
    """A page by name."""
    found = tokens.list_tokens(conn, after, limit + 1)
    items = [token_view(each, actor) for each in found[:limit]]
    return Page(items=items, next=items[-1].id if len(found) > limit else None)


def revoke_token(conn: sa.Connection, id_: str, now: dt.datetime) -> None:
    """End it, and the sessions begun with it. Revoking twice is harmless.

    Raises:
        NotFound: no such token.
        Conflict: nobody could make a token any more, now or when the others have expired.
    """
    admins = tokens.lock_admins(conn, now)
    found = tokens.find_token(conn, id_)
    if found is None:
        raise NotFound("there is no such token", hint="list them: rheostat token list")
    others = [each for each in admins if each.id != id_]
    is_admin = len(others) < len(admins)
    if is_admin and not any(each.outlives(found) for each in others):
        raise Conflict(
            "this is the last administrator's token"
            if not others
            else "no other administrator's token lasts as long as this one",
            hint="make another one first: rheostat token create NAME --role admin",
        )
    tokens.revoke_token(conn, id_, now)


def token_view(token: Token, actor: tokens.Principal) -> TokenView:
    """A token as it goes out."""
    return TokenView(
        id=token.id,
        name=token.name,
        role=token.role.value if token.role else "unknown",
        created_at=token.created_at,
        created_by=token.created_by,
        expires_at=token.expires_at,
        used_at=token.used_at,
        revoked_at=token.revoked_at,
        is_yours=token.id == actor.token_id,
    )


class Uses:
    """Which tokens were used since the last minute: a request notes it, and writes nothing."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._noted: dict[str, dt.datetime] = {}

    def note(self, token_id: str, now: dt.datetime) -> None:
        """It was used."""
        self._noted[token_id] = now

    async def run(self) -> None:
        """Write what was noted, once a minute, until cancelled; then what is left."""
        try:
            while True:
                await asyncio.sleep(NOTE_EVERY.total_seconds())
                await self.flush()
        finally:
            await self.flush()

    async def flush(self) -> None:
        """Write what was noted."""
        noted, self._noted = self._noted, {}
        if not noted:
            return
        try:
            await self._db.write(tokens.save_uses, noted)
        except RheostatError as err:
            log.warning("uses of tokens not written", code=err.code, message=err.message)
