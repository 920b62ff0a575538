"""Drafts and versions of a job: read from files and options, changed, compared, shown."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click
from msgspec import UNSET

from rheostat.cli import output
from rheostat.cli.words import plain, render_since
from rheostat.clock import now
from rheostat.errors import Invalid
from rheostat.wire.job import ContentView, DraftBody, GuardWord, JobView

if TYPE_CHECKING:
    from rheostat.client import Client


@dataclass(frozen=True, slots=True)
class Change:
    """What a person wants to change of a draft; None and empty: as it is."""

    sql: str | None = None
    settings: dict[str, str] = field(default_factory=dict)
    unset: tuple[str, ...] = ()
    flink: str | None = None
    guard: GuardWord | None = None


def given(**values: str | None) -> dict[str, Any]:
    """Keep the values that were given, so that the contract's own defaults hold for the others."""
    return {key: value for key, value in values.items() if value is not None}


def load_sql(path: str) -> str:
    """Read a script from a file, or from stdin for `-`; `Invalid` when it cannot be read as UTF-8."""
    try:
        with click.open_file(path, encoding="utf-8") as file:
            text: str = file.read()
            return text
    except UnicodeDecodeError as err:
        raise Invalid(f"{path} is not UTF-8 text: {err.reason} at byte {err.start}.") from err
    except OSError as err:
        raise Invalid(f"{path} cannot be read: {err.strerror}.") from err


def render_body(change: Change, configuration: dict[str, str]) -> DraftBody:
    """Render the body of an edit; `configuration` is the draft's present one.

    Raises:
        Invalid: a key to take away is not there.
    """
    absent = [key for key in change.unset if key not in configuration]
    if absent:
        raise Invalid(f"The draft does not set {', '.join(absent)}.")
    kept = {key: value for key, value in configuration.items() if key not in change.unset}
    return DraftBody(
        sql=UNSET if change.sql is None else change.sql,
        flink_configuration=kept | change.settings if change.settings or change.unset else UNSET,
        flink=change.flink or UNSET,
        guard=change.guard or UNSET,
    )


def show_jobs(views: list[JobView]) -> None:
    """Print a table of jobs."""
    rows = [
        (
            view.name,
            view.mode,
            f"{view.version}" if view.version is not None else None,
            f"{view.run}" if view.run is not None else None,
            output.status(view.phase),
            output.health(view.health, view.phase),
            render_since(view.created_at, now()),
        )
        for view in views
    ]
    heads = ("JOB", "MODE", "VERSION", "RUN", "PHASE", "HEALTH", "CREATED")
    output.show(output.table(heads, rows, right="VERSION RUN"))


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
    output.show(output.facts((("flink", content.flink), ("guard", content.guard), *settings)))
    click.echo("\n" + plain(content.sql.rstrip("\n")))


def show_difference(client: "Client", project: str, job: str, *, as_json: bool) -> None:
    """Print which parts of the draft differ from the newest version."""
    view = client.jobs.get(project, job)
    if view.version is None:
        changed = ["sql", "flink_configuration", "flink", "guard"]
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
    """Name the parts that differ; of the configuration, each key."""
    parts = [part for part in ("sql", "flink", "guard") if getattr(old, part) != getattr(new, part)]
    before, after = old.flink_configuration, new.flink_configuration
    keys = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    return parts + keys
