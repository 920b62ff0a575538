"""Plans as data: what an action would do, named by a hash of the decision.

The hash has one part for each thing that was decided, so that a plan which is another one now can say
what has become another: nothing about a shown plan needs to be kept.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar

import msgspec
import sqlalchemy as sa

from rheostat.core.change import compare_contents, tell_difference
from rheostat.core.sentences import tell_reason
from rheostat.errors import Conflict, Stale
from rheostat.model.job import Content, Job
from rheostat.model.phase import Reason
from rheostat.model.snapshot import RestorePoint
from rheostat.wire.plan import ActionWord, Change, PlanLine, PlanView, RestoreView

T = TypeVar("T")

PART_CHARS = 8
"""Of each part's hash: 32 bits are plenty, as nobody gains by finding another decision of one hash."""
AGAIN = "look at the new plan, then apply that"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a plan's hash covers: each part as a text that is equal when the decision is."""

    action: ActionWord
    run: str = ""
    """Id of the live run that it is about."""
    version: str = ""
    """Digest of what will run."""
    restore: str = ""
    """Kind and path of what that starts from, or how it will be found (`restore_token`)."""
    options: str = ""

    def parts(self) -> list[str]:
        """In the order of the hash."""
        return [self.action, self.run, self.version, self.restore, self.options]

    def hash(self) -> str:
        """Names the decision; facts that pass by (ages, sizes) are no part of it."""
        return "".join(map(hash_part, self.parts()))


def hash_part(text: str) -> str:
    """One part of a plan's hash."""
    return plan_hash(text)[:PART_CHARS]


def plan_hash(decision: object) -> str:
    """Names any JSON value."""
    return hashlib.sha256(msgspec.json.encode(decision, order="deterministic")).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a plan shows besides its lines."""

    version: int | None = None
    restore: RestoreView | None = None
    before: Content | None = None
    """What runs, or ran last."""
    after: Content | None = None
    """What will."""


def restore_token(point: RestorePoint) -> str:
    """A restore point as a part of a decision."""
    return f"{point.kind.value} {point.path or ''}".strip()


def make_plan(
    job: Job,
    decided: Decided,
    steps: Iterable[Reason],
    warnings: Iterable[Reason],
    shown: Shown,
) -> PlanView:
    """The plan as it is shown."""
    lines = [_line("step", each) for each in steps]
    lines += [_line("warning", each) for each in warnings]
    changes, diff = _write_changes(shown.before, shown.after)
    return PlanView(
        action=decided.action,
        job=job.name,
        version=shown.version,
        restore=shown.restore,
        steps=[each.text for each in lines if each.part == "step"],
        changes=changes,
        warnings=[each.text for each in lines if each.part == "warning"],
        hash=decided.hash(),
        lines=lines,
        diff=diff,
    )


def _line(part: Literal["step", "warning"], reason: Reason) -> PlanLine:
    return PlanLine(
        part=part, code=reason.code, fields=dict(reason.fields), text=tell_reason(reason)
    )


def _write_changes(before: Content | None, after: Content | None) -> tuple[list[str], list[Change]]:
    """What differs, a line each, and as data; nothing where one of the two is not there."""
    if before is None or after is None:
        return [], []
    found = compare_contents(before, after)
    diff = [
        Change(what=each.what, key=each.key, before=each.before, after=each.after) for each in found
    ]
    return [tell_difference(each) for each in found], diff


def settle_plan(
    conn: sa.Connection, job: Job, wanted: str | None, plan: Callable[[], tuple[PlanView, T]]
) -> tuple[PlanView, T]:
    """The plan as it is now, refused where it is no longer the one that a person was shown.

    Raises:
        Stale: `wanted` was given, and the plan would be another now, or can no longer be made.
    """
    if wanted is None:
        return plan()
    try:
        view, more = plan()
    except Conflict as err:
        raise Stale(f"the plan no longer holds: {err.message}", hint=err.hint or AGAIN) from err
    if wanted != view.hash:
        raise Stale(f"the plan would be another now: {'; '.join(view.steps)}", hint=AGAIN)
    return view, more
