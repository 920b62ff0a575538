"""From observations to facts: what is true of an attempt, and who says so (`docs/lifecycle.md`).

Called by `decide` and by the status page. Pure and total: any observation yields facts. A failed look
never yields more than "unseen".
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from rheostat.core.agreement import TROUBLED, find_disagreement
from rheostat.model.job import Mode
from rheostat.model.observation import (
    Asked,
    Looked,
    Observed,
    PermitState,
    ProcessState,
    Pushed,
    Watched,
)
from rheostat.model.phase import Reason
from rheostat.model.run import JobEnd, Outcome, WitnessKind

ENDED = {word.value: word for word in JobEnd}
STARTING = frozenset({"INITIALIZING", "CREATED", "RECONCILING"})
FAILING = frozenset({"FAILING", "CANCELLING"})
PROCESSING = ("running", "finished")


class EngineWord(StrEnum):
    """Whether there is a JobManager of this attempt."""

    ABSENT = "absent"
    """None was ever seen."""
    GONE = "gone"
    """There was one; a look that succeeded finds it dead."""
    COMING = "coming"
    UP = "up"
    UNSEEN = "unseen"
    """No look succeeded: nothing is known."""


class JobWord(StrEnum):
    """What the Flink job does."""

    UNSEEN = "unseen"
    NONE = "none"
    STARTING = "starting"
    RUNNING = "running"
    PARTIAL = "partial"
    RESTARTING = "restarting"
    FAILING = "failing"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is true of one attempt, as far as anyone can say."""

    engine: EngineWord
    job: JobWord
    ended: Outcome | None = None
    """The engine's own word on how the job ended; set if and only if `job` is `ended`."""
    tasks_processing: int = 0
    tasks_total: int = 0
    lost_taskmanagers: tuple[str, ...] = ()
    cause: str | None = None
    silent_since: dt.datetime | None = None
    """Since when the JobManager has not answered; None while it answers, or before it was up."""
    silent_why: str | None = None
    disagreement: Reason | None = None
    """Two sources cannot both be right."""
    disagree_since: dt.datetime | None = None


def draw_facts(observed: Observed, mode: Mode, *, was_running: bool) -> Facts:
    """Weigh the three sources. `was_running`: this attempt's job has been seen running before."""
    ended = find_end(observed)
    asked = observed.asked
    return Facts(
        engine=_engine(observed),
        job=JobWord.ENDED if ended else _job(observed, mode, was_running=was_running),
        ended=ended,
        tasks_processing=_processing(asked),
        tasks_total=asked.tasks.get("total", 0),
        lost_taskmanagers=tuple(
            process.name
            for process in observed.watched.taskmanagers
            if process.state is not ProcessState.ALIVE
        ),
        cause=asked.cause or observed.pushed.cause,
        silent_since=asked.look.ok_at if asked.look.looked is Looked.FAILED else None,
        silent_why=asked.look.why,
        disagreement=find_disagreement(observed),
        disagree_since=observed.disagree_since,
    )


def find_end(observed: Observed) -> Outcome | None:
    """The engine's word on how the job ended, from the first source that has one, or None.

    An outcome with a cause and a position (agent, outcome file) beats a bare status word.
    """
    pushed, asked, watched = observed.pushed, observed.asked, observed.watched
    if pushed.outcome or watched.outcome:
        return pushed.outcome or watched.outcome
    if asked.look.looked is Looked.OK and asked.status in ENDED:
        return _outcome(ENDED[asked.status], "asked", asked.cause)
    if pushed.status in ENDED:
        return _outcome(ENDED[pushed.status], "pushed", pushed.cause)
    return None


def _outcome(status: JobEnd, source: str, cause: str | None) -> Outcome:
    return Outcome(status=status, witness=WitnessKind.ENGINE, source=source, cause=cause)


def _engine(observed: Observed) -> EngineWord:
    watched = observed.watched
    answered = observed.pushed.hello or observed.asked.look.ok_at is not None
    if watched.look.looked is not Looked.OK:
        is_answering = observed.asked.look.looked is Looked.OK and observed.asked.status is not None
        return EngineWord.UP if is_answering else EngineWord.UNSEEN
    match watched.jobmanager.state:
        case ProcessState.ALIVE:
            return EngineWord.UP if answered else EngineWord.COMING
        case ProcessState.DEAD:
            return EngineWord.GONE
        case ProcessState.ABSENT:
            return _absent(watched)


def _absent(watched: Watched) -> EngineWord:
    is_spent = watched.refused or watched.permit in (PermitState.CLAIMED, PermitState.REVOKED)
    return EngineWord.GONE if is_spent else EngineWord.ABSENT


def _job(observed: Observed, mode: Mode, *, was_running: bool) -> JobWord:
    asked, pushed = observed.asked, observed.pushed
    if asked.look.looked is not Looked.OK:
        return _job_by_push(pushed, was_running=was_running)
    if asked.status is None:
        if was_running:
            return JobWord.UNSEEN
        return JobWord.STARTING if pushed.submitted else JobWord.NONE
    if asked.status == "RUNNING":
        if pushed.status in TROUBLED and find_disagreement(observed) is not None:
            return _job_by_push(pushed, was_running=was_running)  # the more cautious of the two
        return _running(asked, mode, was_running=was_running)
    if asked.status in STARTING:
        return JobWord.STARTING
    if asked.status in FAILING:
        return JobWord.FAILING
    return JobWord.RESTARTING if asked.status == "RESTARTING" else JobWord.UNSEEN


def _job_by_push(pushed: Pushed, *, was_running: bool) -> JobWord:
    """Without an answer from the JobManager: the agent's last word, read with care.

    Flink's `CREATED → RUNNING` means scheduled, not that tasks run (measured on 2.3.0), so a push alone
    makes no job running that was not seen running before.
    """
    if pushed.status == "RESTARTING":
        return JobWord.RESTARTING
    if pushed.status in FAILING:
        return JobWord.FAILING
    if was_running:
        return JobWord.UNSEEN
    return JobWord.STARTING if pushed.status or pushed.submitted else JobWord.NONE


def _running(asked: Asked, mode: Mode, *, was_running: bool) -> JobWord:
    processing, total = _processing(asked), asked.tasks.get("total", 0)
    enough = processing > 0 if mode is Mode.BATCH else 0 < total <= processing
    if enough:
        return JobWord.RUNNING
    return JobWord.PARTIAL if was_running else JobWord.STARTING


def _processing(asked: Asked) -> int:
    return sum(asked.tasks.get(state, 0) for state in PROCESSING)
