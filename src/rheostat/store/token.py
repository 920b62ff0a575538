"""API tokens, the browser sessions begun with them, one-time codes: only digests are kept."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rheostat.model.access import Role, Token
from rheostat.store.tables import session, signin_code, token


@dataclass(frozen=True, slots=True)
class Principal:
    """Whose token it is."""

    name: str
    role: Role
    token_id: str


def digest(secret: str) -> str:
    """SHA-256; enough for 256 random bits, which cannot be guessed through."""
    return hashlib.sha256(secret.encode()).hexdigest()


def has_admin(conn: sa.Connection, now: dt.datetime) -> bool:
    """Whether anybody can make a token now."""
    admin = sa.select(token.c.id).where(token.c.role == Role.ADMIN.value, *_valid(now))
    return conn.execute(sa.select(sa.exists(admin))).scalar() is True


def insert_token(conn: sa.Connection, new: Token, secret: str) -> None:
    """Keep a token, and of its secret the digest."""
    conn.execute(
        sa.insert(token).values(
            id=new.id,
            name=new.name,
            digest=digest(secret),
            role=new.role or "unknown",
            created_at=new.created_at,
            created_by=new.created_by,
            expires_at=new.expires_at,
        )
    )


def list_tokens(conn: sa.Connection, after: str | None, limit: int) -> list[Token]:
    """By name, after an id; the revoked ones, too."""
    query = sa.select(token).order_by(token.c.name, token.c.id).limit(limit)
    if after is not None:
        last = sa.select(token.c.name, token.c.id).where(token.c.id == after)
        found = conn.execute(last).one_or_none()
        if found is None:
            return []
        query = query.where(sa.tuple_(token.c.name, token.c.id) > sa.tuple_(*found))
    return [_token(row) for row in conn.execute(query)]


def find_token(conn: sa.Connection, id_: str) -> Token | None:
    """By id."""
    row = conn.execute(sa.select(token).where(token.c.id == id_)).one_or_none()
    return None if row is None else _token(row)


def find_live_token(conn: sa.Connection, name: str, now: dt.datetime) -> Token | None:
    """The valid token of a name: there is one at most."""
    query = sa.select(token).where(token.c.name == name, *_valid(now)).limit(1)
    row = conn.execute(query).one_or_none()
    return None if row is None else _token(row)


def lock_admins(conn: sa.Connection, now: dt.datetime) -> list[Token]:
    """Every valid administrator's token; who asks next waits until the transaction ends.

    Two that revoke each other take turns, and the second finds itself the last.
    """
    query = sa.select(token).where(token.c.role == Role.ADMIN.value, *_valid(now))
    return [_token(row) for row in conn.execute(query.order_by(token.c.id).with_for_update())]


def revoke_token(conn: sa.Connection, id_: str, now: dt.datetime) -> None:
    """From now on it opens nothing, nor do sessions begun with it. The first instant is kept."""
    conn.execute(
        sa.update(token)
        .where(token.c.id == id_, token.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def save_uses(conn: sa.Connection, uses: Mapping[str, dt.datetime]) -> None:
    """When each token was last used; an older instant changes nothing."""
    for id_, at in sorted(uses.items()):
        is_news = sa.or_(token.c.used_at.is_(None), token.c.used_at < at)
        conn.execute(sa.update(token).where(token.c.id == id_, is_news).values(used_at=at))


def find_principal(conn: sa.Connection, secret: str, now: dt.datetime) -> Principal | None:
    """Whose token this is; None for one that is unknown, revoked or expired."""
    row = conn.execute(_principals(now).where(token.c.digest == digest(secret))).one_or_none()
    return None if row is None else _principal(row)


def tell_refusal(conn: sa.Connection, secret: str, now: dt.datetime) -> str:
    """Why a secret opens nothing, to whoever has it."""
    row = conn.execute(sa.select(token).where(token.c.digest == digest(secret))).one_or_none()
    if row is None:
        return "this token is not known here"
    if row.revoked_at is not None:
        return f"the token {row.name} was revoked on {row.revoked_at:%Y-%m-%d at %H:%M} UTC"
    if row.expires_at is not None and row.expires_at <= now:
        return f"the token {row.name} expired on {row.expires_at:%Y-%m-%d at %H:%M} UTC"
    if row.role not in set(Role):
        return f"this release does not know the role {row.role} of the token {row.name}"
    return "this token was not valid a moment ago"


def insert_session(
    conn: sa.Connection, secret: str, token_id: str, now: dt.datetime, life: dt.timedelta
) -> None:
    """Begin a browser's session on behalf of a token; sessions that are over are forgotten."""
    conn.execute(sa.delete(session).where(session.c.expires_at <= now))
    conn.execute(
        sa.insert(session).values(
            digest=digest(secret), token_id=token_id, created_at=now, expires_at=now + life
        )
    )


def find_session(conn: sa.Connection, secret: str, now: dt.datetime) -> Principal | None:
    """Whose session this is; None when it is over, unknown, or its token was revoked."""
    row = conn.execute(
        _principals(now)
        .join(session, session.c.token_id == token.c.id)
        .where(session.c.digest == digest(secret), session.c.expires_at > now)
    ).one_or_none()
    return None if row is None else _principal(row)


def delete_session(conn: sa.Connection, secret: str) -> None:
    """End a session; ending it twice is harmless."""
    conn.execute(sa.delete(session).where(session.c.digest == digest(secret)))


def insert_code(conn: sa.Connection, secret: str, token_id: str, until: dt.datetime) -> None:
    """Keep the digest of a one-time sign-in code."""
    conn.execute(
        sa.insert(signin_code).values(digest=digest(secret), token_id=token_id, expires_at=until)
    )


def take_code(conn: sa.Connection, secret: str, now: dt.datetime) -> Principal | None:
    """Use a one-time code up; None when it is unknown, used, or too old. Old ones are forgotten."""
    conn.execute(sa.delete(signin_code).where(signin_code.c.expires_at <= now))
    token_id = conn.execute(
        sa.delete(signin_code)
        .where(signin_code.c.digest == digest(secret))
        .returning(signin_code.c.token_id)
    ).scalar()
    if token_id is None:
        return None
    row = conn.execute(_principals(now).where(token.c.id == token_id)).one_or_none()
    return None if row is None else _principal(row)


def _principals(now: dt.datetime) -> sa.Select[tuple[object, ...]]:
    columns: sa.Select[tuple[object, ...]] = sa.select(token.c.id, token.c.name, token.c.role)
    return columns.where(*_valid(now), token.c.role.in_(list(Role)))


def _valid(now: dt.datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        token.c.revoked_at.is_(None),
        sa.or_(token.c.expires_at.is_(None), token.c.expires_at > now),
    )


def _principal(row: sa.Row[tuple[object, ...]]) -> Principal:
    return Principal(name=row.name, role=Role(row.role), token_id=row.id)


def _token(row: sa.Row[Any]) -> Token:
    return Token(
        id=row.id,
        name=row.name,
        role=Role(row.role) if row.role in set(Role) else None,
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
    )
