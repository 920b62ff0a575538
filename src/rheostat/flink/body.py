"""The parts of Flink's REST bodies that we read; every other field is skipped.

Shapes as answered by Flink 1.20.5 and 2.3.0. Nothing here does I/O.
"""

import msgspec


class JobEntry(
    msgspec.Struct, rename={"scheduler": "schedulerType", "modified": "last-modification"}
):
    """One job of `/jobs/overview`."""

    jid: str
    state: str
    tasks: dict[str, int] = {}
    modified: int = 0
    """Milliseconds of the JobManager's clock."""
    scheduler: str | None = None
    """`Default`, `Adaptive` or `AdaptiveBatch`."""


class Overview(msgspec.Struct):
    """`/jobs/overview`."""

    jobs: list[JobEntry] = []


class CheckpointEntry(msgspec.Struct, rename={"format": "savepointFormat"}):
    """One checkpoint or savepoint; the optional fields are absent while it is in progress or failed."""

    id: int
    status: str
    is_savepoint: bool
    latest_ack_timestamp: int = -1
    """Milliseconds of the JobManager's clock; -1 = nothing acknowledged."""
    state_size: int | None = None
    end_to_end_duration: int | None = None
    """Milliseconds."""
    external_path: str | None = None
    discarded: bool = False
    checkpoint_type: str | None = None
    """`CHECKPOINT`, `UNALIGNED_CHECKPOINT` (a subtask did store data in flight), `SAVEPOINT`, `SYNC_SAVEPOINT`."""
    format: str | None = None
    """Of a savepoint: `CANONICAL` or `NATIVE`."""


class RestoredEntry(msgspec.Struct):
    """What the job was last restored from."""

    id: int
    external_path: str | None = None


class LatestEntries(msgspec.Struct):
    """The newest of each kind; null until there is one."""

    completed: CheckpointEntry | None = None
    savepoint: CheckpointEntry | None = None
    restored: RestoredEntry | None = None


class Checkpoints(msgspec.Struct):
    """`/jobs/:id/checkpoints`."""

    latest: LatestEntries = msgspec.field(default_factory=LatestEntries)
    history: list[CheckpointEntry] = []
    """Newest first, ten by default."""


class Externalization(msgspec.Struct):
    """Whether checkpoints outlive the job."""

    enabled: bool
    delete_on_cancellation: bool


class CheckpointConfig(
    msgspec.Struct, rename={"changelog": "state_changelog_enabled", "storage": "checkpoint_storage"}
):
    """`/jobs/:id/checkpoints/config`; 404 for a job without checkpoints."""

    interval: int
    """Milliseconds; Java's largest number for a job that takes none by itself."""
    externalization: Externalization
    storage: str | None = None
    changelog: bool = False


class ExecutionConfig(msgspec.Struct, rename={"parallelism": "job-parallelism"}):
    """The part of the job's configuration that code can set."""

    parallelism: int | None = None


class JobConfig(msgspec.Struct, rename={"execution": "execution-config"}):
    """`/jobs/:id/config`."""

    execution: ExecutionConfig = msgspec.field(default_factory=ExecutionConfig)


class Bounds(msgspec.Struct, rename={"upper": "upperBound"}):
    """How many subtasks a vertex asks for."""

    upper: int


class Requirement(msgspec.Struct):
    """One vertex of `/jobs/:id/resource-requirements`, of the adaptive scheduler only."""

    parallelism: Bounds


class ExceptionEntry(msgspec.Struct):
    """One failure, the newest first in its list."""

    stacktrace: str = ""


class ExceptionHistory(msgspec.Struct):
    """The failures that the JobManager remembers."""

    entries: list[ExceptionEntry] = []


class Exceptions(msgspec.Struct, rename={"history": "exceptionHistory", "root": "root-exception"}):
    """`/jobs/:id/exceptions`; `root-exception` only up to 1.20."""

    history: ExceptionHistory = msgspec.field(default_factory=ExceptionHistory)
    root: str | None = None


class OperationStatus(msgspec.Struct):
    """`IN_PROGRESS` or `COMPLETED`; a failure is `COMPLETED` with a cause."""

    id: str


class FailureCause(msgspec.Struct, rename={"trace": "stack-trace"}):
    """Why a savepoint failed."""

    trace: str = ""


class OperationResult(msgspec.Struct, rename={"cause": "failure-cause"}):
    """Where the savepoint is, or why there is none."""

    location: str | None = None
    cause: FailureCause | None = None


class Operation(msgspec.Struct):
    """`/jobs/:id/savepoints/:triggerId`, for savepoints and for stops."""

    status: OperationStatus
    operation: OperationResult | None = None


class VertexMetrics(msgspec.Struct, rename={"read": "read-records", "written": "write-records"}):
    """Records that crossed the edge of a chain. Flink writes an unknown number as the string "NaN"."""

    read: int | float | str = 0
    written: int | float | str = 0


class Vertex(msgspec.Struct):
    """One chain of operators."""

    id: str
    parallelism: int = 0
    metrics: VertexMetrics = msgspec.field(default_factory=VertexMetrics)


class PlanInput(msgspec.Struct):
    """The vertex that a node reads from."""

    id: str


class PlanNode(msgspec.Struct):
    """One vertex of the plan; a source has no inputs."""

    id: str
    inputs: list[PlanInput] = []


class Plan(msgspec.Struct):
    """The job graph."""

    nodes: list[PlanNode] = []


class JobDetail(msgspec.Struct):
    """`/jobs/:id`."""

    vertices: list[Vertex] = []
    plan: Plan = msgspec.field(default_factory=Plan)


class Errors(msgspec.Struct):
    """The body of an answer that is not 2xx."""

    errors: list[str] = []
