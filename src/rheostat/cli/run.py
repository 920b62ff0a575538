"""`rheostat run`: show, list; events, logs and exceptions are in `reading.py`."""

import click

from rheostat.cli.options import connect, examples, json_option, project_option, run_option
from rheostat.cli.reading import OF_RUN, key_of


@click.group(
    "run",
    epilog=examples(
        "rheostat run show orders -p shop",
        "rheostat run events orders -p shop --follow",
        "rheostat run logs orders -p shop --file taskmanager-0",
    ),
)
def command() -> None:
    """Executions of a job: status with its evidence, events, logs.

    NAME is the job's. Without --run the newest run is meant.
    """


for each in OF_RUN:
    command.add_command(each)


@command.command(
    "show",
    epilog=examples(
        "rheostat run show orders -p shop",
        "rheostat run show orders -p shop --run 3",
        "rheostat run show orders -p shop --json | jq -r .phase",
    ),
)
@click.argument("name")
@project_option
@run_option
@json_option
def show(*, name: str, project: str, run_number: int | None, as_json: bool) -> None:
    """Show how a run stands, why, who says so, and what you can do."""
    from rheostat.cli.output import print_json
    from rheostat.cli.standing import show_run

    client = connect()
    view = client.runs.get(key_of(project, name, run_number))
    if as_json:
        print_json(view)
    else:
        show_run(view, client.runs.start(key_of(project, name, view.number)))


@command.command("list", epilog=examples("rheostat run list orders -p shop"))
@click.argument("name")
@project_option
@json_option
def list_(*, name: str, project: str, as_json: bool) -> None:
    """List a job's runs."""
    from rheostat.cli.output import print_json
    from rheostat.cli.standing import show_runs

    views = list(connect().runs.list(project, name))
    if as_json:
        print_json(views)
    elif not views:
        click.echo(f"no runs yet; start one with `rheostat job start {name} -p {project}`")
    else:
        show_runs(views)
