"""Bodies about API tokens. The secret leaves once, when the token is made."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from rheostat.wire.common import Instant, Name

RoleWord = Literal["viewer", "operator", "editor", "admin"]
ShownRoleWord = Literal["viewer", "operator", "editor", "admin", "unknown"]


class TokenBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new token. viewer: reads; operator: also starts and stops; editor: also changes jobs; admin: all."""

    name: Name
    role: RoleWord
    expires_in_days: (
        Annotated[int, Meta(ge=1, le=3650, description="Default: it does not expire.")] | None
    ) = None


class TokenView(Struct, frozen=True, kw_only=True):
    """A token, without its secret."""

    id: str
    name: str
    role: ShownRoleWord
    """`unknown`: a role of another release. Such a token opens nothing."""
    created_at: Instant
    created_by: str | None
    expires_at: Instant | None
    used_at: Instant | None
    """When it was last used, to the minute; null: never."""
    revoked_at: Instant | None
    is_yours: bool
    """The request came with it, or with a session that was begun with it."""


class NewTokenView(Struct, frozen=True, kw_only=True):
    """A token that was just made, and its secret: it is shown this once."""

    token: TokenView
    secret: str
