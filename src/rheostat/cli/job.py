"""`rheostat job`: create, list, show, edit, publish; the actions are in `action.py`."""

from typing import TYPE_CHECKING, TypedDict

import click
from typing_extensions import Unpack

from rheostat.cli.action import ACTIONS
from rheostat.cli.apply import apply
from rheostat.cli.content import ContentOptions, content_options, is_nothing_said
from rheostat.cli.listing import list_
from rheostat.cli.options import connect, examples, json_option, project_option
from rheostat.cli.reading import OF_JOB

if TYPE_CHECKING:
    from rheostat.wire.job import ModeWord


@click.group(
    "job",
    epilog=examples(
        "rheostat job create orders -p shop --sql orders.sql",
        "rheostat job publish orders -p shop",
        "rheostat job start orders -p shop --wait",
        "rheostat job apply -f orders.yaml --yes",
    ),
)
def command() -> None:
    """Jobs: create, edit, publish, start, stop, restart.

    A job has a draft that you edit and versions that never change. `publish` freezes the draft
    as the next version; `start` runs a version, `restart` goes over to another one. `apply` brings
    a job to what a file says.
    """


for each in (list_, apply, *ACTIONS, *OF_JOB):
    command.add_command(each)


class CreateOptions(ContentOptions):
    """What create was told."""

    name: str
    project: str
    mode: "ModeWord | None"
    as_json: bool


@command.command(
    "create",
    epilog=examples(
        "rheostat job create orders -p shop --sql orders.sql",
        "rheostat job create report -p shop --sql report.sql --mode batch",
        "rheostat job create orders -p shop --sql - --set table.local-time-zone=UTC <orders.sql",
        "rheostat job create clicks -p shop --jar clicks.jar --main shop.Clicks --arg=--rate --arg=10",
        "rheostat job create orders -p shop --sql orders.sql --parallelism 4 --taskmanager-memory 2g",
    ),
)
@click.argument("name")
@project_option
@click.option(
    "--mode",
    type=click.Choice(("streaming", "batch")),
    help="Default: streaming. It never changes.",
)
@content_options
@json_option
def create(**options: Unpack[CreateOptions]) -> None:
    """Create a job with its first draft. Nothing runs yet.

    The program is a script (--sql) or a JAR (--jar). A JAR is uploaded to the project once, and a
    version names it by its SHA-256, so that it always runs the same code. Its main builds one
    pipeline and calls execute once.

    Resources that are not given are chosen by the server. What is set both as a resource and by
    --set is refused.
    """
    if options["sql"] is None and options["jar"] is None:
        raise click.UsageError("say what runs: --sql FILE or --jar FILE")
    if options["sql"] is not None and options["jar"] is not None:
        raise click.UsageError("a job runs a script or a JAR: give --sql or --jar, not both")
    from rheostat.cli.draft import first_body

    client, project = connect(), options["project"]
    body = first_body(client, project, options["name"], options["mode"], options)
    view = client.jobs.create(project, body)
    if options["as_json"]:
        from rheostat.cli.output import print_json

        print_json(view)
        return
    click.echo(f"job {view.name} is there, as a draft")
    click.echo(f"  release it: rheostat job publish {view.name} -p {project}")


@command.command("show", epilog=examples("rheostat job show orders -p shop"))
@click.argument("name")
@project_option
@json_option
def show(*, name: str, project: str, as_json: bool) -> None:
    """Show a job: its draft with its SQL, its newest version and run."""
    from rheostat.cli import output
    from rheostat.cli.content_text import show_job

    view = connect().jobs.get(project, name)
    if as_json:
        output.print_json(view)
    else:
        show_job(view)


class EditOptions(ContentOptions):
    """What edit was told."""

    name: str
    project: str
    unset: tuple[str, ...]
    as_json: bool


@command.command(
    "edit",
    epilog=examples(
        "rheostat job edit orders -p shop --sql orders.sql",
        "rheostat job edit orders -p shop --parallelism 4 --unset table.local-time-zone",
        "rheostat job edit clicks -p shop --jar clicks-2.jar",
        "rheostat job edit clicks -p shop --unset taskmanager-memory",
    ),
)
@click.argument("name")
@project_option
@click.option(
    "--unset",
    multiple=True,
    metavar="KEY",
    help="Take a configuration key or a resource away; may be repeated.",
)
@content_options
@json_option
def edit(**options: Unpack[EditOptions]) -> None:
    """Change a job's draft. Versions and runs stay as they are.

    What is not named stays: a new --jar keeps main class and arguments. A script takes the place
    of a JAR, and a JAR that of a script. If someone else changed the draft meanwhile, nothing is
    changed and the exit status is 5.
    """
    if options["sql"] is not None and options["jar"] is not None:
        raise click.UsageError("a job runs a script or a JAR: give --sql or --jar, not both")
    if is_nothing_said(options) and not options["unset"]:
        raise click.UsageError("say what to change: --sql, --jar, --set, --unset, --flink, …")
    from rheostat.cli.draft import changed_body

    client, project, name = connect(), options["project"], options["name"]
    before = client.jobs.get(project, name)
    body = changed_body(client, project, options, options["unset"], before.draft)
    view = client.jobs.edit(project, name, body, revision=before.revision)
    if options["as_json"]:
        from rheostat.cli.output import print_json

        print_json(view)
    else:
        click.echo(f"draft of {view.name} is changed (revision {view.revision})")


class PublishOptions(TypedDict):
    """What publish was told."""

    name: str
    project: str
    dry_run: bool
    yes: bool
    wait: bool
    as_json: bool


@command.command("publish", epilog=examples("rheostat job publish orders -p shop"))
@click.argument("name")
@project_option
@click.option(
    "--dry-run", is_flag=True, help="Say what differs from the newest version; publish nothing."
)
@click.option("--yes", "-y", is_flag=True, help="Accepted as for start; publishing never asks.")
@click.option(
    "--wait", is_flag=True, help="Accepted as for start; publishing is done when it returns."
)
@json_option
def publish(**options: Unpack[PublishOptions]) -> None:
    """Freeze the draft as the next version. A live run goes on with its own version."""
    from rheostat.cli.output import print_json
    from rheostat.client.wait import TERMINAL

    client, project, name = connect(), options["project"], options["name"]
    if options["dry_run"]:
        from rheostat.cli.content_text import show_difference

        show_difference(client, project, name, as_json=options["as_json"])
        return
    view = client.jobs.publish(project, name)
    if options["as_json"]:
        print_json(view)
        return
    phase = client.jobs.get(project, name).phase
    verb = "start" if phase is None or phase in TERMINAL else "restart"
    click.echo(f"{name}: version {view.number} is published")
    click.echo(f"  run it: rheostat job {verb} {name} -p {project}")
