"""`rheostat project`: create, list."""

import click

from rheostat.cli.options import connect, examples, json_option


@click.group("project", epilog=examples("rheostat project create shop", "rheostat project list"))
def command() -> None:
    """Projects: who owns jobs."""


@command.command("create", epilog=examples("rheostat project create shop"))
@click.argument("name")
@json_option
def create(*, name: str, as_json: bool) -> None:
    """Create a project.

    A name has letters, digits, '-', '_' and '.', and begins and ends with a letter or digit.
    """
    view = connect().projects.create(name)
    if as_json:
        from rheostat.cli.output import print_json

        print_json(view)
    else:
        click.echo(f"project {view.name} is there")


@command.command("list", epilog=examples("rheostat project list", "rheostat project list --json"))
@json_option
def list_(*, as_json: bool) -> None:
    """List your projects."""
    from rheostat.cli import output
    from rheostat.cli.words import render_since
    from rheostat.clock import now

    views = list(connect().projects.list())
    if as_json:
        output.print_json(views)
    elif not views:
        click.echo("no projects yet; make one with `rheostat project create NAME`")
    else:
        rows = [(view.name, render_since(view.created_at, now())) for view in views]
        output.show(output.table(("PROJECT", "CREATED"), rows))
