"""Look at one attempt through all three sources. Never raises: a failed look is an answer."""

import asyncio
from dataclasses import replace

from rheostat import clock
from rheostat.control.load import Loaded
from rheostat.control.world import World
from rheostat.core.agreement import join, needs_inspection
from rheostat.core.witness import ENDED
from rheostat.errors import CannotLook
from rheostat.model.observation import Asked, Look, Looked, Observed, ProcessState, Watched
from rheostat.model.run import Attempt, OperationState, Stage

LAST_WORD_S = 10.0
"""The agent writes its outcome within 0.1 s of the job's end on a quiet machine; 3 s seem too short on a busy one."""

LOOKED_AT = (Stage.LAUNCHING, Stage.LAUNCHED, Stage.ENDING)


async def observe(world: World, loaded: Loaded) -> Observed:
    """What is seen now; what could not be seen keeps its last value, marked as failed."""
    attempt, before = loaded.recorded.attempt, loaded.before
    if attempt is None or attempt.stage not in LOOKED_AT:
        return before
    watched = await world.engines.watch(attempt.id)
    asked = await _ask(world, loaded, attempt, watched)
    if asked.status in ENDED and before.pushed.hello and before.pushed.outcome is None:
        watched = await _last_word(world, attempt, watched)
    observed = join(before, asked, watched, clock.now())
    if not needs_inspection(observed):
        return observed
    try:
        inspected = await world.jobmanagers.inspect(
            rest_url(attempt), attempt.flink_job_id, observed.asked
        )
    except CannotLook:
        return observed  # the next look asks again
    return replace(observed, asked=replace(observed.asked, inspected=inspected))


async def _last_word(world: World, attempt: Attempt, watched: Watched) -> Watched:
    """Look again for the agent's outcome: Flink's bare status word comes before it, without its reason.

    A program that submits a second job, for one, has its first one cancelled: CANCELED, says Flink, and
    FAILED, with code and message, the agent a moment later.
    """
    deadline = clock.monotonic_s() + LAST_WORD_S
    while watched.outcome is None and clock.monotonic_s() < deadline:
        if watched.jobmanager.state is not ProcessState.ALIVE:
            break
        await asyncio.sleep(0.1)
        watched = await world.engines.watch(attempt.id)
    return watched


async def _ask(world: World, loaded: Loaded, attempt: Attempt, watched: Watched) -> Asked:
    """Ask the JobManager, unless it is known that there is none to answer."""
    is_dead = (
        watched.look.looked is Looked.OK and watched.jobmanager.state is not ProcessState.ALIVE
    )
    if is_dead or attempt.stage is not Stage.LAUNCHED:
        why = "there is no JobManager process" if is_dead else "the JobManager is being ended"
        return Asked(look=Look(looked=Looked.FAILED, at=clock.now(), why=why))
    operation = loaded.recorded.operation
    pending = operation if operation and operation.state is OperationState.PENDING else None
    return await world.jobmanagers.ask(
        rest_url(attempt), attempt.flink_job_id, pending.id if pending else None, is_stop=True
    )


def rest_url(attempt: Attempt) -> str:
    """Where the attempt's JobManager answers; on the local target always loopback."""
    return f"http://127.0.0.1:{attempt.ports['rest']}"
