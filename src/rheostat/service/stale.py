"""Say what has become of a plan that was shown."""

import sqlalchemy as sa

from rheostat.core.decided import Decided, Known, tell_changes
from rheostat.model.job import Job
from rheostat.store import job as jobs
from rheostat.store import run as runs
from rheostat.store import snapshot as snapshots

BACK = 500
"""Runs and versions that a plan may still be about; an older one is only said to be another one."""


def tell_stale(conn: sa.Connection, job: Job, wanted: str, decided: Decided | None) -> list[str]:
    """What differs, a sentence each; `decided`: what would be done now, None = nothing can be."""
    ran = runs.list_runs(conn, job.id, None, BACK)
    made = snapshots.list_ever(conn, job.id)
    known = Known(
        runs={run.id: (run.number, run.phase.value, run.phase.is_terminal) for run in ran},
        versions={
            each.digest: each.number for each in jobs.list_versions(conn, job.id, None, BACK)
        },
        restores=frozenset(f"{each.kind.value} {each.path}" for each in made)
        | {f"{run.base.kind.value} {run.base.path}" for run in ran if run.base.path},
    )
    return tell_changes(wanted, decided, known)
