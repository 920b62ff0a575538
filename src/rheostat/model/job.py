"""The lasting definition of what runs: project, job, draft, version."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from rheostat.model.ids import JobId, ProjectId


class Mode(StrEnum):
    """Whether a job's input ends."""

    STREAMING = "streaming"
    BATCH = "batch"


class GuardPolicy(StrEnum):
    """What happens when a JobManager is lost (`docs/lifecycle.md`)."""

    RESUME_LATEST_PROVEN = "resume_latest_proven"
    FAIL_AND_ALERT = "fail_and_alert"
    HOLD = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A tenant: owns jobs."""

    id: ProjectId
    name: str
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Jar:
    """The program of a JAR job."""

    artifact: str
    """SHA-256 of the file, in hex: its name in the project's artifacts."""
    name: str
    """What the file was called when it was uploaded."""
    size_bytes: int
    main: str = ""
    """Main class; empty = the one that the manifest names."""
    args: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What a job may take; None = the default of the place where it runs.

    Memory is written as Flink writes it (`1g`, `1728m`) and is the whole process. CPU is in cores; the
    local target hands it to Flink and does not enforce it.
    """

    parallelism: int | None = None
    slots: int | None = None
    """Of one TaskManager."""
    jobmanager_memory: str | None = None
    taskmanager_memory: str | None = None
    jobmanager_cpu: float | None = None
    taskmanager_cpu: float | None = None


class UnseenBatch(StrEnum):
    """What happens to a batch run whose engine is gone and of whose end nobody heard."""

    HOLD = "hold"
    RERUN = "rerun"
    """Only for sinks that may be written twice."""
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """What may be decided without asking."""

    unseen_batch: UnseenBatch = UnseenBatch.HOLD
    resume_failed: int = 0
    """How often within 30 minutes a run that Flink itself calls FAILED is resumed; 0 = it stays failed."""
    max_rewind_s: int = 3600
    """The most that an automatic decision may read again; beyond it a person is asked."""
    is_stateless: bool = False
    """A job without checkpoints may be started anew after a loss: it keeps nothing worth keeping."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a draft holds and a version freezes: a script, or a JAR."""

    sql: str = ""
    """Empty for a JAR job."""
    jar: Jar | None = None
    flink_configuration: Mapping[str, str] = field(default_factory=dict)
    flink: str = "2.3"
    """Minor version of Flink, as `rheostat engine install` names it."""
    guard: GuardPolicy = GuardPolicy.RESUME_LATEST_PROVEN
    resources: Resources = Resources()
    policies: Policies = Policies()

    @property
    def kind(self) -> Literal["sql", "jar"]:
        """What the program is written in."""
        return "sql" if self.jar is None else "jar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A JAR that was uploaded to a project. One digest, one artifact."""

    project_id: ProjectId
    digest: str
    """SHA-256 in hex."""
    name: str
    size_bytes: int
    main: str | None
    """The manifest's `Main-Class`."""
    created_at: dt.datetime
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job with its present draft."""

    id: JobId
    project: Project
    name: str
    mode: Mode
    draft: Content
    revision: int
    """Counts the draft's changes; its etag."""
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An immutable release of a job."""

    job_id: JobId
    number: int
    content: Content
    digest: str
    """SHA-256 over the canonical JSON of the content."""
    created_at: dt.datetime
    created_by: str
