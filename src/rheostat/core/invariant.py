"""Check a run's whole history against the invariants of `docs/lifecycle.md`.

The last line of every test that moves a job. Pure: rows in, violations out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rheostat.core.moves import is_legal
from rheostat.core.restore import position
from rheostat.model.event import Event, EventKind
from rheostat.model.phase import Phase
from rheostat.model.run import Attempt, JobEnd, Run, Stage, WitnessKind
from rheostat.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that is recorded of one run."""

    run: Run
    attempts: Sequence[Attempt]
    events: Sequence[Event]
    snapshots: Sequence[Snapshot] = ()
    leftovers: Sequence[str] = ()
    """What a look at the target found of this run: processes and folders."""


def find_violations(history: History) -> list[str]:
    """Every broken invariant, in words; empty when all hold."""
    return [
        *_moves(history),
        *_one_engine(history),
        *_terminal(history),
        *_write_ahead(history.events),
        *_never_back(history),
        *_never_younger(history),
    ]


def _moves(history: History) -> Iterable[str]:
    phase = Phase.QUEUED
    for event in history.events:
        if event.code != "phase_changed":
            continue
        before, after = Phase(str(event.fields["before"])), Phase(str(event.fields["after"]))
        if before is not phase:
            yield f"event {event.id}: leaves {before}, but the run was {phase}"
        if not is_legal(before, after):
            yield f"event {event.id}: illegal move {before} → {after}"
        if not event.fields.get("reason"):
            yield f"event {event.id}: a move without a reason"
        phase = after
    if phase is not history.run.phase:
        yield f"the events end in {phase}, the run is {history.run.phase}"


def _one_engine(history: History) -> Iterable[str]:
    ordinals = [attempt.ordinal for attempt in history.attempts]
    if ordinals != sorted(set(ordinals)):
        yield f"attempt ordinals are not distinct and rising: {ordinals}"
    for attempt, later in zip(history.attempts, history.attempts[1:], strict=False):
        if attempt.stage is not Stage.GONE:
            yield f"attempt {attempt.ordinal} is {attempt.stage} while {later.ordinal} exists"
        elif attempt.ended_at is None or attempt.ended_at > later.created_at:
            yield f"attempt {later.ordinal} was written before {attempt.ordinal} was proven gone"


def _terminal(history: History) -> Iterable[str]:
    run = history.run
    if not run.phase.is_terminal:
        return
    if run.outcome is None:
        yield f"{run.phase} without a witness"
    elif run.phase is Phase.FINISHED and run.outcome.witness is not WitnessKind.ENGINE:
        yield f"finished, but the witness is {run.outcome.witness}"
    elif run.phase is Phase.FAILED and run.outcome.status is not JobEnd.FAILED:
        yield f"failed, but the outcome is {run.outcome.status}"
    for attempt in history.attempts:
        if attempt.stage is not Stage.GONE:
            yield f"{run.phase}, but attempt {attempt.ordinal} is {attempt.stage}"
    for leftover in history.leftovers:
        yield f"{run.phase}, but {leftover} is left"


def _write_ahead(events: Sequence[Event]) -> Iterable[str]:
    begun: set[tuple[object, object]] = set()
    for event in events:
        if event.kind is not EventKind.ACTION:
            continue
        key = (event.attempt, event.fields.get("action"))
        if event.code == "action_begun":
            begun.add(key)
        elif key not in begun and (None, key[1]) not in begun:
            yield f"event {event.id}: {key[1]} ended without a line before it"


def _never_back(history: History) -> Iterable[str]:
    """Within a branch the restored position never goes back, except past a snapshot proven broken."""
    known = {snapshot.id: snapshot for snapshot in history.snapshots}
    newest: tuple[int, int] | None = None
    for attempt in history.attempts:
        snapshot = known.get(attempt.restore.snapshot_id) if attempt.restore.snapshot_id else None
        if snapshot is None or snapshot.run_id != history.run.id:
            if newest is not None:
                yield f"attempt {attempt.ordinal} went back to the branch's base"
            continue
        here = position(snapshot)
        if newest is not None and here < newest:
            yield f"attempt {attempt.ordinal} went back from {newest} to {here}"
        if not snapshot.fault:
            newest = max(newest or here, here)


def _never_younger(history: History) -> Iterable[str]:
    """Nothing is shown as younger than the line that tells of it, and nothing as seen after its end."""
    run, told = history.run, [event for event in history.events if event.code == "phase_changed"]
    if told and run.since > told[-1].at:
        yield f"{run.phase} is shown as younger than its event {told[-1].id}"
    at = {(event.attempt, event.code): event.at for event in reversed(history.events)}
    for attempt in history.attempts:
        for name, code in (("running_at", "tasks_running"), ("checkpoint_at", "first_checkpoint")):
            seen, line = getattr(attempt, name), at.get((attempt.ordinal, code))
            if seen is not None and line is None:
                yield f"attempt {attempt.ordinal} has {name} without the event {code}"
        running = at.get((attempt.ordinal, "tasks_running"))
        if attempt.running_at and running and attempt.running_at > running:
            yield f"attempt {attempt.ordinal} is shown as running for less long than it is"
        seen = attempt.last_seen_processing_at
        if attempt.ended_at is not None and seen is not None and seen > attempt.ended_at:
            yield f"attempt {attempt.ordinal} was seen processing after it was proven gone"
    recorded = {str(event.fields.get("path")): event.at for event in history.events
                if event.code == "snapshot_recorded"}  # fmt: skip
    for snapshot in history.snapshots:
        line = recorded.get(snapshot.path)
        if line is not None and snapshot.completed_at > line:
            yield f"{snapshot.path} is shown as younger than the line that tells of it"
