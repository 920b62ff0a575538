"""Join three looks into one observation, and say where two sources cannot both be right. Pure.

Called by the control loop after each look. Between sources only stamps of one JobManager's clock are
compared; a source whose last look failed contradicts nobody.
"""

import datetime as dt
from dataclasses import replace

from rheostat.core.pushed import hear
from rheostat.model.observation import (
    Asked,
    Inspected,
    Look,
    Looked,
    Observed,
    ProcessState,
    Pushed,
    Watched,
)
from rheostat.model.phase import Reason

TROUBLED = frozenset({"RESTARTING", "FAILING", "CANCELLING"})
"""Flink's words for a job whose tasks do not all run."""


def join(before: Observed, asked: Asked, watched: Watched, now: dt.datetime) -> Observed:
    """What is seen now; what could not be seen keeps its last value, marked as failed."""
    joined = Observed(
        pushed=replace(before.pushed, look=hear(before.pushed, now)),
        asked=_carry_asked(before.asked, asked),
        watched=_carry_watched(before.watched, watched),
    )
    if find_disagreement(joined) is None:
        return joined
    return replace(joined, disagree_since=before.disagree_since or now)


def _carry_asked(before: Asked, now: Asked) -> Asked:
    if now.look.looked is Looked.OK:
        return replace(now, inspected=now.inspected or before.inspected)
    return replace(before, look=replace(now.look, ok_at=before.look.ok_at), operation=None)


def _carry_watched(before: Watched, now: Watched) -> Watched:
    if now.look.looked is Looked.OK:
        return now
    return replace(before, look=replace(now.look, ok_at=before.look.ok_at))


def find_disagreement(observed: Observed) -> Reason | None:
    """Two sources, looked at with success, that cannot both be right; None while they can."""
    pushed, asked, watched = observed.pushed, observed.asked, observed.watched
    if not _is_ok(asked.look):
        return None
    if asked.status is None:
        return _no_such_job(pushed)
    if _is_newer(pushed, asked) and (pushed.status in TROUBLED) != (asked.status in TROUBLED):
        return _disagree(f"pushed: {pushed.status}", f"asked: {asked.status}")
    running = asked.tasks.get("running", 0)
    processes = watched.taskmanagers
    if running and processes and _is_ok(watched.look):
        alive = sum(process.state is ProcessState.ALIVE for process in processes)
        if alive == 0:
            return _disagree(f"asked: {running} tasks run", "watched: no TaskManager is alive")
    return None


def _no_such_job(pushed: Pushed) -> Reason | None:
    """The agent has seen its job; whoever answers for the JobManager does not know it.

    However old the push is: a JobManager forgets no job before it ends.
    """
    if pushed.outcome is not None or pushed.status is None:
        return None
    return _disagree(f"pushed: {pushed.status}", "asked: no such job")


def _is_newer(pushed: Pushed, asked: Asked) -> bool:
    """The push tells of something that happened after all that the answer knows of."""
    if pushed.status is None or pushed.status_at is None or asked.modified_at is None:
        return False
    return _may_contradict(pushed) and pushed.status_at > asked.modified_at


def _may_contradict(pushed: Pushed) -> bool:
    """An agent that gives no signs of life may have been cut off long ago."""
    return pushed.beat is not None and _is_ok(pushed.look)


def _is_ok(look: Look) -> bool:
    return look.looked is Looked.OK


def _disagree(one: str, other: str) -> Reason:
    return Reason("sources_disagree", {"one": one, "other": other})


def needs_inspection(observed: Observed) -> bool:
    """Whether the running job is to be looked at closely: not yet done, or rescaled since."""
    asked = observed.asked
    if asked.look.looked is not Looked.OK or asked.status != "RUNNING":
        return False
    total = asked.tasks.get("total", 0)
    is_whole = 0 < total <= asked.tasks.get("running", 0) + asked.tasks.get("finished", 0)
    return is_whole and not _is_fresh(asked.inspected, total)


def _is_fresh(inspected: Inspected | None, total: int) -> bool:
    return inspected is not None and inspected.tasks_total == total
