"""Outcomes and restore points in words: what several commands say alike."""

from collections.abc import Iterator

from rheostat.cli.words import render_age, render_duration
from rheostat.wire.plan import RestoreView
from rheostat.wire.run import OutcomeView

_WITNESSES = {"engine": "the engine", "ours": "Rheostat", "person": "a person"}


def render_restore(restore: RestoreView) -> str:
    """Say what a start begins from, how old that is, what is processed again, and why this one."""
    if restore.kind == "empty":
        return f"empty state: {restore.reason}"
    parts = [restore.kind if restore.path is None else f"{restore.kind} {restore.path}"]
    if restore.age_s is not None:
        parts.append(f"made {render_age(restore.age_s)}")
    if restore.rewind_s is not None:
        parts.append(f"reads {render_duration(restore.rewind_s)} again")
    return f"{', '.join(parts)}: {restore.reason}"


def render_outcome(outcome: OutcomeView) -> Iterator[tuple[str, str | None]]:
    """Yield what is known about an end, as names and values; None where nothing is."""
    yield "outcome", f"{outcome.status}, witness: {_WITNESSES[outcome.witness]} ({outcome.source})"
    yield "statement", _number(outcome.statement)
    yield "line", _number(outcome.line)
    yield "column", _number(outcome.column)
    yield "message", outcome.message
    yield "cause", outcome.cause


def _number(number: int | None) -> str | None:
    return None if number is None else str(number)
