"""The loop of the server that leads: every live run gets its steps, none is stepped twice at once."""

import asyncio
import contextlib
import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
import structlog

from rheostat import clock
from rheostat.control.record import PHASES_OF_CHANGE
from rheostat.control.step import Stepped, step
from rheostat.control.world import World
from rheostat.errors import LostLease, RheostatError
from rheostat.model.ids import AttemptId, RunId
from rheostat.model.phase import Phase
from rheostat.store import attempt as attempts
from rheostat.store import run as runs
from rheostat.store.prune import prune_pushes

log = structlog.stdlib.get_logger("rheostat.loop")

AT_ONCE = 16
"""Steps under way at a time."""
SWEEP_S = 5.0
"""A slow sweep for runs that nobody woke us for."""
PUSHES_KEPT = dt.timedelta(days=7)
"""How long the raw pushes of an attempt outlive it; its events and evidence stay."""
PRUNE_EVERY_S = 3600.0
PRUNE_BATCH = 5_000
"""Rows of one transaction, so that nobody waits long for it."""
LOOK_FIRST_S, LOOK_LAST_S, LOOK_GROWTH = 1.0, 10.0, 1.6
"""Looks at a steady run get rarer; any change makes them frequent again."""
RETRY_FIRST_S, RETRY_LAST_S = 0.5, 15.0


@dataclass(slots=True)
class Care:
    """How the loop looks after one run."""

    due: float
    pause_s: float = LOOK_FIRST_S
    failures: int = 0
    is_busy: bool = False
    is_woken: bool = False
    is_waiting: bool = False
    """For room."""
    attempt_id: AttemptId | None = None


class Loop:
    """Looks after every live run while this server leads."""

    def __init__(self, world: World, epoch: int) -> None:
        self._world = world
        self._epoch = epoch
        self._care: dict[RunId, Care] = {}
        self._wake = asyncio.Event()
        self._slots = asyncio.Semaphore(AT_ONCE)

    def wake(self, run_id: RunId) -> None:
        """Something was recorded about this run: step it now. Cheap, any number of times."""
        care = self._care.setdefault(run_id, Care(due=0))
        care.is_woken, care.due, care.pause_s = True, 0, LOOK_FIRST_S
        self._wake.set()

    def wake_attempt(self, attempt_id: AttemptId) -> None:
        """Something may have happened to this attempt."""
        for run_id, care in self._care.items():
            if care.attempt_id == attempt_id:
                self.wake(run_id)
                return

    async def run(self) -> None:
        """Run until cancelled.

        Raises:
            LostLease: another server leads; everything begun here is dropped.
        """
        async with asyncio.TaskGroup() as group:
            group.create_task(self._sweep())
            group.create_task(self._listen())
            group.create_task(self._prune())
            while True:
                self._wake.clear()
                now = clock.monotonic_s()
                for run_id, care in list(self._care.items()):
                    if care.due <= now and not care.is_busy:
                        care.is_busy, care.is_woken = True, False
                        group.create_task(self._one(run_id, care))
                await self._sleep(now)

    async def _sleep(self, now: float) -> None:
        next_due = min(
            (care.due for care in self._care.values() if not care.is_busy), default=now + 60
        )
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(next_due - now, 0)):
                await self._wake.wait()

    async def _one(self, run_id: RunId, care: Care) -> None:
        """One step; whatever goes wrong concerns this run alone, but for a lost lead."""
        async with self._slots:
            try:
                stepped = await step(self._world, self._epoch, run_id)
                self._after(run_id, care, stepped)
            except LostLease:
                raise
            except RheostatError as err:
                self._retry(care)
                log.warning("step failed", run=run_id, code=err.code, message=err.message)
            except Exception:  # the outermost frame: a bug met in one run stays that run's own
                self._retry(care)
                log.exception("step broke", run=run_id)
            finally:
                care.is_busy = False
                if care.is_woken:
                    care.due = 0
                self._wake.set()

    def _retry(self, care: Care) -> None:
        care.failures += 1
        care.due = clock.monotonic_s() + min(RETRY_FIRST_S * 2**care.failures, RETRY_LAST_S)

    def _after(self, run_id: RunId, care: Care, stepped: Stepped) -> None:
        decision = stepped.decision
        care.attempt_id = stepped.attempt.id if stepped.attempt else None
        if stepped.followed is not None:
            self.wake(stepped.followed)
        if decision.phase.is_terminal:
            self._care.pop(run_id, None)
            self._wake_waiting()
            return
        if stepped.has_failed:
            self._retry(care)
            return
        care.failures = 0
        care.is_waiting = decision.phase in (Phase.QUEUED, Phase.FAILING_OVER)
        is_lively = stepped.is_changed or decision.phase in PHASES_OF_CHANGE
        care.pause_s = LOOK_FIRST_S if is_lively else min(care.pause_s * LOOK_GROWTH, LOOK_LAST_S)
        pause = care.pause_s
        if decision.look_again_at is not None:
            pause = min(pause, (decision.look_again_at - clock.now()).total_seconds())
        if stepped.is_changed and decision.actions:
            pause = 0
        care.due = clock.monotonic_s() + max(pause, 0)

    def _wake_waiting(self) -> None:
        """Room was made: whoever waits may ask again."""
        for run_id, care in self._care.items():
            if care.is_waiting:
                self.wake(run_id)

    async def _sweep(self) -> None:
        """Find live runs that nobody woke us for: after a start, and those of other replicas."""
        while True:
            try:
                for run_id, phase, attempt_id in await self._world.db.read(_list_live):
                    if run_id not in self._care:
                        self.wake(run_id)
                        self._care[run_id].attempt_id = attempt_id
                        log.info("looks after run", run=run_id, phase=phase.value)
            except RheostatError as err:
                log.warning("sweep failed", code=err.code, message=err.message)
            await asyncio.sleep(SWEEP_S)

    async def _prune(self) -> None:
        """Once an hour; a restart begins with it, too."""
        while True:
            try:
                before = clock.now() - PUSHES_KEPT
                gone = PRUNE_BATCH
                while gone == PRUNE_BATCH:
                    gone = await self._world.db.write(
                        prune_pushes, self._epoch, before, PRUNE_BATCH
                    )
            except LostLease:
                raise
            except RheostatError as err:
                log.warning("pruning failed", code=err.code, message=err.message)
            await asyncio.sleep(PRUNE_EVERY_S)

    async def _listen(self) -> None:
        """The target's own hints: a process has ended."""
        while True:
            self.wake_attempt(await self._world.engines.wait_change())


def _list_live(conn: sa.Connection) -> list[tuple[RunId, Phase, AttemptId | None]]:
    found = []
    for run in runs.list_live(conn):
        attempt = attempts.find_newest_attempt(conn, run.id)
        found.append((run.id, run.phase, attempt.id if attempt else None))
    return found
