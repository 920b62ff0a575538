"""`logs`, `events` and `exceptions`: the same below `rheostat job` and below `rheostat run`."""

from typing import TYPE_CHECKING, TypedDict

import click
from typing_extensions import Unpack

from rheostat.cli.options import connect, examples, json_option, project_option, run_option

if TYPE_CHECKING:
    from rheostat.client import RunKey


def key_of(project: str, name: str, number: int | None) -> "RunKey":
    """A run by number; None: the newest."""
    from rheostat.client import RunKey

    return RunKey(project, name, "latest" if number is None else number)


class LogsOptions(TypedDict):
    """What logs was told."""

    name: str
    project: str
    run_number: int | None
    attempt: int | None
    source: str
    tail: int | None
    follow: bool
    grep: str | None
    download: str | None
    as_json: bool


@click.command(
    "logs",
    epilog=examples(
        "rheostat job logs orders -p shop",
        "rheostat job logs orders -p shop --file taskmanager-0 --tail 50",
        "rheostat job logs orders -p shop --run 2 --attempt 1",
        "rheostat job logs orders -p shop --follow",
        "rheostat job logs orders -p shop --grep exception",
        "rheostat job logs orders -p shop --download orders.log",
    ),
)
@click.argument("name")
@project_option
@run_option
@click.option("--attempt", type=click.IntRange(min=1), metavar="N", help="Default: the newest.")
@click.option(
    "--file",
    "--source",
    "source",
    default="jobmanager",
    show_default=True,
    metavar="FILE",
    help="jobmanager, taskmanager-0, taskmanager-1 …, or a file's whole name.",
)
@click.option("--tail", type=click.IntRange(min=1), metavar="N", help="The last N lines only.")
@click.option("--follow", "-f", is_flag=True, help="Go on until the run ends. Not with --json.")
@click.option("--grep", metavar="TEXT", help="Only lines that hold a text, with their numbers.")
@click.option("--download", metavar="FILE", help="Write the whole log to a file; - is stdout.")
@json_option
def logs(**options: Unpack[LogsOptions]) -> None:
    """Print the end of a log, of ended attempts too."""
    from rheostat.cli import log
    from rheostat.cli.output import print_json
    from rheostat.cli.words import render_size

    _check_ways(options)
    client = connect()
    key = key_of(options["project"], options["name"], options["run_number"])
    file = log.find_file(list(client.logs.list(key)), options["source"], options["attempt"])
    if options["grep"]:
        found = client.logs.search(key, file.attempt, file.name, options["grep"])
        log.show_matches(found, file.name, as_json=options["as_json"])
        return
    if options["download"]:
        log.save_log(client, key, file, options["download"])
        return
    view = log.load_log(client, key, file, options["tail"])
    if options["as_json"]:
        print_json(view)
        return
    if view.truncated and options["tail"] is None:
        click.echo(f"(the end of {view.name}, {render_size(view.size_bytes)} in all)", err=True)
    log.show_log(view)
    if options["follow"]:
        log.follow_log(client, key, view)


def _check_ways(options: LogsOptions) -> None:
    alone = [way for way in ("grep", "download") if options[way]]
    given = [way for way in ("tail", "follow") if options[way]] + alone
    if alone and len(given) > 1:
        raise click.UsageError(f"--{given[0]} and --{given[1]} do not go together")
    if options["as_json"] and (options["follow"] or options["download"]):
        raise click.UsageError("--follow and --download do not go together with --json")


@click.command(
    "exceptions",
    epilog=examples(
        "rheostat job exceptions orders -p shop",
        "rheostat job exceptions orders -p shop --run 3 --json",
    ),
)
@click.argument("name")
@project_option
@run_option
@json_option
def exceptions(*, name: str, project: str, run_number: int | None, as_json: bool) -> None:
    """Print what went wrong in a run, newest first, the root cause first in each."""
    from rheostat.cli.history import show_exceptions
    from rheostat.cli.output import print_json

    views = list(connect().runs.exceptions(key_of(project, name, run_number)))
    if as_json:
        print_json(views)
    elif views:
        show_exceptions(views)
    else:
        click.echo("no exceptions")


class EventsOptions(TypedDict):
    """What events was told."""

    name: str
    project: str
    run_number: int | None
    follow: bool
    as_json: bool


@click.command(
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
def run_events(**options: Unpack[EventsOptions]) -> None:
    """Print a run's history: decisions, actions with their durations, observations, people."""
    from rheostat.cli.history import follow_events, show_events
    from rheostat.cli.output import print_json

    client = connect()
    key = key_of(options["project"], options["name"], options["run_number"])
    if options["follow"]:
        follow_events(client, key, as_json=options["as_json"])
    elif options["as_json"]:
        print_json(list(client.runs.events(key)))
    else:
        show_events(client.runs.events(key))


@click.command(
    "events",
    epilog=examples(
        "rheostat job events orders -p shop", "rheostat job events orders -p shop --follow"
    ),
)
@click.argument("name")
@project_option
@click.option(
    "--follow",
    "-f",
    is_flag=True,
    help="Go on with what happens, runs to come included, until interrupted; JSON comes as one event"
    " a line.",
)
@json_option
def job_events(*, name: str, project: str, follow: bool, as_json: bool) -> None:
    """Print the history of a job's newest run; with --follow, live, whatever happens to the job."""
    from rheostat.cli.history import follow_job, show_events
    from rheostat.cli.output import print_json

    client, key = connect(), key_of(project, name, None)
    if follow:
        follow_job(client, key, as_json=as_json)
    elif as_json:
        print_json(list(client.runs.events(key)))
    else:
        show_events(client.runs.events(key))


OF_JOB = (logs, job_events, exceptions)
OF_RUN = (logs, run_events, exceptions)
