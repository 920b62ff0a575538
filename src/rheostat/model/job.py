"""The lasting definition of what runs: project, job, draft, version."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

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
class Content:
    """What a draft holds and a version freezes."""

    sql: str
    flink_configuration: Mapping[str, str] = field(default_factory=dict)
    flink: str = "2.3"
    """Minor version of Flink, as `rheostat engine install` names it."""
    guard: GuardPolicy = GuardPolicy.RESUME_LATEST_PROVEN


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
