"""Jobs: create, edit the draft, publish immutable versions."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import replace

import msgspec
import sqlalchemy as sa
from msgspec import UNSET

from rheostat.core.local_command import check_settings
from rheostat.core.reserved import check_configuration
from rheostat.core.script import check_script
from rheostat.errors import Conflict, FieldProblem, Invalid, Stale, TooLarge
from rheostat.model.ids import JobId
from rheostat.model.job import Content, GuardPolicy, Job, Mode, Version
from rheostat.service.plan import check_plan, plan_hash
from rheostat.service.view import job_view, version_view
from rheostat.store import job as jobs
from rheostat.store import project as projects
from rheostat.store import run as runs
from rheostat.store import snapshot as snapshots
from rheostat.wire.common import Page
from rheostat.wire.job import DraftBody, JobBody, JobView, VersionView
from rheostat.wire.run import ActionView, PlanView

SQL_LIMIT_BYTES = 4 * 1024 * 1024
"""A script larger than this is a program: put the data into tables."""


def create_job(
    conn: sa.Connection, project_name: str, body: JobBody, id_: JobId, now: dt.datetime
) -> JobView:
    """Add a job with its first draft. The draft may be wrong SQL; only `publish` judges it."""
    project = projects.load_project(conn, project_name)
    draft = Content(
        sql=body.sql,
        flink_configuration=body.flink_configuration,
        flink=body.flink,
        guard=GuardPolicy(body.guard),
    )
    _check_edges(draft)
    new = Job(
        id=id_,
        project=project,
        name=body.name,
        mode=Mode(body.mode),
        draft=draft,
        revision=1,
        created_at=now,
    )
    jobs.insert_job(conn, new)
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
    old = job.draft
    draft = replace(
        old,
        sql=old.sql if body.sql is UNSET else body.sql,
        flink_configuration=old.flink_configuration
        if body.flink_configuration is UNSET
        else body.flink_configuration,
        flink=old.flink if body.flink is UNSET else body.flink,
        guard=old.guard if body.guard is UNSET else GuardPolicy(body.guard),
    )
    _check_edges(draft)
    changed = replace(job, draft=draft, revision=jobs.update_draft(conn, job.id, draft, revision))
    return show(conn, changed)


def show(conn: sa.Connection, job: Job) -> JobView:
    """A job with its newest version and run in brief."""
    return job_view(job, jobs.find_newest_version(conn, job.id), runs.find_newest_run(conn, job.id))


def show_job(conn: sa.Connection, project_name: str, name: str) -> JobView:
    """One job, or `NotFound`."""
    return show(conn, jobs.load_job(conn, project_name, name))


def list_jobs(
    conn: sa.Connection, project_name: str, after: str | None, limit: int
) -> Page[JobView]:
    """A page by name."""
    project = projects.load_project(conn, project_name)
    found = jobs.list_jobs(conn, project, after, limit + 1)
    items = [show(conn, each) for each in found[:limit]]
    return Page(items=items, next=items[-1].name if len(found) > limit else None)


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
    digest = content_digest(job.draft)
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
    live = runs.find_live(conn, job.id)
    if live is not None:
        raise Conflict(
            f"run {live.number} of {job.name} is {live.phase.value}",
            hint=f"stop it first: rheostat job stop {job.name} -p {job.project.name}",
        )
    view = _deletion(conn, job)
    check_plan(view, plan)
    if not dry_run:
        jobs.delete_job(conn, job, now)
    return ActionView(plan=view, run=None, applied=not dry_run)


def _deletion(conn: sa.Connection, job: Job) -> PlanView:
    newest, last = jobs.find_newest_version(conn, job.id), runs.find_newest_run(conn, job.id)
    kept = snapshots.list_of_job(conn, job.id)
    versions, ran = newest.number if newest else 0, last.number if last else 0
    steps = [f"remove {job.name} from the lists, with {versions} versions and {ran} runs"]
    if kept:
        steps.append(f"leave its {len(kept)} snapshots on disk")
    return PlanView(
        action="delete",
        job=job.name,
        version=None,
        restore=None,
        steps=steps,
        changes=[],
        warnings=["this cannot be undone by command"],
        hash=plan_hash({"delete": job.id, "versions": versions, "runs": ran}),
    )


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


def check_content(content: Content, mode: Mode) -> None:
    """Refuse what would fail, or what is ours to set; every fault at once."""
    problems = [
        FieldProblem(f"{fault.line}:{fault.column}", fault.message)
        for fault in check_script(content.sql, streaming=mode is Mode.STREAMING)
    ]
    problems += check_configuration(content.flink_configuration)
    if not problems:
        problems += check_settings(
            content.flink, content.flink_configuration, is_streaming=mode is Mode.STREAMING
        )
    if problems:
        count = f"{len(problems)} faults" if len(problems) > 1 else "a fault"
        raise Invalid(f"the draft has {count}", problems=tuple(problems))


def content_digest(content: Content) -> str:
    """SHA-256 over the canonical JSON: equal content, equal digest."""
    canonical = msgspec.json.encode(msgspec.to_builtins(content), order="deterministic")
    return hashlib.sha256(canonical).hexdigest()


def _check_edges(draft: Content) -> None:
    """What no draft may hold, however wrong its SQL may be."""
    size = len(draft.sql.encode("utf-8", "surrogatepass"))
    if size > SQL_LIMIT_BYTES:
        raise TooLarge(
            f"the script has {size:,} bytes, and at most {SQL_LIMIT_BYTES:,} are taken",
            hint="put data into tables or files, and keep the script for statements",
        )
    problems = list(_text_problems({"sql": draft.sql}))
    problems += _text_problems(
        {f"flink_configuration.{key}": text for key, text in draft.flink_configuration.items()}
    )
    problems += [
        FieldProblem(f"flink_configuration.{key!r}", "a key may not be empty or hold line breaks")
        for key in draft.flink_configuration
        if not key.strip() or any(each in key for each in "\n\r\x00")
    ]
    if problems:
        raise Invalid(problems=tuple(problems))


def _text_problems(texts: Mapping[str, str]) -> list[FieldProblem]:
    """NUL cannot be stored by PostgreSQL, and lone surrogates by nobody."""
    problems = []
    for where, text in texts.items():
        at = text.find("\x00")
        if at >= 0:
            line = text.count("\n", 0, at) + 1
            problems.append(FieldProblem(where, f"holds a NUL character in line {line}"))
        elif any("\ud800" <= char <= "\udfff" for char in text):
            problems.append(FieldProblem(where, "is not valid Unicode"))
    return problems
