"""Errors as RFC 9457 problems. One table from code to status; nothing internal leaves."""

from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from rheostat.errors import Broken, Invalid, RheostatError
from rheostat.wire.common import Problem, ProblemField

log = structlog.stdlib.get_logger("rheostat.api")

STATUS: dict[str, int] = {
    "error": 500,
    "refused": 400,
    "invalid": 422,
    "not_a_jar": 422,
    "jar_unsafe": 422,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "stale": 412,
    "gone": 410,
    "too_large": 413,
    "transient": 503,
    "cannot_look": 503,
    "busy": 503,
    "permanent": 409,
    "missing": 409,
    "unusable": 409,
    "bad_metadata": 409,
    "artifact_gone": 409,
    "broken": 500,
    "lost_lease": 503,
}
"""A test holds this table against the tree in `errors.py`."""

HTTP_CODES = {
    400: "invalid",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "refused",
    409: "conflict",
    412: "stale",
    413: "too_large",
    415: "refused",
}


SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""On every answer; Litestar leaves its `response_headers` away where an exception is answered."""


def on_own(_: Request[Any, Any, Any], err: RheostatError) -> Response[bytes]:
    """An error that we raised on purpose."""
    status = STATUS.get(err.code, 500)
    if status >= 500 and isinstance(err, Broken):
        log.error("request broke", code=err.code, message=err.message)
    challenge = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return answer(
        headers=challenge,
        problem=Problem(
            type=f"urn:rheostat:problem:{err.code}",
            title=(type(err).__doc__ or err.code).strip().splitlines()[0],
            status=status,
            code=err.code,
            detail=err.message,
            hint=err.hint,
            errors=[ProblemField(where=each.where, message=each.message) for each in err.problems],
        ),
    )


def on_invalid(_: Request[Any, Any, Any], err: ValidationException) -> Response[bytes]:
    """A body, path or query that does not have its shape."""
    found = err.extra if isinstance(err.extra, list) else []
    return answer(
        Problem(
            type="urn:rheostat:problem:invalid",
            title="The request is not valid.",
            status=STATUS[Invalid.code],
            code=Invalid.code,
            detail=None if found else err.detail,
            errors=[
                _field(str(each.get("key", "")), str(each.get("message", "")))
                for each in found
                if isinstance(each, dict)
            ],
        )
    )


def _field(key: str, message: str) -> ProblemField:
    """One fault in people's words: Litestar calls a body `data`, and a missing one `'data'`."""
    if key != "data":
        return ProblemField(where=key, message=message)
    return ProblemField(
        where="body", message="a JSON body is needed" if message == "'data'" else message
    )


def on_http(_: Request[Any, Any, Any], err: HTTPException) -> Response[bytes]:
    """Litestar's own: no such route, wrong method, malformed JSON, too large."""
    code = HTTP_CODES.get(err.status_code, "broken" if err.status_code >= 500 else "refused")
    return answer(
        Problem(
            type=f"urn:rheostat:problem:{code}",
            title=err.detail,
            status=err.status_code,
            code=code,
            detail=err.detail,
        ),
        headers=dict(err.headers or {}),
    )


def on_unreadable(_: Request[Any, Any, Any], err: Exception) -> Response[bytes]:
    """Bytes that msgspec cannot read: text that is not UTF-8, or a body nested too deeply."""
    return answer(
        Problem(
            type="urn:rheostat:problem:invalid",
            title="The request is not valid.",
            status=400,
            code=Invalid.code,
            detail=f"the body cannot be read: {type(err).__name__}",
        )
    )


def on_any(request: Request[Any, Any, Any], err: Exception) -> Response[bytes]:
    """A bug: its trace goes to the log, and only there."""
    log.error("request broke", path=request.url.path, exc_info=err)
    return answer(
        Problem(
            type="urn:rheostat:problem:broken",
            title="This is a bug of Rheostat.",
            status=500,
            code=Broken.code,
            detail="the server's log has the trace",
        )
    )


def answer(problem: Problem, headers: dict[str, str] | None = None) -> Response[bytes]:
    """As `application/problem+json`."""
    return Response(
        msgspec.json.encode(problem),
        status_code=problem.status,
        media_type="application/problem+json",
        headers=SECURITY_HEADERS | (headers or {}),
    )
