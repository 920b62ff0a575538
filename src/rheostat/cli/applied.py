"""What `job apply` finds, would change, and did: the steps between a file and a version."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from rheostat.cli import output
from rheostat.cli.content_text import find_differences
from rheostat.cli.draft import upload_jar
from rheostat.cli.job_file import JobFile
from rheostat.cli.plan import render_plan
from rheostat.cli.words import plain
from rheostat.client.artifact import read_digest
from rheostat.client.run import RunKey
from rheostat.client.wait import TERMINAL
from rheostat.core.change import Difference, tell_difference
from rheostat.errors import Invalid, NotFound, RheostatError
from rheostat.wire.job import (
    ContentView,
    DraftBody,
    Jar,
    JarView,
    JobBody,
    JobView,
    PoliciesView,
    ResourcesView,
)
from rheostat.wire.plan import PlanView, RestartBody

if TYPE_CHECKING:
    from rheostat.client import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A file held against the server."""

    file: JobFile
    wanted: ContentView
    job: JobView | None
    """None: it is not there yet."""
    published: ContentView | None
    """Of the newest version."""
    version: int | None
    """The newest version; after `carry_out` the one that holds what the file says."""
    running: int | None
    """The version of the live run; None when none is live."""

    @property
    def project(self) -> str:
        """Of the file."""
        return self.file.project

    @property
    def name(self) -> str:
        """Of the job."""
        return self.file.body.name

    @property
    def changes(self) -> list[Difference]:
        """What the new version changes of the newest one, or of a job that says nothing."""
        return find_differences(self.published or EMPTY, self.wanted)

    @property
    def overwritten(self) -> list[Difference]:
        """What was changed in the draft, not published, and is not what the file says."""
        if self.job is None:
            return []
        old = self.published or EMPTY
        unpublished = {(each.what, each.key) for each in find_differences(old, self.job.draft)}
        found = find_differences(self.job.draft, self.wanted)
        return [each for each in found if (each.what, each.key) in unpublished]

    @property
    def is_there(self) -> bool:
        """Whether nothing is left to do."""
        draft = self.job.draft if self.job else None
        return draft == self.wanted and self.published == self.wanted


EMPTY = ContentView(
    kind="sql",
    sql="",
    jar=None,
    flink_configuration={},
    flink="",
    guard="resume_latest_proven",
    resources=ResourcesView(
        parallelism=None,
        slots=None,
        jobmanager_memory=None,
        taskmanager_memory=None,
        jobmanager_cpu=None,
        taskmanager_cpu=None,
    ),
    policies=PoliciesView(
        unseen_batch="hold", resume_failed=0, max_rewind_s=3600, is_stateless=False
    ),
)
"""A job that says nothing: what a new one is compared with."""


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What apply says to programs."""

    project: str
    job: str
    version: int | None
    """That holds what the file says; null when it is not published yet."""
    applied: bool
    is_there: bool
    """Nothing was left to do."""
    changes: list[dict[str, str | None]]
    overwritten: list[dict[str, str | None]]
    running_version: int | None
    restart: PlanView | None
    """What a restart would do; null when no live run is behind, or nothing is published yet."""


def find_target(client: "Client", file: JobFile) -> Target:
    """Read what the server has, and change nothing.

    Raises:
        Invalid: the job is of another mode, or a file cannot be read.
        NotFound: no such project.
    """
    project, name = file.project, file.body.name
    wanted = _wanted(client, file)
    try:
        job = client.jobs.get(project, name)
    except NotFound:
        client.projects.get(project)
        return Target(
            file=file, wanted=wanted, job=None, published=None, version=None, running=None
        )
    if job.mode != file.body.mode:
        raise Invalid(
            f"{name} is a {job.mode} job, the file says {file.body.mode}, and a mode never changes",
            hint="give the job another name, or correct the mode",
        )
    published = client.versions.get(project, name, job.version).content if job.version else None
    running = None
    if job.run is not None and job.phase not in TERMINAL:
        running = client.runs.get(RunKey(project, name, job.run)).version
    return Target(
        file=file,
        wanted=wanted,
        job=job,
        published=published,
        version=job.version,
        running=running,
    )


def carry_out(client: "Client", target: Target) -> Target:
    """Upload, create or edit, publish; each step only where it is needed. Repeating is harmless."""
    file, job = target.file, target.job
    body = file.body
    if file.jar is not None:
        digest = upload_jar(client, target.project, file.jar)
        body = _with_jar(file, digest)
    if job is None:
        client.jobs.create(target.project, body)
    elif job.draft != target.wanted:
        draft = DraftBody(
            sql=body.sql,
            jar=body.jar,
            flink_configuration=body.flink_configuration,
            flink=body.flink,
            guard=body.guard,
            resources=body.resources,
            policies=body.policies,
        )
        client.jobs.edit(target.project, target.name, draft, revision=job.revision)
    return replace(target, version=client.jobs.publish(target.project, target.name).number)


def is_behind(target: Target) -> bool:
    """Whether a run is live with another version than the file's."""
    return target.running is not None and target.running != target.version


