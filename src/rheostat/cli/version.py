"""`rheostat version`: list, show, diff."""

from typing import TypedDict

import click
from typing_extensions import Unpack

from rheostat.cli.options import connect, examples, json_option, project_option


@click.group(
    "version",
    epilog=examples(
        "rheostat version list orders -p shop",
        "rheostat version show orders 2 -p shop",
        "rheostat version diff orders -p shop",
    ),
)
def command() -> None:
    """Immutable releases of a job."""


@command.command("list", epilog=examples("rheostat version list orders -p shop"))
@click.argument("name")
@project_option
@json_option
def list_(*, name: str, project: str, as_json: bool) -> None:
    """List a job's versions."""
    from rheostat.cli import output
    from rheostat.cli.words import render_since
    from rheostat.clock import now

    views = list(connect().versions.list(project, name))
    if as_json:
        output.print_json(views)
    elif not views:
        click.echo(f"no versions yet; make one with `rheostat job publish {name} -p {project}`")
    else:
        rows = [
            (
                f"{view.number}",
                view.content.flink,
                view.digest[:12],
                view.created_by,
                render_since(view.created_at, now()),
            )
            for view in views
        ]
        heads = ("VERSION", "FLINK", "DIGEST", "BY", "PUBLISHED")
        output.show(output.table(heads, rows, right="VERSION"))


@command.command("show", epilog=examples("rheostat version show orders 2 -p shop"))
@click.argument("name")
@click.argument("number", type=click.IntRange(min=1))
@project_option
@json_option
def show(*, name: str, number: int, project: str, as_json: bool) -> None:
    """Show what a version holds, with its SQL."""
    from rheostat.cli import output
    from rheostat.cli.content_text import show_content
    from rheostat.cli.words import render_since
    from rheostat.clock import now

    view = connect().versions.get(project, name, number)
    if as_json:
        output.print_json(view)
        return
    output.show(
        output.facts(
            (
                ("version", f"{view.number} of {name}"),
                ("published", f"{render_since(view.created_at, now())} by {view.created_by}"),
                ("digest", view.digest),
            )
        )
    )
    show_content(view.content)


class DiffOptions(TypedDict):
    """What diff was told."""

    name: str
    old: int | None
    new: int | None
    project: str
    as_json: bool


@command.command(
    "diff",
    epilog=examples(
        "rheostat version diff orders -p shop",
        "rheostat version diff orders 1 -p shop",
        "rheostat version diff orders 1 3 -p shop --json",
    ),
)
@click.argument("name")
@click.argument("old", metavar="[A]", type=click.IntRange(min=1), required=False)
@click.argument("new", metavar="[B]", type=click.IntRange(min=1), required=False)
@project_option
@json_option
def diff(**options: Unpack[DiffOptions]) -> None:
    """Show what version B has changed of version A: its SQL or JAR, its settings, resources.

    B is the newest version if it is left out; A the one before the newest.
    """
    from rheostat.cli.difference import choose_versions, compare_versions, show_versions
    from rheostat.cli.output import print_json

    client, project, name = connect(), options["project"], options["name"]
    a, b = choose_versions(client.jobs.get(project, name), options["old"], options["new"])
    found = compare_versions(
        client.versions.get(project, name, a), client.versions.get(project, name, b)
    )
    if options["as_json"]:
        print_json(found)
    else:
        show_versions(found)
