"""Plans as data: what an action would do, named by a hash of the decision."""

import hashlib

import msgspec

from rheostat.errors import Stale
from rheostat.model.job import Content, Version
from rheostat.wire.run import PlanView


def plan_hash(decision: object) -> str:
    """Names what was decided; facts that pass by (ages, sizes) are left out."""
    return hashlib.sha256(msgspec.json.encode(decision, order="deterministic")).hexdigest()[:16]


def check_plan(plan: PlanView, wanted: str | None) -> None:
    """Refuse to apply what would no longer be the plan that a person was shown.

    Raises:
        Stale: it would be another now; the message says what.
    """
    if wanted is not None and wanted != plan.hash:
        raise Stale(
            f"the plan would be another now: {'; '.join(plan.steps)}",
            hint="look at the new plan, then apply that",
        )


def describe_changes(before: Version | None, after: Version) -> list[str]:
    """What differs between two versions, a line each; empty when nothing does, or nothing was before."""
    if before is None or before.digest == after.digest:
        return []
    lines = []
    if before.content.sql != after.content.sql:
        lines.append("the SQL differs")
    lines += _settings(before.content, after.content)
    if before.content.flink != after.content.flink:
        lines.append(f"Flink {before.content.flink} → {after.content.flink}")
    if before.content.guard is not after.content.guard:
        lines.append(f"guard {before.content.guard.value} → {after.content.guard.value}")
    return lines


def _settings(before: Content, after: Content) -> list[str]:
    old, new = before.flink_configuration, after.flink_configuration
    lines = []
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) != new.get(key):
            lines.append(f"{key}: {old.get(key, 'not set')} → {new.get(key, 'not set')}")
    return lines
