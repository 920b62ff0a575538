"""`rheostat job`: create, list, show, edit, publish, start, stop, cancel."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import click
from typing_extensions import Unpack

from rheostat.cli.options import connect, examples, json_option, project_option, settings_option

if TYPE_CHECKING:
    from rheostat.cli.act import ActOptions
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
    """Jobs: create, edit, publish, start, stop, cancel.

    A job has a draft that you edit and versions that never change. `publish` freezes the draft
    as the next version; `start` runs a version.
    """


def _draft_options(command: F) -> F:
    """Add what create and edit take alike."""
    guard = click.option(
        "--guard",
        type=click.Choice(GUARDS),
        help="What happens when the JobManager is lost.",
    )
    flink = click.option("--flink", metavar="VERSION", help="The Flink version, such as 2.3.")
    return settings_option(flink(guard(command)))


def _act_options(command: F) -> F:
    """Add what start, stop and cancel take alike."""
    for option in (
        json_option,
        click.option(
            "--timeout",
            type=click.FloatRange(min=0),
            metavar="S",
            help="Seconds to wait at most; the job goes on. Default: no limit.",
        ),
        click.option("--wait", is_flag=True, help="Wait until it is done, and say how it goes."),
        click.option("--dry-run", is_flag=True, help="Show the plan, change nothing."),
        click.option("--yes", "-y", is_flag=True, help="Do not ask."),
        project_option,
        click.argument("name"),
    ):
        command = option(command)
    return command


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


@command.command(
    "start",
    epilog=examples(
        "rheostat job start orders -p shop",
        "rheostat job start orders -p shop --from empty --yes --wait --timeout 120",
        "rheostat job start orders -p shop --version 2 --dry-run",
    ),
)
@click.option(
    "--from",
    "origin",
    default="newest",
    show_default=True,
    metavar="empty|newest|SNAPSHOT",
    help="The state to start from: none, the newest proven snapshot, or one by id or path.",
)
@click.option("--version", type=click.IntRange(min=1), metavar="N", help="Default: the newest.")
@_act_options
def start(*, origin: str, version: int | None, **options: Unpack["ActOptions"]) -> None:
    """Start a job.

    With --wait a streaming job is waited for until it runs, a batch job until it has finished.
    """
    from rheostat.cli.act import act, check_answerable
    from rheostat.clock import new_id
    from rheostat.wire.run import StartBody

    check_answerable(options)
    client, key = connect(), new_id()
    body = StartBody(from_=origin, version=version)
    project, name = options["project"], options["name"]
    act(
        client,
        lambda dry: client.jobs.start(
            project, name, body, dry_run=dry, idempotency_key=None if dry else key
        ),
        options,
    )


@command.command(
    "stop",
    epilog=examples(
        "rheostat job stop orders -p shop", "rheostat job stop orders -p shop --yes --wait"
    ),
)
@_act_options
def stop(**options: Unpack["ActOptions"]) -> None:
    """Stop a job with a savepoint; a batch job is canceled.

    With --wait: until the savepoint is proven and the engine is gone.
    """
    from rheostat.cli.act import act, check_answerable

    check_answerable(options)
    client = connect()
    project, name = options["project"], options["name"]
    act(client, lambda dry: client.jobs.stop(project, name, dry_run=dry), options)


@command.command("cancel", epilog=examples("rheostat job cancel orders -p shop --yes --wait"))
@_act_options
def cancel(**options: Unpack["ActOptions"]) -> None:
    """Cancel a job, without a savepoint: what came after the last checkpoint is processed again."""
    from rheostat.cli.act import act, check_answerable

    check_answerable(options)
    client = connect()
    project, name = options["project"], options["name"]
    act(client, lambda dry: client.jobs.cancel(project, name, dry_run=dry), options)
