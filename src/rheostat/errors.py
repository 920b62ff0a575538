"""Every error that Rheostat raises on purpose.

The tree says what the caller should do::

    RheostatError
    ├── Refused            ask differently
    │   ├── Invalid            the request itself is wrong; `problems` says where
    │   │   ├── NotAJar            an upload that is no JAR that can be read
    │   │   └── JarUnsafe          an upload that may do harm when it is unpacked
    │   ├── Unauthenticated    no token, or none that we know
    │   ├── Forbidden          the token's role does not allow it
    │   ├── NotFound           no such thing, or not yours
    │   ├── Conflict           the thing's present state does not allow it
    │   ├── Stale              it changed meanwhile: read again
    │   ├── Gone               an attempt that has ended may not speak any more
    │   └── TooLarge           more bytes than this edge takes
    ├── Transient          ask again, later
    │   ├── CannotLook         a place could not be asked; nothing is known about it
    │   └── Busy               no room now
    ├── Permanent          a person must act
    │   ├── Missing            something that must be installed is not
    │   └── Unusable           a thing is there, and broken
    │       ├── BadMetadata        a snapshot's `_metadata` that cannot be trusted
    │       └── ArtifactGone       a version's JAR is not there any more, or is another
    └── Broken             our bug
        └── LostLease          another server leads now; drop what was begun

`api/problem.py` maps codes to HTTP, `cli/exits.py` to exit status. The SDK raises these very classes.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One fault of a request. `where` is a field path or `line:column`."""

    where: str
    message: str


class RheostatError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"

    def __init__(
        self,
        message: str = "",
        *,
        hint: str | None = None,
        problems: tuple[FieldProblem, ...] = (),
    ) -> None:
        self.message = message or (type(self).__doc__ or "").strip()
        self.hint = hint
        self.problems = problems
        super().__init__(self.message)


class Refused(RheostatError):
    """The request was refused."""

    code = "refused"


class Invalid(Refused):
    """The request is not valid."""

    code = "invalid"


class NotAJar(Invalid):
    """This is not a JAR that can be read."""

    code = "not_a_jar"


class JarUnsafe(Invalid):
    """This JAR may do harm when it is unpacked."""

    code = "jar_unsafe"


class Unauthenticated(Refused):
    """A valid token is needed."""

    code = "unauthenticated"


class Forbidden(Refused):
    """This token may not do that."""

    code = "forbidden"


class NotFound(Refused):
    """Not found, or not yours."""

    code = "not_found"


class Conflict(Refused):
    """The present state does not allow this."""

    code = "conflict"


class Stale(Refused):
    """It was changed meanwhile."""

    code = "stale"


class Gone(Refused):
    """This attempt has ended."""

    code = "gone"


class TooLarge(Refused):
    """The request is too large."""

    code = "too_large"


class Transient(RheostatError):
    """It may work later."""

    code = "transient"


class CannotLook(Transient):
    """It could not be asked, so nothing is known."""

    code = "cannot_look"


class Busy(Transient):
    """There is no room now."""

    code = "busy"


class Permanent(RheostatError):
    """A person must act."""

    code = "permanent"


class Missing(Permanent):
    """Something that is needed is not installed."""

    code = "missing"


class Unusable(Permanent):
    """It is there, and broken."""

    code = "unusable"


class BadMetadata(Unusable):
    """This is no `_metadata` file that can be trusted."""

    code = "bad_metadata"

    def __init__(
        self,
        message: str = "",
        *,
        offset: int | None = None,
        hint: str | None = None,
        problems: tuple[FieldProblem, ...] = (),
    ) -> None:
        """Say what is wrong; `offset` counts bytes from the beginning of the file."""
        at = "" if offset is None else f" (at byte {offset})"
        super().__init__(f"{message}{at}", hint=hint, problems=problems)
        self.offset = offset or 0


class ArtifactGone(Unusable):
    """The JAR is not there any more, or is another one."""

    code = "artifact_gone"


class Broken(RheostatError):
    """This is a bug of Rheostat."""

    code = "broken"


class LostLease(Broken):
    """Another server leads now."""

    code = "lost_lease"
