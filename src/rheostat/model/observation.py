"""What is seen of an attempt: three sources, each with the instant and the success of the look."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rheostat.model.run import Outcome


class Looked(StrEnum):
    """Whether the last look succeeded."""

    OK = "ok"
    FAILED = "failed"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The last look at one source."""

    looked: Looked = Looked.NEVER
    at: dt.datetime | None = None
    """Our receive instant of the last look, whether it succeeded or not."""
    ok_at: dt.datetime | None = None
    """Our receive instant of the last look that succeeded."""
    why: str | None = None
    """Why the last look failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What the agent said, folded over all its events of the newest incarnation."""

    look: Look = Look()
    incarnation: str | None = None
    hello: bool = False
    submitted: bool = False
    status: str | None = None
    """Flink's job status word, from the last status change."""
    status_at: dt.datetime | None = None
    """The JobManager's clock."""
    cause: str | None = None
    outcome: Outcome | None = None
    is_waiting: bool = False
    """The program has not submitted a job for long; a thread dump is among the events."""
    beat: dt.timedelta | None = None
    """How often it gives a sign of life when there is nothing to say; None = an agent that gives none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointFact:
    """One completed checkpoint or savepoint as the JobManager lists it."""

    checkpoint_id: int
    is_savepoint: bool
    path: str
    completed_at: dt.datetime
    size_bytes: int | None = None
    duration_ms: int | None = None
    aligned: bool | None = None
    """Whether no subtask stored data in flight; savepoints always are aligned."""
    native: bool | None = None
    """Of a savepoint: in the state backend's own format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationFact:
    """What the JobManager says of one of our trigger ids."""

    status: str
    """`IN_PROGRESS`, `COMPLETED`, or `UNKNOWN` when the JobManager does not know the id."""
    location: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What the running job really uses. Asked rarely: it changes only with an incarnation or a rescaling."""

    tasks_total: int
    """Of the answer that led to this look; another number means that it is out of date."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """By configuration key, in Flink's notation; a key that Flink does not tell of is missing."""
    parallelism: int | None = None
    """What the most reduced vertex runs with; None = the scheduler gives all or nothing."""
    wanted: int | None = None
    """What that vertex asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the JobManager's REST interface says."""

    look: Look = Look()
    status: str | None = None
    """Flink's job status word; None = it knows of no such job."""
    tasks: Mapping[str, int] = field(default_factory=dict)
    """Tasks by lower-case state, with `total`."""
    checkpoints: tuple[CheckpointFact, ...] = ()
    restored_path: str | None = None
    cause: str | None = None
    operation: OperationFact | None = None
    modified_at: dt.datetime | None = None
    """When job or tasks last changed, by the JobManager's clock: comparable with `Pushed.status_at` alone."""
    is_adaptive: bool = False
    """The adaptive scheduler: it runs with fewer slots than asked rather than not at all."""
    inspected: Inspected | None = None
    records_in: int | None = None
    records_out: int | None = None


class ProcessState(StrEnum):
    """What the operating system says of a process."""

    ABSENT = "absent"
    """Never seen: no pid file."""
    ALIVE = "alive"
    DEAD = "dead"
    """A pid file, and no live process with that pid and start stamp. A zombie is dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessFact:
    """One process of an attempt."""

    name: str
    """`jobmanager`, `taskmanager-0`, …"""
    state: ProcessState
    pid: int | None = None
    exit_code: int | None = None
    """Only while we are its parent; decides nothing."""
    is_suspended: bool = False
    """Stopped by a signal (SIGSTOP): alive, and it will not answer."""
    last_words: str | None = None
    """Of a dead TaskManager: the end of its output and log."""


class PermitState(StrEnum):
    """The launch permit."""

    NONE = "none"
    UNUSED = "unused"
    CLAIMED = "claimed"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What the place where it runs says: locally the process table and the run folder."""

    look: Look = Look()
    permit: PermitState = PermitState.NONE
    jobmanager: ProcessFact = ProcessFact(name="jobmanager", state=ProcessState.ABSENT)
    taskmanagers: tuple[ProcessFact, ...] = ()
    outcome: Outcome | None = None
    """From the outcome file that the agent left."""
    refused: bool = False
    """The launch was refused by the permit."""
    last_words: str | None = None
    """The end of the JobManager's log, only once it is dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """All that is seen of one attempt."""

    pushed: Pushed = Pushed()
    asked: Asked = Asked()
    watched: Watched = Watched()
    disagree_since: dt.datetime | None = None
    """Since when what two sources say cannot both be true."""
