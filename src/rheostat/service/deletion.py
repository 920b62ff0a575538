"""Delete a job that does not run: say what that removes and what stays, then hide it."""

import datetime as dt

import sqlalchemy as sa

from rheostat.core.decided import Decided
from rheostat.errors import Conflict
from rheostat.model.job import Job
from rheostat.model.phase import Reason
from rheostat.service.plan import Shown, make_plan, settle_plan
from rheostat.store import job as jobs
from rheostat.store import run as runs
from rheostat.store import snapshot as snapshots
from rheostat.wire.plan import PlanView
from rheostat.wire.run import ActionView


def delete_job(
    conn: sa.Connection,
    where: tuple[str, str],
    plan: str | None,
    now: dt.datetime,
    *,
    dry_run: bool,
) -> ActionView:
    """Hide a job that does not run. Its snapshots stay where they are; its name is free again.

    Raises:
        Conflict: a run is live.
        Stale: the plan would be another than the one that was shown.
    """
    job = jobs.lock_job(conn, *where)
    view, _ = settle_plan(conn, job, plan, lambda: (*_plan(conn, job), None))
    if not dry_run:
        jobs.delete_job(conn, job, now)
    return ActionView(plan=view, run=None, applied=not dry_run)


def _plan(conn: sa.Connection, job: Job) -> tuple[Decided, PlanView]:
    live = runs.find_live(conn, job.id)
    if live is not None:
        raise Conflict(
            f"run {live.number} of {job.name} is {live.phase.value}",
            hint=f"stop it first: rheostat job stop {job.name} -p {job.project.name}",
        )
    newest, last = jobs.find_newest_version(conn, job.id), runs.find_newest_run(conn, job.id)
    kept = len(snapshots.list_of_job(conn, job.id))
    counts = {
        "versions": str(newest.number if newest else 0),
        "runs": str(last.number if last else 0),
    }
    steps = [Reason("plan_delete", {"job": job.name, **counts})]
    if kept:
        steps.append(Reason("plan_keep_snapshots", {"count": str(kept)}))
    decided = Decided(
        action="delete",
        run=last.id if last else "",
        version=newest.digest if newest else "",
    )
    return decided, make_plan(job, decided, steps, [Reason("cannot_be_undone")], Shown())
