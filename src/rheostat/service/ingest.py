"""Take in what agents push: once each, only about the attempt that the token is for."""

import datetime as dt
import hmac
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from rheostat.core.pushed import ALIVE, fold_push
from rheostat.errors import FieldProblem, Gone, Invalid, Unauthenticated
from rheostat.model.event import Event, EventKind
from rheostat.model.ids import AttemptId, RunId
from rheostat.model.run import Attempt, Stage
from rheostat.store import attempt as attempts
from rheostat.store.event import append_events, keep_pushes
from rheostat.wire.ingest import Acknowledged, AgentEvents

TOLD = frozenset(
    {"hello", "compiled", "submitted", "status", "waiting", "failed", "outcome", "bye"}
)
"""Kinds that become lines of the run's history."""
FIELD_LIMIT = 20_000  # a thread dump has up to 16 KB


def check_token(expected: str, given: str) -> None:
    """Compare in constant time; `Unauthenticated` if it is not this attempt's token."""
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise Unauthenticated("this is not the attempt's token")


def take_in(
    conn: sa.Connection, body: AgentEvents, now: dt.datetime
) -> tuple[Acknowledged, RunId | None]:
    """Keep what is new, fold it, tell of it. Replayed and reordered events change nothing twice.

    An empty batch is a sign of life. The run is named only where there is news.

    Raises:
        Gone: the attempt has ended, or was never there: the agent falls silent.
        Invalid: an event without a sequence number or kind.
    """
    pushes = [_read(event, index) for index, event in enumerate(body.events)]
    attempt = attempts.find_attempt(conn, AttemptId(body.attempt))
    if attempt is None or attempt.stage is Stage.GONE:
        raise Gone
    attempts.lock_evidence(conn, attempt.id)
    new = keep_pushes(conn, attempt.id, body.incarnation, pushes, now)
    pushed = attempts.load_observed(conn, attempt.id).pushed
    heard = [each["body"] for each in new] if pushes else [ALIVE]
    for one in heard:
        pushed = fold_push(pushed, body.incarnation, one, now)
    if heard:
        attempts.save_pushed(conn, attempt.id, pushed)
    append_events(conn, [_event(attempt, one, now) for one in new if one["kind"] in TOLD])
    last = max((int(one["seq"]) for one in pushes), default=0)
    return Acknowledged(acknowledged=last), attempt.run_id if new else None


def _read(event: Mapping[str, Any], index: int) -> dict[str, Any]:
    seq, kind, at = event.get("seq"), event.get("kind"), event.get("at")
    if isinstance(seq, bool) or not isinstance(seq, int) or not 0 < seq < 2**53:
        raise Invalid(problems=(FieldProblem(f"events[{index}].seq", "must be a number from 1"),))
    if not isinstance(kind, str) or not kind.isidentifier() or len(kind) > 40:
        raise Invalid(problems=(FieldProblem(f"events[{index}].kind", "must be a word"),))
    stamped = _instant(at)
    if stamped is None:
        raise Invalid(problems=(FieldProblem(f"events[{index}].at", "must be an instant"),))
    return {"seq": seq, "kind": kind, "at": stamped, "body": _clean(event)}


def _instant(value: object) -> dt.datetime | None:
    """In UTC; None for what is no instant, or none that both databases can keep."""
    if not isinstance(value, str):
        return None
    try:
        at = dt.datetime.fromisoformat(value)
        return at.astimezone(dt.UTC) if at.tzinfo and 1900 < at.year < 9999 else None
    except ValueError:
        return None


def _clean(event: Mapping[str, Any]) -> dict[str, Any]:
    """Texts cut and without NUL, which PostgreSQL cannot keep."""
    return {
        str(key)[:80].replace("\x00", "�"): value[:FIELD_LIMIT].replace("\x00", "�")
        if isinstance(value, str)
        else value
        for key, value in event.items()
        if isinstance(value, str | int | float | bool) or value is None
    }


def _event(attempt: Attempt, push: Mapping[str, Any], now: dt.datetime) -> Event:
    body: Mapping[str, Any] = push["body"]
    fields = {key: value for key, value in body.items() if key not in ("seq", "kind", "at")}
    return Event(
        run_id=attempt.run_id,
        at=now,
        kind=EventKind.OBSERVATION,
        code=str(push["kind"]),
        attempt=attempt.ordinal,
        duration_ms=_duration_ms(body.get("ms")),
        fields=fields,
    )


def _duration_ms(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) >= 2**53:
        return None
    return float(value)
