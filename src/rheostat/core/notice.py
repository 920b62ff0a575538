"""What an observation adds to the record before anything is decided. Pure."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

from rheostat.core.restore_fault import RestoreFault, find_fault
from rheostat.core.witness import Facts, JobWord
from rheostat.model.event import Event, EventKind
from rheostat.model.observation import Looked, Observed, ProcessFact, ProcessState
from rheostat.model.run import Attempt, JobEnd, Stage, WitnessKind
from rheostat.model.snapshot import RestoreKind


def notice(
    attempt: Attempt, before: Observed, observed: Observed, facts: Facts, now: dt.datetime
) -> tuple[Attempt, tuple[Event, ...]]:
    """The attempt with its new instants, and the events that tell of them.

    `before` is what was last recorded of the attempt: what it knew already is no news.
    """
    changed, events = attempt, []

    def tell(code: str, **fields: object) -> None:
        events.append(
            Event(
                run_id=attempt.run_id,
                at=now,
                kind=EventKind.OBSERVATION,
                code=code,
                attempt=attempt.ordinal,
                fields=fields,
            )
        )

    if facts.job is JobWord.RUNNING:
        changed = replace(changed, last_seen_processing_at=observed.asked.look.ok_at or now)
        if attempt.running_at is None:
            changed = replace(changed, running_at=now)
            started = attempt.launched_at or attempt.created_at
            tell("tasks_running", since_launch_ms=round((now - started).total_seconds() * 1000))
            if attempt.restore.kind is not RestoreKind.EMPTY and observed.asked.restored_path:
                tell("restored", path=observed.asked.restored_path)
    for process in _newly_dead(before, observed) if attempt.stage is Stage.LAUNCHED else ():
        why = explain_end(process.last_words or "", process.exit_code)
        tell("taskmanager_ended", name=process.name, pid=process.pid, why=why)
    newest = _newest_checkpoint(observed, attempt)
    if newest is not None:
        changed = replace(changed, checkpoint_at=newest)
        if attempt.checkpoint_at is None:
            tell("first_checkpoint")
    return changed, tuple(events)


def _newest_checkpoint(observed: Observed, attempt: Attempt) -> dt.datetime | None:
    """When its newest checkpoint completed, if that is news."""
    if observed.asked.look.looked is not Looked.OK:
        return None
    completed = [fact.completed_at for fact in observed.asked.checkpoints if not fact.is_savepoint]
    newest = max(completed, default=None)
    if newest is None or (attempt.checkpoint_at is not None and newest <= attempt.checkpoint_at):
        return None
    return newest


def _newly_dead(before: Observed, observed: Observed) -> list[ProcessFact]:
    """TaskManagers that are dead now, and were not known to be."""
    known = {each.pid for each in before.watched.taskmanagers if each.state is ProcessState.DEAD}
    return [
        each
        for each in observed.watched.taskmanagers
        if each.state is ProcessState.DEAD and each.pid not in known
    ]


OUT_OF_MEMORY = re.compile(r"java\.lang\.OutOfMemoryError: ([^\n\r]{1,80})")
WORDS_LIMIT = 300


def explain_end(last_words: str, exit_code: int | None) -> str:
    """Why a process ended, as far as its last words and its exit code can say."""
    memory = OUT_OF_MEMORY.search(last_words)
    if memory is not None:
        return f"out of memory ({memory[1].strip()})"
    if exit_code is not None and exit_code < 0:
        return f"ended by signal {-exit_code} from outside"
    lines = [line.strip() for line in last_words.splitlines() if line.strip()]
    return lines[-1][:WORDS_LIMIT] if lines else "it left no word"


def count_losses(attempts: Sequence[Attempt], now: dt.datetime, window: dt.timedelta) -> int:
    """How many of the newest attempts in a row ended within `window` without a word from the engine.

    A restore that broke off, though nothing is wrong with the snapshot, is a loss, too.
    """
    lost = 0
    for attempt in reversed(attempts):
        fault = find_fault(attempt)
        if fault is RestoreFault.UNREADABLE:
            continue  # the snapshot's fault, not the engine's
        is_unsaid = attempt.outcome is None or fault is RestoreFault.INTERRUPTED
        is_lost = attempt.stage is Stage.GONE and is_unsaid
        if not is_lost or attempt.ended_at is None or now - attempt.ended_at > window:
            break
        lost += 1
    return lost


def count_failures(attempts: Sequence[Attempt], now: dt.datetime, window: dt.timedelta) -> int:
    """How many attempts whose job ran were called FAILED by Flink itself within `window`."""
    return sum(
        attempt.outcome is not None
        and attempt.outcome.status is JobEnd.FAILED
        and attempt.outcome.witness is WitnessKind.ENGINE
        and attempt.running_at is not None
        and attempt.ended_at is not None
        and now - attempt.ended_at <= window
        for attempt in attempts
    )
