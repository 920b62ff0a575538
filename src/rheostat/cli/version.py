"""`rheostat version`: list, show."""

import click

from rheostat.cli.options import connect, examples, json_option, project_option


@click.group(
    "version",
    epilog=examples(
        "rheostat version list orders -p shop", "rheostat version show orders 2 -p shop"
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
    from rheostat.cli.draft import show_content
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
