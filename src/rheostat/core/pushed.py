"""Fold an agent's events into what is known by push. Pure; called once per new event, in order."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rheostat.model.observation import Look, Looked, Pushed
from rheostat.model.run import JobEnd, Outcome, WitnessKind

TEXT_LIMIT = 4_000
"""Longest text of an agent that is kept; the agent cuts at 2,000."""
BEATS_MISSED = 3
"""So many signs of life must be missing before the agent counts as silent."""
BEAT_LAST_MS = 600_000
SLACK = dt.timedelta(seconds=5)
"""What a sign of life may be late: the agent's time limits, and a busy machine."""
ALIVE = {"kind": "alive"}
"""What an empty batch stands for."""


def hear(pushed: Pushed, now: dt.datetime) -> Look:
    """The look at the agent as of now: failed once it has been silent for too long.

    An agent that gives no signs of life (an older one) is never called silent.
    """
    look = pushed.look
    if pushed.beat is None or look.ok_at is None or look.looked is not Looked.OK:
        return look
    silent_for = now - look.ok_at
    if silent_for <= BEATS_MISSED * pushed.beat + SLACK:
        return look
    why = f"no sign of life for {round(silent_for.total_seconds())} s"
    return replace(look, looked=Looked.FAILED, at=now, why=why)


def fold_push(
    before: Pushed, incarnation: str, body: Mapping[str, Any], now: dt.datetime
) -> Pushed:
    """Take in one event. Events of an incarnation that another `hello` has replaced change nothing.

    Within an incarnation an outcome is absorbing. An unknown kind counts as a sign of life: newer agents
    may speak to older servers.
    """
    is_hello = body.get("kind") == "hello"
    if before.incarnation not in (None, incarnation) and not is_hello:
        return before
    known = before if before.incarnation == incarnation else Pushed(incarnation=incarnation)
    alive = replace(known, look=Look(looked=Looked.OK, at=now, ok_at=now))
    match body.get("kind"):
        case "hello":
            return replace(alive, hello=True, beat=_beat(body.get("beat_ms")))
        case "waiting":
            return replace(alive, is_waiting=True)
        case "submitted":
            return replace(alive, submitted=True)
        case "status":
            return replace(
                alive,
                status=_text(body.get("new")),
                status_at=_instant(body.get("at")),
                cause=_text(body.get("cause")),
            )
        case "outcome":
            return replace(alive, outcome=alive.outcome or read_outcome(body, "pushed"))
        case _:
            return alive


def read_outcome(body: Mapping[str, Any], source: str) -> Outcome | None:
    """The outcome that an agent wrote or sent; None if it is none.

    Raises nothing: whatever is not as it should be is left out.
    """
    status = body.get("status")
    if status not in set(JobEnd):
        return None
    return Outcome(
        status=JobEnd(status),
        witness=WitnessKind.ENGINE,
        source=source,
        code=_text(body.get("code")),
        message=_text(body.get("message")),
        cause=_text(body.get("cause")),
        statement=_number(body.get("statement")),
        line=_number(body.get("line")),
        column=_number(body.get("column")),
    )


def _text(value: object) -> str | None:
    return value[:TEXT_LIMIT].replace("\x00", "�") if isinstance(value, str) else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _beat(value: object) -> dt.timedelta | None:
    number = _number(value)
    is_sane = number is not None and 0 < number <= BEAT_LAST_MS
    return dt.timedelta(milliseconds=number) if number is not None and is_sane else None


def _instant(value: object) -> dt.datetime | None:
    if not isinstance(value, str):
        return None
    try:
        at = dt.datetime.fromisoformat(value)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)
