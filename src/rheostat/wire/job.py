"""Bodies about projects, jobs and versions."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from rheostat.wire.common import MAX_NUMBER, Instant, Name

Sql = Annotated[str, Meta(max_length=8_000_000, description="The script, in Flink SQL.")]
Configuration = Annotated[
    dict[str, str], Meta(description="Flink configuration; keys that Rheostat owns are refused.")
]
FlinkVersion = Annotated[str, Meta(pattern=r"^[0-9]+\.[0-9]+(?!\n)$", examples=["2.3"])]
ModeWord = Literal["streaming", "batch"]
GuardWord = Literal["resume_latest_proven", "fail_and_alert", "hold"]
KindWord = Literal["sql", "jar"]
UnseenBatchWord = Literal["hold", "rerun", "fail"]
Digest = Annotated[
    str, Meta(pattern=r"^[0-9a-f]{64}(?!\n)$", description="SHA-256 of a JAR, in hex.")
]
Argument = Annotated[str, Meta(max_length=64_000)]
Count = Annotated[int, Meta(ge=1, le=MAX_NUMBER)]
Memory = Annotated[
    str,
    Meta(max_length=64, description="A whole process, as Flink writes it.", examples=["1g"]),
]
Cores = Annotated[float, Meta(gt=0, le=100_000)]
DAY_S = 86_400


class ProjectBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new project."""

    name: Name


class ProjectView(Struct, frozen=True, kw_only=True):
    """A project."""

    id: str
    name: str
    created_at: Instant


class Jar(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A program that was uploaded to the project."""

    artifact: Digest
    main: Annotated[str, Meta(max_length=1000)] = ""
    """Main class; empty = the one that the manifest names."""
    args: Annotated[list[Argument], Meta(max_length=1000)] = []


class JarView(Struct, frozen=True, kw_only=True):
    """A program of a draft or version."""

    artifact: str
    """SHA-256 of the JAR, in hex."""
    name: str
    size_bytes: int
    main: str
    """Main class; empty = the one that the manifest names."""
    args: list[str]


class Resources(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a job may take; null = the default of the place where it runs."""

    parallelism: Count | None = None
    slots: Count | None = None
    """Of one TaskManager."""
    jobmanager_memory: Memory | None = None
    taskmanager_memory: Memory | None = None
    jobmanager_cpu: Cores | None = None
    taskmanager_cpu: Cores | None = None


class ResourcesView(Struct, frozen=True, kw_only=True):
    """What a job may take; null = the default of the place where it runs."""

    parallelism: int | None
    slots: int | None
    jobmanager_memory: str | None
    taskmanager_memory: str | None
    jobmanager_cpu: float | None
    taskmanager_cpu: float | None


class Policies(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be decided without asking."""

    unseen_batch: UnseenBatchWord = "hold"
    """A batch run whose engine is gone, and of whose end nobody heard."""
    resume_failed: Annotated[int, Meta(ge=0, le=10)] = 0
    """How often within 30 minutes a run that Flink calls FAILED is resumed."""
    max_rewind_s: Annotated[int, Meta(ge=0, le=3650 * DAY_S)] = 3600
    """The most that an automatic decision may read again."""
    is_stateless: bool = False
    """A job without checkpoints may be started anew after a loss."""


class PoliciesView(Struct, frozen=True, kw_only=True):
    """What may be decided without asking."""

    unseen_batch: UnseenBatchWord
    resume_failed: int
    max_rewind_s: int
    is_stateless: bool


class JobBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new job, with its first draft: a script or a JAR, or neither yet."""

    name: Name
    sql: Sql = ""
    jar: Jar | None = None
    mode: ModeWord = "streaming"
    flink_configuration: Configuration = {}
    flink: FlinkVersion = "2.3"
    guard: GuardWord = "resume_latest_proven"
    resources: Resources = Resources()
    policies: Policies = Policies()


class DraftBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change of a draft: what is left out stays as it is; what is given replaces the whole."""

    sql: Sql | UnsetType = UNSET
    jar: Jar | UnsetType | None = UNSET
    """null takes the JAR away."""
    flink_configuration: Configuration | UnsetType = UNSET
    flink: FlinkVersion | UnsetType = UNSET
    guard: GuardWord | UnsetType = UNSET
    resources: Resources | UnsetType = UNSET
    policies: Policies | UnsetType = UNSET


class ContentView(Struct, frozen=True, kw_only=True):
    """What a draft holds and a version freezes."""

    kind: KindWord
    sql: str
    """Empty for a JAR."""
    jar: JarView | None
    flink_configuration: dict[str, str]
    flink: str
    guard: GuardWord
    resources: ResourcesView
    policies: PoliciesView


class JobView(Struct, frozen=True, kw_only=True):
    """A job: its draft, its newest version, its newest run in brief."""

    id: str
    name: str
    project: str
    kind: KindWord
    """Of the draft."""
    mode: ModeWord
    draft: ContentView
    revision: int
    """Counts the draft's changes; the ETag."""
    version: int | None
    """The newest version; null before the first publish."""
    phase: str | None
    """Of the newest run; null when it never ran."""
    health: str | None
    run: int | None
    """Number of the newest run."""
    created_at: Instant


class VersionView(Struct, frozen=True, kw_only=True):
    """An immutable release of a job."""

    number: int
    digest: str
    content: ContentView
    created_at: Instant
    created_by: str
