"""One execution of a version: run, attempt, intent, operation, outcome."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rheostat.model.ids import (
    AttemptId,
    FlinkJobId,
    IntentId,
    JobId,
    OperationId,
    RunId,
)
from rheostat.model.job import Mode
from rheostat.model.phase import Health, Phase, Reason
from rheostat.model.snapshot import RestorePoint


class JobEnd(StrEnum):
    """The three ways in which a Flink job ends for good; Flink's own words."""

    FINISHED = "FINISHED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"


class WitnessKind(StrEnum):
    """Who says that it ended. Only `engine` may say that Flink finished or canceled."""

    ENGINE = "engine"
    OURS = "ours"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an attempt ended, and who says so."""

    status: JobEnd
    witness: WitnessKind
    source: str
    """`pushed`, `asked`, `watched`, `permit`, `guard`, `deadline` or the actor's name."""
    code: str | None = None
    message: str | None = None
    cause: str | None = None
    statement: int | None = None
    line: int | None = None
    column: int | None = None


class Stage(StrEnum):
    """How far an attempt is; only ever moves down this list."""

    PLANNED = "planned"
    LAUNCHING = "launching"
    LAUNCHED = "launched"
    ENDING = "ending"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One JobManager launch within a run."""

    id: AttemptId
    run_id: RunId
    ordinal: int
    flink_job_id: FlinkJobId
    ports: Mapping[str, int]
    """Local target: `rest`, `rpc`, `blob`. Chosen ahead of the launch."""
    restore: RestorePoint
    stage: Stage
    created_at: dt.datetime
    launched_at: dt.datetime | None = None
    running_at: dt.datetime | None = None
    """When the job was first seen running; None = it never was."""
    checkpoint_at: dt.datetime | None = None
    """When its newest checkpoint completed."""
    last_seen_processing_at: dt.datetime | None = None
    outcome: Outcome | None = None
    trouble: Reason | None = None
    """Why it cannot be launched, ever: a part is missing or broken."""
    ended_at: dt.datetime | None = None


class OperationKind(StrEnum):
    """What was asked of the JobManager under a trigger id of ours."""

    STOP = "stop"
    SAVEPOINT = "savepoint"


class OperationState(StrEnum):
    """How far an operation is."""

    PENDING = "pending"
    """Written ahead; perhaps sent."""
    COMPLETED = "completed"
    """Its savepoint is there and proven."""
    FAILED = "failed"


class SavepointFormat(StrEnum):
    """How a savepoint is written."""

    CANONICAL = "canonical"
    """Fits every state backend; slower to make."""
    NATIVE = "native"
    """The state backend's own files: fast, and for the same backend only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a wish is to be carried out."""

    format: SavepointFormat = SavepointFormat.CANONICAL
    drain: bool = False
    """Of a stop: let every window fire first. The job's result is then final; its state is not resumed."""
    from_: str = "savepoint"
    """Of a restart: `savepoint` (of its own stop), `newest`, `empty`, or the id of a snapshot."""
    allow_dropped: bool = False
    """State that the new version has no operator for may be left behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A savepoint, alone or with a stop."""

    id: OperationId
    attempt_id: AttemptId
    kind: OperationKind
    directory: str
    """A URI of its own: nothing else is ever written there."""
    state: OperationState
    created_at: dt.datetime
    location: str | None = None
    error: str | None = None
    options: Options = Options()


class IntentKind(StrEnum):
    """What a person or a program wants of a live run."""

    STOP = "stop"
    CANCEL = "cancel"
    SAVEPOINT = "savepoint"
    """The job runs on."""
    RESTART = "restart"
    """Stop with a savepoint, then run a version from it: one wish, two runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A wish about a live run: one open at a time."""

    id: IntentId
    run_id: RunId
    kind: IntentKind
    actor: str
    at: dt.datetime
    version: int | None = None
    """Of a restart: what runs next."""
    options: Options = Options()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution of a version, from the wish to a terminal phase."""

    id: RunId
    job_id: JobId
    number: int
    version: int
    mode: Mode
    phase: Phase
    reason: Reason
    since: dt.datetime
    """When the phase was entered."""
    reason_since: dt.datetime
    """When this reason was first given, in this phase."""
    base: RestorePoint
    """Chosen by a person: the branch begins here."""
    health: Health
    created_at: dt.datetime
    created_by: str
    outcome: Outcome | None = None
    ended_at: dt.datetime | None = None
    resolved: RestorePoint | None = None
    """What the next attempt starts from; None = not resolved yet."""
    unresolved: Reason | None = None
    """Why no restore point could be chosen: a person must."""
