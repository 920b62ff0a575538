"""The engine of `tests/simulated_world.py`: two processes, and a job that needs both."""

import datetime as dt
from dataclasses import dataclass

from rheostat.model.observation import ProcessState
from tests.builders import NOW

UP_S, SUBMITTED_S, RUNNING_S = 2, 4, 6
"""From the launch to the JobManager's REST, to a submitted job, and to running tasks."""
HEARTBEAT_S = 12
"""Until Flink misses a TaskManager that is suspended; one that died it misses by its closed connection."""
MISSED = range(HEARTBEAT_S, HEARTBEAT_S + 2)
"""Flink restarts the job then, and calls it RUNNING again while its tasks wait for a slot."""
BEAT_S = 10


@dataclass
class Engine:
    """The processes of one attempt, and the job in them."""

    launched_s: int
    jobmanager: ProcessState = ProcessState.ALIVE
    is_jm_stopped: bool = False
    taskmanager: ProcessState = ProcessState.ALIVE
    is_tm_stopped: bool = False
    tm_since_s: int = 0
    """Since when the TaskManager is as it is."""
    age_s: int = 0
    """Seconds that the JobManager has lived and was not suspended."""
    end: str | None = None
    """Flink's terminal word."""
    has_savepoint: bool = False
    is_failing: bool = False
    """The job's tasks fail as often as they are restarted."""
    was_running: bool = False
    changed_at: dt.datetime = NOW
    said: tuple[str, ...] = ()
    """What the agent has delivered."""
    last_status: str | None = None

    def pass_second(self, t: int, now: dt.datetime) -> None:
        """The job moves on, if its JobManager can."""
        if self.jobmanager is not ProcessState.ALIVE or self.is_jm_stopped:
            return
        before = self.status(t)
        self.age_s += 1
        self.was_running |= self.running_tasks(t) == 2
        if self.status(t) != before:
            self.changed_at = now

    def status(self, t: int) -> str | None:
        """Flink\'s word; None before a job is submitted."""
        if self.end is not None:
            return self.end
        if self.age_s < SUBMITTED_S:
            return None
        if self.is_failing:
            return "RESTARTING"
        since = t - self.tm_since_s
        if self.was_running and self.taskmanager is not ProcessState.ALIVE:
            return "RESTARTING"
        if self.was_running and self.is_tm_stopped and since in MISSED:
            return "RESTARTING"
        return "RUNNING"

    def running_tasks(self, t: int) -> int:
        """Of two."""
        if self.status(t) != "RUNNING" or self.age_s < RUNNING_S:
            return 0
        if self.taskmanager is not ProcessState.ALIVE:
            return 0
        if self.is_tm_stopped:  # Flink believes in it until the heartbeat is missed
            return 2 if self.was_running and t - self.tm_since_s < HEARTBEAT_S else 0
        return 2 if t - self.tm_since_s >= 2 else 0
