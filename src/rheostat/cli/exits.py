"""Which exit status an error ends with. The table is part of the contract: scripts rely on it."""

from collections.abc import Mapping

from rheostat.errors import RheostatError

OK, FAILED, USAGE, INVALID, NOT_FOUND, REFUSED = 0, 1, 2, 3, 4, 5
UNAUTHORIZED, TRANSIENT, PERMANENT, TIMEOUT = 6, 7, 8, 9
BROKEN = 70
"""EX_SOFTWARE of sysexits.h."""
INTERRUPTED = 130
"""What shells report for SIGINT: 128 + 2."""

MEANING: Mapping[int, str] = {
    OK: "done; with --wait: it is where it should be",
    FAILED: "the job failed, or is held and waits for a person",
    USAGE: "wrong usage: an option or argument",
    INVALID: "the request is not valid",
    NOT_FOUND: "not found",
    REFUSED: "refused in the present state, or changed meanwhile",
    UNAUTHORIZED: "no valid token, or not allowed with it",
    TRANSIENT: "it may work later: no answer, or busy",
    PERMANENT: "something is missing or broken; a person must act",
    TIMEOUT: "the time of --wait is over",
    BROKEN: "a bug of Rheostat",
    INTERRUPTED: "interrupted, or answered with no",
}

BY_CODE: Mapping[str, int] = {
    "error": BROKEN,
    "refused": REFUSED,
    "invalid": INVALID,
    "not_a_jar": INVALID,
    "jar_unsafe": INVALID,
    "unauthenticated": UNAUTHORIZED,
    "forbidden": UNAUTHORIZED,
    "not_found": NOT_FOUND,
    "conflict": REFUSED,
    "stale": REFUSED,
    "gone": REFUSED,
    "too_large": INVALID,
    "transient": TRANSIENT,
    "cannot_look": TRANSIENT,
    "busy": TRANSIENT,
    "permanent": PERMANENT,
    "missing": PERMANENT,
    "unusable": PERMANENT,
    "bad_metadata": PERMANENT,
    "artifact_gone": PERMANENT,
    "broken": BROKEN,
    "lost_lease": BROKEN,
}
"""Every code of `errors.py`; a test holds it complete."""


def find_exit(err: RheostatError) -> int:
    """Look up the exit status of an error."""
    return BY_CODE.get(err.code, BROKEN)


def render_table() -> str:
    """Render the meanings as lines, for the root's help."""
    return "\n".join(f"  {status:>3}  {meaning}" for status, meaning in MEANING.items())
