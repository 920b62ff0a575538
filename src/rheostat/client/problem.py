"""From an answer that is no success to the very error class that the server raised."""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec

from rheostat import errors
from rheostat.errors import Broken, FieldProblem, Refused, RheostatError, Transient
from rheostat.wire.common import Problem

BY_CODE: Mapping[str, type[RheostatError]] = {
    kind.code: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, RheostatError)
}
"""Every class of the tree in `errors.py`, by its stable code."""

_AGAIN = frozenset({408, 425, 429, 502, 503, 504})
"""Statuses that say "not now" (RFC 9110 §15, RFC 6585); gateways in front of us send them."""


def parse_problem(status: int, body: bytes) -> RheostatError:
    """Read a problem body (RFC 9457); anything else, of a gateway say, is judged by its status."""
    try:
        problem = msgspec.json.decode(body, type=Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _by_status(status)(f"The server answered {status} {_phrase(status)}.")
    kind = BY_CODE.get(problem.code) or _by_status(status)
    return kind(
        problem.detail or problem.title,
        hint=problem.hint,
        problems=tuple(FieldProblem(fault.where, fault.message) for fault in problem.errors),
    )


def _by_status(status: int) -> type[RheostatError]:
    if status in _AGAIN:
        return Transient
    return Refused if status < HTTPStatus.INTERNAL_SERVER_ERROR else Broken


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "(unknown status)"
