"""Bodies of actions on a job, and their plans: what an action would do, as data."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from rheostat.core.decided import ActionWord
from rheostat.wire.common import MAX_NUMBER, Instant, ReasonView

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
FormatWord = Annotated[
    Literal["canonical", "native"],
    Meta(
        description="How the savepoint is written: `canonical` fits every state backend;"
        " `native` is faster and fits the same backend only."
    ),
]
Allowed = Annotated[
    bool,
    Meta(description="State that the version has no operator for may be left behind."),
]
VersionNumber = Annotated[int, Meta(ge=1, le=MAX_NUMBER, description="Default: the newest.")] | None


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
    version: VersionNumber = None
    allow_dropped: Allowed = False
    plan: PlanHash = None


class StopBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Stop a job with a savepoint, then end its engine. A batch job is canceled."""

    drain: Annotated[
        bool,
        Meta(
            description="Let every window and timer fire first: the result is final, and a start"
            " does not resume from the savepoint unless it names it."
        ),
    ] = False
    format: FormatWord = "canonical"
    plan: PlanHash = None


class CancelBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Cancel a job: no savepoint is made."""

    plan: PlanHash = None


class SavepointBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Make a savepoint; the job runs on."""

    format: FormatWord = "canonical"
    plan: PlanHash = None


class RestartBody(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"from_": "from"}
):
    """End the live run, then run a version: restart, upgrade and roll back alike."""

    version: VersionNumber = None
    from_: Annotated[
        str,
        Meta(
            max_length=4096,
            pattern=r"^[^\x00]*$",
            description="`savepoint`: stop with one, then start from it. `newest`, `empty`, or the"
            " id or path of a snapshot: cancel, then start from that; `newest` is chosen when the"
            " run has ended.",
        ),
    ] = "savepoint"
    format: FormatWord = "canonical"
    allow_dropped: Allowed = False
    plan: PlanHash = None


class RestoreView(Struct, frozen=True, kw_only=True):
    """What an attempt starts from, and why."""

    kind: Literal["empty", "savepoint", "checkpoint"]
    path: str | None
    snapshot: str | None
    age_s: float | None
    rewind_s: float | None
    """How much is read again; null when nothing says until when the job was processing."""
    reason: str
    why: ReasonView
    completed_at: Instant | None
    proven: Literal[0, 1, 2] | None
    """When it was chosen; null for a start without state."""


class PlanLine(Struct, frozen=True, kw_only=True):
    """One step or warning: a stable code with its facts, and the sentence."""

    part: Literal["step", "warning"]
    code: str
    fields: dict[str, str]
    text: str


class Change(Struct, frozen=True, kw_only=True):
    """One difference between the version that runs, or ran last, and the one that will."""

    what: Literal["sql", "jar", "flink", "guard", "setting", "resource", "policy"]
    key: str | None
    """Of a setting, resource or policy: which."""
    before: str | None
    """Null: not set."""
    after: str | None


class PlanView(Struct, frozen=True, kw_only=True):
    """What an action would do. Nothing was changed when it came with `dry_run`."""

    action: ActionWord
    job: str
    version: int | None
    restore: RestoreView | None
    """What it starts from; of an action that starts nothing: what a start would resume from now."""
    steps: list[str]
    changes: list[str]
    """What differs between the version that runs, or ran last, and the one that will: a line each."""
    warnings: list[str]
    hash: str
    """Names the decision; ages and sizes are shown and not part of it."""
    lines: list[PlanLine] = []
    """The same steps and warnings, with their codes."""
    diff: list[Change] = []
    """The same changes, with the values before and after."""
