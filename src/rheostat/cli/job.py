"""`rheostat job`: create, list, show, edit, publish; the actions are in `action.py`."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import click
from typing_extensions import Unpack

from rheostat.cli.action import ACTIONS
from rheostat.cli.options import connect, examples, json_option, project_option, settings_option

if TYPE_CHECKING:
    from rheostat.wire.job import GuardWord, ModeWord

F = TypeVar("F", bound=Callable[..., Any])

GUARDS = ("resume_latest_proven", "fail_and_alert", "hold")


@click.group(
    "job",
    epilog=examples(
        "rheostat job create orders -p shop --sql orders.sql",
        "rheostat job publish orders -p shop",
        "rheostat job start orders -p shop --wait",
    ),
)
def command() -> None:
    """Jobs: create, edit, publish, start, stop, restart.

    A job has a draft that you edit and versions that never change. `publish` freezes the draft
    as the next version; `start` runs a version, `restart` goes over to another one.
    """


for each in ACTIONS:
    command.add_command(each)


def _draft_options(command: F) -> F:
    """Add what create and edit take alike."""
    guard = click.option(
        "--guard",
        type=click.Choice(GUARDS),
        help="What happens when the JobManager is lost.",
    )
    flink = click.option("--flink", metavar="VERSION", help="The Flink version, such as 2.3.")
    return settings_option(flink(guard(command)))


class CreateOptions(TypedDict):
    """What create was told."""

    name: str
    project: str
    sql: str
    mode: "ModeWord | None"
    settings: dict[str, str]
    flink: str | None
    guard: "GuardWord | None"
    as_json: bool


@command.command(
    "create",
    epilog=examples(
        "rheostat job create orders -p shop --sql orders.sql",
        "rheostat job create report -p shop --sql report.sql --mode batch",
        "rheostat job create orders -p shop --sql - --set parallelism.default=2 <orders.sql",
    ),
)
@click.argument("name")
@project_option
@click.option(
    "--sql",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    required=True,
    metavar="FILE",
    help="The script, in Flink SQL; - is stdin.",
)
@click.option(
    "--mode",
    type=click.Choice(("streaming", "batch")),
    help="Default: streaming. It never changes.",
)
@_draft_options
@json_option
def create(**options: Unpack[CreateOptions]) -> None:
    """Create a job with its first draft. Nothing runs yet."""
    from rheostat.cli.draft import given, load_sql
    from rheostat.wire.job import JobBody

    body = JobBody(
        name=options["name"],
        sql=load_sql(options["sql"]),
        flink_configuration=options["settings"],
        **given(mode=options["mode"], flink=options["flink"], guard=options["guard"]),
    )
    view = connect().jobs.create(options["project"], body)
    if options["as_json"]:
        from rheostat.cli.output import print_json

        print_json(view)
        return
    click.echo(f"job {view.name} is there, as a draft")
    click.echo(f"  release it: rheostat job publish {view.name} -p {options['project']}")


@command.command("list", epilog=examples("rheostat job list -p shop"))
@project_option
@json_option
def list_(*, project: str, as_json: bool) -> None:
    """List a project's jobs, with phase and health of their newest runs."""
    from rheostat.cli import output
    from rheostat.cli.draft import show_jobs

    views = list(connect().jobs.list(project))
    if as_json:
        output.print_json(views)
    elif not views:
        click.echo(f"no jobs in {project} yet; make one with `rheostat job create --help`")
    else:
        show_jobs(views)


@command.command("show", epilog=examples("rheostat job show orders -p shop"))
@click.argument("name")
@project_option
@json_option
def show(*, name: str, project: str, as_json: bool) -> None:
    """Show a job: its draft with its SQL, its newest version and run."""
    from rheostat.cli import output
    from rheostat.cli.draft import show_job

    view = connect().jobs.get(project, name)
    if as_json:
        output.print_json(view)
    else:
        show_job(view)


class EditOptions(TypedDict):
    """What edit was told."""

    name: str
    project: str
    sql: str | None
    settings: dict[str, str]
    unset: tuple[str, ...]
    flink: str | None
    guard: "GuardWord | None"
    as_json: bool


@command.command(
    "edit",
    epilog=examples(
        "rheostat job edit orders -p shop --sql orders.sql",
        "rheostat job edit orders -p shop --set parallelism.default=4 --unset table.local-time-zone",
    ),
)
@click.argument("name")
@project_option
@click.option(
    "--sql",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="The new script; - is stdin.",
)
@click.option(
    "--unset", multiple=True, metavar="KEY", help="Take a configuration key away; may be repeated."
)
@_draft_options
@json_option
def edit(**options: Unpack[EditOptions]) -> None:
    """Change a job's draft. Versions and runs stay as they are.

    What is not named stays. If someone else changed the draft meanwhile, nothing is changed and
    the exit status is 5.
    """
    from rheostat.cli.draft import Change, load_sql, render_body

    change = Change(
        sql=load_sql(options["sql"]) if options["sql"] is not None else None,
        settings=options["settings"],
        unset=options["unset"],
        flink=options["flink"],
        guard=options["guard"],
    )
    if change == Change():
        raise click.UsageError("say what to change: --sql, --set, --unset, --flink or --guard")
    client = connect()
    before = client.jobs.get(options["project"], options["name"])
    body = render_body(change, before.draft.flink_configuration)
    view = client.jobs.edit(options["project"], options["name"], body, revision=before.revision)
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

    client, project, name = connect(), options["project"], options["name"]
    if options["dry_run"]:
        from rheostat.cli.draft import show_difference

        show_difference(client, project, name, as_json=options["as_json"])
        return
    view = client.jobs.publish(project, name)
    if options["as_json"]:
        print_json(view)
        return
    click.echo(f"{name}: version {view.number} is published")
    click.echo(f"  run it: rheostat job start {name} -p {project}")
