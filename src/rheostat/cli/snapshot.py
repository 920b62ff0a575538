"""`rheostat snapshot`: list."""

import click

from rheostat.cli.options import connect, examples, json_option, project_option


@click.group(
    "snapshot",
    epilog=examples(
        "rheostat snapshot list orders -p shop", "rheostat job start orders -p shop --from SNAPSHOT"
    ),
)
def command() -> None:
    """Savepoints and retained checkpoints of a job: what it can be started from."""


@command.command(
    "list",
    epilog=examples(
        "rheostat snapshot list orders -p shop", "rheostat snapshot list orders -p shop --json"
    ),
)
@click.argument("name")
@project_option
@json_option
def list_(*, name: str, project: str, as_json: bool) -> None:
    """List a job's snapshots.

    PROVEN says how far a snapshot was checked: 0 not at all, 1 its metadata was read to the end,
    2 the files it needs are there too.
    """
    from rheostat.cli import output
    from rheostat.cli.words import render_age, render_size

    views = list(connect().snapshots.list(project, name))
    if as_json:
        output.print_json(views)
    elif not views:
        click.echo("no snapshots yet; a stop makes one, and so do checkpoints while the job runs")
    else:
        rows = [
            (
                view.id,
                view.kind,
                render_age(view.age_s),
                render_size(view.size_bytes),
                f"{view.run}.{view.attempt}",
                f"{view.proven}" if view.fault is None else f"{view.proven}: {view.fault}",
                view.path,
            )
            for view in views
        ]
        heads = ("SNAPSHOT", "KIND", "MADE", "SIZE", "RUN", "PROVEN", "PATH")
        output.show(output.table(heads, rows, right="SIZE"))
