"""Bodies about runs: status with evidence, events, snapshots; what an action came to."""

from typing import Any, Literal

from msgspec import Struct

from rheostat.wire.common import Instant, ReasonView
from rheostat.wire.plan import PlanView, RestoreView

PhaseWord = Literal[
    "queued",
    "preparing",
    "starting",
    "running",
    "restarting",
    "failing_over",
    "held",
    "stopping",
    "stopped",
    "canceled",
    "finished",
    "failed",
]
HealthWord = Literal["healthy", "degraded", "unknown"]
EventWord = Literal["decision", "action", "observation", "human"]


class ProcessIds(Struct, frozen=True, kw_only=True):
    """Operating-system processes of an attempt, where the target has them."""

    jobmanager: int | None
    taskmanagers: list[int]


class AttemptView(Struct, frozen=True, kw_only=True):
    """One JobManager launch within a run."""

    id: str
    number: int
    stage: str
    flink_job_id: str
    pids: ProcessIds
    restore: RestoreView
    created_at: Instant
    ended_at: Instant | None
    flink_url: str | None


class EvidenceView(Struct, frozen=True, kw_only=True):
    """What one source said, when we last looked, and whether that look succeeded."""

    source: Literal["pushed", "asked", "watched"]
    value: str | None
    at: Instant | None
    age_s: float | None
    reachable: bool
    why: str | None


class OutcomeView(Struct, frozen=True, kw_only=True):
    """How it ended, and who says so."""

    status: Literal["FINISHED", "FAILED", "CANCELED"]
    witness: Literal["engine", "ours", "person"]
    source: str
    code: str | None
    message: str | None
    statement: int | None
    line: int | None
    column: int | None
    cause: str | None


class AdviceView(Struct, frozen=True, kw_only=True):
    """What to do next about one reason."""

    code: str
    """Of the reason."""
    text: str


class RunView(Struct, frozen=True, kw_only=True):
    """One execution of a version, as it stands now."""

    id: str
    number: int
    job: str
    project: str
    mode: Literal["streaming", "batch"]
    version: int
    phase: PhaseWord
    reason: ReasonView
    since: Instant
    health: HealthWord
    health_reasons: list[ReasonView]
    advice: list[AdviceView] = []
    """What to do about the reason and the health reasons; empty when nobody is needed."""
    attempt: AttemptView | None
    evidence: list[EvidenceView]
    intent: str | None
    """The open wish: `stop`, `cancel`, `savepoint` or `restart`."""
    outcome: OutcomeView | None
    savepoint: str | None
    """Where the stop's savepoint is."""
    created_at: Instant
    created_by: str
    ended_at: Instant | None


class ActionView(Struct, frozen=True, kw_only=True):
    """The plan that was carried out, or would be, and the run that it concerns."""

    plan: PlanView
    run: RunView | None
    applied: bool


class EventView(Struct, frozen=True, kw_only=True):
    """One line of a run's history."""

    id: int
    at: Instant
    run: int
    attempt: int | None
    kind: EventWord
    code: str
    text: str
    actor: str | None
    duration_ms: float | None
    """Of an action: how long it took."""
    fields: dict[str, Any]


class SnapshotView(Struct, frozen=True, kw_only=True):
    """A savepoint or retained checkpoint, with what is proven about it."""

    id: str
    kind: Literal["savepoint", "checkpoint"]
    path: str
    checkpoint_id: int
    run: int
    attempt: int
    completed_at: Instant
    age_s: float
    size_bytes: int | None
    duration_ms: int | None
    """How long Flink took to make it."""
    aligned: bool | None
    """Its barriers waited for each other; null: nobody said."""
    native: bool | None
    """Of a savepoint: in the state backend's own format; null: not known, or a checkpoint."""
    max_parallelism: int | None
    """The highest parallelism that can start from it; null: not read."""
    verified: bool
    """Level 1 holds: `_metadata` was read to its end."""
    proven: Literal[0, 1, 2]
    fault: str | None