def show_target(target: Target, *, as_json: bool, err: bool = False) -> None:
    """Print what would change; nothing was done."""
    if as_json:
        output.print_json(_applied(target, is_done=False))
        return
    if target.is_there:
        click.echo(f"{target.name}: nothing to do; version {target.version} is what the file says")
        return
    for line in _lines(target):
        click.echo(plain(line), err=err)
    if not err:
        if target.running is not None:
            click.echo(f"  run of version {target.running} is live; it would go on with it")
        click.echo("Nothing was changed.")


def report(client: "Client", target: Target, *, as_json: bool) -> None:
    """Print what was done, and what a restart would do now."""
    plan = _restart_plan(client, target)
    if as_json:
        output.print_json(_applied(target, is_done=True, plan=plan))
        return
    click.echo(f"{target.name}: version {target.version} is published")
    for change in target.changes:
        click.echo(plain(f"  {tell_difference(change)}"))
    where = f"{target.name} -p {target.project}"
    if plan is not None:
        click.echo(f"  version {target.running} runs on; a restart would be this:")
        output.show(*render_plan(plan))
        click.echo(f"  do it: rheostat job restart {where}")
    elif target.running is None:
        click.echo(f"  run it: rheostat job start {where}")


def _lines(target: Target) -> list[str]:
    if target.job is None:
        head = f"{target.name} is new in {target.project}, and would be version 1:"
    elif target.published == target.wanted:
        head = f"{target.name}: the draft would be again what version {target.version} holds:"
    else:
        next_ = (target.version or 0) + 1
        head = f"{target.name}: version {next_} would be published:"
    lines = [head, *(f"  {tell_difference(each)}" for each in target.changes)]
    if target.overwritten:
        lines.append("  the draft holds other changes that were not published; they would go:")
        lines += [f"    {tell_difference(each)}" for each in target.overwritten]
    return lines


def _restart_plan(client: "Client", target: Target) -> PlanView | None:
    """The plan, or None where none is needed or none can be made."""
    if not is_behind(target):
        return None
    body = RestartBody(version=target.version)
    try:
        return client.jobs.restart(target.project, target.name, body, dry_run=True).plan
    except RheostatError as err:
        click.echo(f"  a restart cannot be planned: {plain(err.message)}", err=True)
        return None


def _applied(target: Target, *, is_done: bool, plan: PlanView | None = None) -> Applied:
    return Applied(
        project=target.project,
        job=target.name,
        version=target.version if is_done or target.is_there else None,
        applied=is_done,
        is_there=target.is_there,
        changes=[_pairs(each) for each in target.changes],
        overwritten=[_pairs(each) for each in target.overwritten],
        running_version=target.running,
        restart=plan,
    )


def _pairs(each: Difference) -> dict[str, str | None]:
    return {"what": each.what, "key": each.key, "before": each.before, "after": each.after}


def _wanted(client: "Client", file: JobFile) -> ContentView:
    """The draft as the server would show it, were it applied."""
    body, jar = file.body, None
    if file.jar is not None:
        digest, size = read_digest(file.jar)
        jar = JarView(
            artifact=digest,
            name=_known_name(client, file.project, digest, file.jar),
            size_bytes=size,
            main=file.main,
            args=list(file.args),
        )
    fields: dict[str, Any] = msgspec.to_builtins(body)
    return ContentView(
        kind="jar" if jar else "sql",
        sql=body.sql,
        jar=jar,
        flink_configuration=body.flink_configuration,
        flink=body.flink,
        guard=body.guard,
        resources=ResourcesView(**fields["resources"]),
        policies=PoliciesView(**fields["policies"]),
    )


def _known_name(client: "Client", project: str, digest: str, file: Path) -> str:
    """A JAR keeps the name under which it was uploaded first."""
    try:
        return client.artifacts.get(project, digest).name
    except NotFound:
        return file.name


def _with_jar(file: JobFile, digest: str) -> JobBody:
    jar = Jar(artifact=digest, main=file.main, args=list(file.args))
    return msgspec.structs.replace(file.body, jar=jar)
