"""Bodies about runs: actions and their plans, status with evidence, events, logs, snapshots."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from rheostat.wire.common import MAX_NUMBER, Instant, ReasonView

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


PlanHash = (
    Annotated[
        str,
        Meta(
            max_length=64,
            description="The hash of a plan that was shown: 412 if it would be another now.",
        ),
    ]
    | None
)


class StartBody(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"from_": "from"}
):
    """Start a job."""

    from_: Annotated[
        str,
        Meta(
            max_length=4096,
            pattern=r"^[^\x00]*$",
            description="`empty`, `newest`, or the id or path of a snapshot of this job.",
        ),
    ] = "newest"
    version: (
        Annotated[int, Meta(ge=1, le=MAX_NUMBER, description="Default: the newest.")] | None
    ) = None
    plan: PlanHash = None


class StopBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Stop a job with a savepoint, then end its engine. A batch job is canceled."""

    plan: PlanHash = None


class CancelBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Cancel a job: no savepoint is made."""

    plan: PlanHash = None


class SavepointBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Make a savepoint; the job runs on."""

    plan: PlanHash = None


class RestartBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Stop with a savepoint, then run a version from it: restart, upgrade and roll back alike."""

    version: Annotated[int, Meta(ge=1, description="Default: the newest.")] | None = None
    plan: PlanHash = None


class RestoreView(Struct, frozen=True, kw_only=True):
    """What an attempt starts from, and why."""

    kind: Literal["empty", "savepoint", "checkpoint"]
    path: str | None
    snapshot: str | None
    age_s: float | None
    rewind_s: float | None
    reason: str


class PlanView(Struct, frozen=True, kw_only=True):
    """What an action would do. Nothing was changed when it came with `dry_run`."""

    action: Literal["start", "stop", "cancel", "savepoint", "restart", "delete"]
    job: str
    version: int | None
    restore: RestoreView | None
    steps: list[str]
    changes: list[str]
    """What differs between the version that runs, or ran last, and the one that will: a line each."""
    warnings: list[str]
    hash: str


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
    kind: Literal["decision", "action", "observation", "human"]
    code: str
    text: str
    actor: str | None
    duration_ms: float | None
    """Of an action: how long it took."""
    fields: dict[str, Any]


class LogFileView(Struct, frozen=True, kw_only=True):
    """One log file of an attempt."""

    attempt: int
    name: str
    size_bytes: int
    live: bool


class LogView(Struct, frozen=True, kw_only=True):
    """The end of one log file."""

    attempt: int
    name: str
    size_bytes: int
    truncated: bool
    text: str


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
    verified: bool
    """Level 1 holds: `_metadata` was read to its end."""
    proven: Literal[0, 1, 2]
    fault: str | None
