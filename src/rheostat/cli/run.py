"""`rheostat run`: show, list, events, logs."""

from typing import TYPE_CHECKING, TypedDict

import click
from typing_extensions import Unpack

from rheostat.cli.options import connect, examples, json_option, project_option, run_option

if TYPE_CHECKING:
    from rheostat.client import RunKey


@click.group(
    "run",
    epilog=examples(
        "rheostat run show orders -p shop",
        "rheostat run events orders -p shop --follow",
        "rheostat run logs orders -p shop --source taskmanager-0",
    ),
)
def command() -> None:
    """Executions of a job: status with its evidence, events, logs.

    NAME is the job's. Without --run the newest run is meant.
    """


def _key(project: str, name: str, number: int | None) -> "RunKey":
    from rheostat.client import RunKey

    return RunKey(project, name, "latest" if number is None else number)


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

    view = connect().runs.get(_key(project, name, run_number))
    if as_json:
        print_json(view)
    else:
        show_run(view)


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


class EventsOptions(TypedDict):
    """What events was told."""

    name: str
    project: str
    run_number: int | None
    follow: bool
    as_json: bool


@command.command(
    "events",
    epilog=examples(
        "rheostat run events orders -p shop", "rheostat run events orders -p shop --follow"
    ),
)
@click.argument("name")
@project_option
@run_option
@click.option(
    "--follow", "-f", is_flag=True, help="Go on until the run ends; JSON comes as one event a line."
)
@json_option
def events(**options: Unpack[EventsOptions]) -> None:
    """Print a run's history: decisions, actions with their durations, observations, people."""
    from rheostat.cli.history import follow_events, show_events
    from rheostat.cli.output import print_json

    client = connect()
    key = _key(options["project"], options["name"], options["run_number"])
    if options["follow"]:
        follow_events(client, key, as_json=options["as_json"])
    elif options["as_json"]:
        print_json(list(client.runs.events(key)))
    else:
        show_events(client.runs.events(key))


class LogsOptions(TypedDict):
    """What logs was told."""

    name: str
    project: str
    run_number: int | None
    attempt: int | None
    source: str
    tail: int | None
    follow: bool
    as_json: bool


@command.command(
    "logs",
    epilog=examples(
        "rheostat run logs orders -p shop",
        "rheostat run logs orders -p shop --source taskmanager-0 --tail 50",
        "rheostat run logs orders -p shop --run 2 --attempt 1",
        "rheostat run logs orders -p shop --follow",
    ),
)
@click.argument("name")
@project_option
@run_option
@click.option("--attempt", type=click.IntRange(min=1), metavar="N", help="Default: the newest.")
@click.option(
    "--source",
    default="jobmanager",
    show_default=True,
    metavar="SOURCE",
    help="jobmanager, taskmanager-0, taskmanager-1 …, or a file's whole name.",
)
@click.option("--tail", type=click.IntRange(min=1), metavar="N", help="The last N lines only.")
@click.option("--follow", "-f", is_flag=True, help="Go on until the run ends. Not with --json.")
@json_option
def logs(**options: Unpack[LogsOptions]) -> None:
    """Print the end of a log, of ended attempts too."""
    from rheostat.cli.history import find_file, follow_log, load_log, show_log
    from rheostat.cli.output import print_json
    from rheostat.cli.words import render_size

    if options["follow"] and options["as_json"]:
        raise click.UsageError("--follow and --json do not go together for logs")
    client = connect()
    key = _key(options["project"], options["name"], options["run_number"])
    file = find_file(list(client.runs.logs(key)), options["source"], options["attempt"])
    view = load_log(client, key, file, options["tail"])
    if options["as_json"]:
        print_json(view)
        return
    if view.truncated and options["tail"] is None:
        click.echo(f"(the end of {view.name}, {render_size(view.size_bytes)} in all)", err=True)
    show_log(view)
    if options["follow"]:
        follow_log(client, key, view)
