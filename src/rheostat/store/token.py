"""API tokens: only their digests are kept."""

import datetime as dt
import hashlib
from dataclasses import dataclass

import sqlalchemy as sa

from rheostat.store.tables import token


@dataclass(frozen=True, slots=True)
class Principal:
    """Whose token it is."""

    name: str
    role: str


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
    row = conn.execute(
        sa.select(token.c.name, token.c.role).where(
            token.c.digest == digest(secret), token.c.revoked_at.is_(None)
        )
    ).one_or_none()
    return None if row is None else Principal(name=row.name, role=row.role)
