"""Who may do what."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a token allows; each role includes the one before it."""

    VIEWER = "viewer"
    """Reads."""
    OPERATOR = "operator"
    """Starts and stops what is released."""
    EDITOR = "editor"
    """Changes and releases jobs."""
    ADMIN = "admin"
    """Makes and revokes tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An API token, without its secret."""

    id: str
    name: str
    role: Role | None
    """None: a role of another release. Such a token opens nothing."""
    created_at: dt.datetime
    created_by: str | None = None
    expires_at: dt.datetime | None = None
    used_at: dt.datetime | None = None
    """To the minute."""
    revoked_at: dt.datetime | None = None

    def is_valid(self, now: dt.datetime) -> bool:
        """Whether it opens anything."""
        is_over = self.expires_at is not None and self.expires_at <= now
        return self.revoked_at is None and not is_over

    def outlives(self, other: "Token") -> bool:
        """Whether it lasts at least as long, if nobody revokes it."""
        if self.expires_at is None:
            return True
        return other.expires_at is not None and self.expires_at >= other.expires_at
