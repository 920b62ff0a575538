"""Bodies about JARs that were uploaded."""

from msgspec import Struct

from rheostat.wire.common import Instant

LIMIT_BYTES = 512 * 1024 * 1024
"""Of one JAR."""


class ArtifactView(Struct, frozen=True, kw_only=True):
    """A JAR of a project."""

    digest: str
    """SHA-256 in hex: its name."""
    name: str
    size_bytes: int
    main: str | None
    """The manifest's `Main-Class`; null when it names none."""
    created_at: Instant
    created_by: str
