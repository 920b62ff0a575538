"""Jobs: create, edit the draft, publish immutable versions."""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa

from rheostat.errors import Stale
from rheostat.model.ids import JobId
from rheostat.model.job import Content, Job, Mode, Version
from rheostat.service.content import changed_content, content_digest, first_content
from rheostat.service.view import job_view, version_view
from rheostat.store import job as jobs
from rheostat.store import project as projects
from rheostat.store import run as runs
from rheostat.wire.common import Page
from rheostat.wire.job import DraftBody, JobBody, JobView, VersionView


def create_job(
    conn: sa.Connection, project_name: str, body: JobBody, id_: JobId, now: dt.datetime
) -> JobView:
    """Add a job with its first draft. The draft may be wrong SQL; only `publish` judges it."""
    project = projects.load_project(conn, project_name)
    draft = first_content(conn, project, body)
    new = Job(
        id=id_,
        project=project,
        name=body.name,
        mode=Mode(body.mode),
        draft=draft,
        revision=1,
        created_at=now,
    )
    jobs.insert_job(conn, new, content_digest(draft))
    return job_view(new, None, None)


def edit_draft(
    conn: sa.Connection, project_name: str, name: str, body: DraftBody, revision: int
) -> JobView:
    """Change the draft that has this revision; `Stale` if it has another by now."""
    job = jobs.load_job(conn, project_name, name)
    if job.revision != revision:
        raise Stale(
            f"the draft is at revision {job.revision}, not {revision}",
            hint="read it again, then repeat your change",
        )
    draft = changed_content(conn, job.project, job.draft, body)
    digest = _digest(draft, jobs.find_newest_version(conn, job.id))
    next_revision = jobs.update_draft(conn, job.id, draft, revision, digest)
    return show(conn, replace(job, draft=draft, revision=next_revision))


def _digest(draft: Content, newest: Version | None) -> str:
    """Of what is equal, one digest: an older release may have reckoned the version's otherwise."""
    return newest.digest if newest and newest.content == draft else content_digest(draft)


def show(conn: sa.Connection, job: Job) -> JobView:
    """A job with its newest version and run in brief."""
    return job_view(job, jobs.find_newest_version(conn, job.id), runs.find_newest_run(conn, job.id))


def show_job(conn: sa.Connection, project_name: str, name: str) -> JobView:
    """One job, or `NotFound`."""
    return show(conn, jobs.load_job(conn, project_name, name))


def load_draft(conn: sa.Connection, project_name: str, name: str) -> Job:
    """The job whose draft is to be judged, outside of any transaction, before it is published."""
    return jobs.load_job(conn, project_name, name)


def publish(conn: sa.Connection, judged: Job, actor: str, now: dt.datetime) -> VersionView:
    """Freeze a draft that was judged. An unchanged draft is its newest version: publishing twice is one.

    Raises:
        Stale: the draft is no longer the one that was judged.
    """
    job = jobs.lock_job(conn, judged.project.name, judged.name)
    if job.draft != judged.draft:
        raise Stale("the draft was changed while it was judged", hint="publish again")
    newest = jobs.find_newest_version(conn, job.id)
    digest = _digest(job.draft, newest)
    jobs.save_draft_digest(conn, job.id, digest)
    if newest is not None and newest.digest == digest:
        return version_view(newest)
    version = Version(
        job_id=job.id,
        number=newest.number + 1 if newest else 1,
        content=job.draft,
        digest=digest,
        created_at=now,
        created_by=actor,
    )
    jobs.insert_version(conn, version)
    return version_view(version)


def show_version(conn: sa.Connection, project_name: str, name: str, number: int) -> VersionView:
    """One version, or `NotFound`."""
    job = jobs.load_job(conn, project_name, name)
    return version_view(jobs.load_version(conn, job.id, number))


def list_versions(
    conn: sa.Connection, project_name: str, name: str, after: int | None, limit: int
) -> Page[VersionView]:
    """A page, newest first."""
    job = jobs.load_job(conn, project_name, name)
    found = jobs.list_versions(conn, job.id, after, limit + 1)
    items = [version_view(each) for each in found[:limit]]
    return Page(items=items, next=str(items[-1].number) if len(found) > limit else None)
