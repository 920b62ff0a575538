"""Bodies about projects, jobs and versions."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from rheostat.wire.common import Instant, Name

Sql = Annotated[str, Meta(max_length=8_000_000, description="The script, in Flink SQL.")]
Configuration = Annotated[
    dict[str, str], Meta(description="Flink configuration; keys that Rheostat owns are refused.")
]
FlinkVersion = Annotated[str, Meta(pattern=r"^[0-9]+\.[0-9]+(?!\n)$", examples=["2.3"])]
ModeWord = Literal["streaming", "batch"]
GuardWord = Literal["resume_latest_proven", "fail_and_alert", "hold"]


class ProjectBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new project."""

    name: Name


class ProjectView(Struct, frozen=True, kw_only=True):
    """A project."""

    id: str
    name: str
    created_at: Instant


class JobBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new job, with its first draft."""

    name: Name
    sql: Sql
    mode: ModeWord = "streaming"
    flink_configuration: Configuration = {}
    flink: FlinkVersion = "2.3"
    guard: GuardWord = "resume_latest_proven"


class DraftBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change of a draft: what is left out stays as it is."""

    sql: Sql | UnsetType = UNSET
    flink_configuration: Configuration | UnsetType = UNSET
    flink: FlinkVersion | UnsetType = UNSET
    guard: GuardWord | UnsetType = UNSET


class ContentView(Struct, frozen=True, kw_only=True):
    """What a draft holds and a version freezes."""

    sql: str
    flink_configuration: dict[str, str]
    flink: str
    guard: GuardWord


class JobView(Struct, frozen=True, kw_only=True):
    """A job: its draft, its newest version, its newest run in brief."""

    id: str
    name: str
    project: str
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
