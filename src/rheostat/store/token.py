"""API tokens, the browser sessions begun with them, one-time codes: only digests are kept."""

import datetime as dt
import hashlib
from dataclasses import dataclass

import sqlalchemy as sa

from rheostat.store.tables import session, signin_code, token


@dataclass(frozen=True, slots=True)
class Principal:
    """Whose token it is."""

    name: str
    role: str
    token_id: str


def digest(secret: str) -> str:
    """SHA-256; enough for 256 random bits, which cannot be guessed through."""
    return hashlib.sha256(secret.encode()).hexdigest()


def has_token(conn: sa.Connection) -> bool:
    """Whether anybody can sign in at all."""
    return conn.execute(sa.select(sa.exists(sa.select(token.c.id)))).scalar() is True


def insert_token(
    conn: sa.Connection, *, id_: str, secret: str, name: str, now: dt.datetime
) -> None:
    """Keep the digest of an administrator's token."""
    conn.execute(
        sa.insert(token).values(
            id=id_, name=name, digest=digest(secret), role="admin", created_at=now
        )
    )


def find_principal(conn: sa.Connection, secret: str) -> Principal | None:
    """Whose token this is; None for an unknown or revoked one."""
    row = conn.execute(_principals().where(token.c.digest == digest(secret))).one_or_none()
    return None if row is None else _principal(row)


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
        _principals()
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
    row = conn.execute(_principals().where(token.c.id == token_id)).one_or_none()
    return None if row is None else _principal(row)


def _principals() -> sa.Select[tuple[object, ...]]:
    columns: sa.Select[tuple[object, ...]] = sa.select(token.c.id, token.c.name, token.c.role)
    return columns.where(token.c.revoked_at.is_(None))


def _principal(row: sa.Row[tuple[object, ...]]) -> Principal:
    return Principal(name=row.name, role=row.role, token_id=row.id)
