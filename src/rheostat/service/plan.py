"""Plans as data: what an action would do, named by a hash of the decision."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar

import msgspec
import sqlalchemy as sa

from rheostat.core.change import compare_contents, tell_difference
from rheostat.core.decided import Decided
from rheostat.core.sentences import tell_reason
from rheostat.errors import Conflict, NotFound, Stale
from rheostat.model.job import Content, Job
from rheostat.model.phase import Reason
from rheostat.service.stale import tell_stale
from rheostat.wire.plan import Change, PlanLine, PlanView, RestoreView

T = TypeVar("T")

AGAIN = "look at the new plan, then apply that"


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
    conn: sa.Connection,
    job: Job,
    wanted: str | None,
    plan: Callable[[], tuple[Decided, PlanView, T]],
) -> tuple[PlanView, T]:
    """The plan as it is now, refused where it is no longer the one that a person was shown.

    Raises:
        Stale: `wanted` was given, and the plan would be another now, or can no longer be made.
    """
    try:
        decided, view, more = plan()
    except (Conflict, NotFound) as err:
        if wanted is None:
            raise
        told = [*tell_stale(conn, job, wanted, None), err.message]
        raise Stale(f"the plan no longer holds: {'; '.join(told)}", hint=err.hint) from err
    if wanted is not None and wanted != view.hash:
        told = tell_stale(conn, job, wanted, decided)
        raise Stale(f"the plan would be another now: {'; '.join(told)}", hint=AGAIN)
    return view, more
