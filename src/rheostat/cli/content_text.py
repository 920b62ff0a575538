"""What drafts and versions hold, shown and compared."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
import msgspec

from rheostat.cli import output
from rheostat.cli.words import plain, render_duration, render_since, render_size
from rheostat.clock import now
from rheostat.core.change import Difference, compare_contents
from rheostat.model.job import Content
from rheostat.wire.job import ContentView, JarView, JobView, PoliciesView

if TYPE_CHECKING:
    from rheostat.client import Client


def show_job(view: JobView) -> None:
    """Print a job and its draft."""
    output.show(
        output.facts(
            (
                ("job", f"{view.project}/{view.name}"),
                ("mode", view.mode),
                (
                    "version",
                    "none; publish the draft" if view.version is None else f"{view.version}",
                ),
                ("run", "none yet" if view.run is None else f"{view.run}"),
                ("phase", output.status(view.phase)),
                ("health", output.health(view.health, view.phase)),
                ("created", render_since(view.created_at, now())),
                ("draft", f"revision {view.revision}"),
            )
        )
    )
    show_content(view.draft)


def show_content(content: ContentView) -> None:
    """Print what a draft or version holds: a few facts, then the SQL as it is."""
    settings = [(key, value) for key, value in sorted(content.flink_configuration.items())]
    jar = tuple(_jar_facts(content.jar)) if content.jar else ()
    resources = tuple(_resource_facts(content))
    policies = tuple(_policy_facts(content.policies))
    facts = (*jar, ("flink", content.flink), ("guard", content.guard), *policies)
    output.show(output.facts((*facts, *resources, *settings)))
    if content.sql:
        click.echo("\n" + plain(content.sql.rstrip("\n")))


def show_difference(client: "Client", project: str, job: str, *, as_json: bool) -> None:
    """Print which parts of the draft differ from the newest version."""
    view = client.jobs.get(project, job)
    if view.version is None:
        changed = list(ContentView.__struct_fields__[1:])
    else:
        changed = compare(client.versions.get(project, job, view.version).content, view.draft)
    if as_json:
        output.print_json({"job": job, "version": view.version, "changed": changed})
    elif view.version is None:
        click.echo(f"{job}: the draft would be version 1. Nothing was published.")
    elif not changed:
        click.echo(f"{job}: the draft equals version {view.version}.")
    else:
        click.echo(f"{job}: differs from version {view.version} in {', '.join(changed)}.")
        click.echo("Nothing was published.")


def compare(old: ContentView, new: ContentView) -> list[str]:
    """Name the parts that differ; of configuration, resources and policies, each key."""
    return [each.key or each.what for each in find_differences(old, new)]


def find_differences(old: ContentView, new: ContentView) -> list[Difference]:
    """All that differs, part by part; values of keys that hold secrets are blanked."""
    return compare_contents(_content(old), _content(new))


def _content(view: ContentView) -> Content:
    return msgspec.convert(msgspec.to_builtins(view), Content)


def _jar_facts(jar: JarView) -> Iterator[tuple[str, str]]:
    yield "jar", f"{jar.name}, {render_size(jar.size_bytes)}, {jar.artifact[:12]}"
    yield "main class", jar.main or "as the manifest says"
    for argument in jar.args:
        yield "argument", argument


def _resource_facts(content: ContentView) -> Iterator[tuple[str, str]]:
    for field in content.resources.__struct_fields__:
        value = getattr(content.resources, field)
        if value is not None:
            yield field.replace("_", " "), f"{value:g}" if isinstance(value, float) else f"{value}"


def _policy_facts(policies: PoliciesView) -> Iterator[tuple[str, str]]:
    """What differs from what every job gets."""
    if policies.unseen_batch != "hold":
        yield "unseen batch", policies.unseen_batch
    if policies.resume_failed:
        yield "resume failed", f"{policies.resume_failed} times in 30 min"
    if policies.max_rewind_s != 3600:
        yield "max rewind", render_duration(policies.max_rewind_s)
    if policies.is_stateless:
        yield "stateless", "yes"
