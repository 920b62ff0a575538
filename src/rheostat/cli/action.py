"""`rheostat job start|stop|cancel|savepoint|restart|delete`: what each takes and sends.

`job.py` hangs them below its group; `act.py` carries them through.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import click
from typing_extensions import Unpack

from rheostat.cli.options import connect, examples, json_option, project_option

if TYPE_CHECKING:
    from rheostat.cli.act import ActOptions, RestartOptions
    from rheostat.wire.plan import FormatWord
    from rheostat.wire.run import ActionView

F = TypeVar("F", bound=Callable[..., Any])


def _asking_options(command: F) -> F:
    """Add what every action takes: the job, and whether to ask or only to show the plan."""
    for option in (
        click.option("--dry-run", is_flag=True, help="Show the plan, change nothing."),
        click.option("--yes", "-y", is_flag=True, help="Do not ask."),
        project_option,
        click.argument("name"),
    ):
        command = option(command)
    return command


def _act_options(command: F) -> F:
    """Add what the actions on runs take alike."""
    timeout = click.option(
        "--timeout",
        type=click.FloatRange(min=0),
        metavar="S",
        help="Seconds to wait at most; the job goes on. Default: no limit.",
    )
    wait = click.option("--wait", is_flag=True, help="Wait until it is done, and say how it goes.")
    return _asking_options(wait(timeout(json_option(command))))


def _version_option(command: F) -> F:
    """Add --version."""
    return click.option(
        "--version", type=click.IntRange(min=1), metavar="N", help="Default: the newest."
    )(command)


def _native_option(command: F) -> F:
    """Add --native."""
    return click.option(
        "--native",
        is_flag=True,
        help="Write the savepoint in the state backend's own format: faster, and for the same backend"
        " only. Default: canonical.",
    )(command)


def _dropped_option(command: F) -> F:
    """Add --allow-dropped."""
    return click.option(
        "--allow-dropped",
        is_flag=True,
        help="State that the version has no operator for may be left behind. Default: Flink refuses.",
    )(command)


def _format(*, native: bool) -> "FormatWord":
    return "native" if native else "canonical"


@click.command(
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
    help="The state to start from: none, the newest proven snapshot, or one by id or path"
    " (`rheostat snapshot list`).",
)
@_version_option
@_dropped_option
@_act_options
def start(
    *, origin: str, version: int | None, allow_dropped: bool, **options: Unpack["ActOptions"]
) -> None:
    """Start a job.

    The plan names the snapshot, how old it is, and how much is read again since. A job that has
    finished, or was drained, starts without state unless a snapshot is named. With --wait a streaming job is waited for until it runs, a batch job until it has finished.
    """
    from rheostat.cli.act import act, check_answerable
    from rheostat.clock import new_id
    from rheostat.wire.plan import StartBody

    check_answerable(options)
    client, key = connect(), new_id()
    project, name = options["project"], options["name"]

    def ask(*, dry_run: bool, plan: str | None = None) -> "ActionView":
        body = StartBody(from_=origin, version=version, allow_dropped=allow_dropped, plan=plan)
        return client.jobs.start(
            project, name, body, dry_run=dry_run, idempotency_key=None if dry_run else key
        )

    act(client, ask, options)


@click.command(
    "stop",
    epilog=examples(
        "rheostat job stop orders -p shop",
        "rheostat job stop orders -p shop --yes --wait",
        "rheostat job stop orders -p shop --drain --dry-run",
    ),
)
@click.option(
    "--drain",
    is_flag=True,
    help="End the stream: every window and timer fires first, complete or not. The result is final;"
    " a later start resumes only if it names the savepoint. Not for upgrades.",
)
@_native_option
@_act_options
def stop(*, drain: bool, native: bool, **options: Unpack["ActOptions"]) -> None:
    """Stop a job with a savepoint; a batch job is canceled.

    A later start resumes from that savepoint, and nothing is read twice. With --wait: until the
    savepoint is proven and the engine is gone.
    """
    from rheostat.cli.act import act, check_answerable

    check_answerable(options)
    client = connect()
    ask = partial(
        client.jobs.stop,
        options["project"],
        options["name"],
        drain=drain,
        format=_format(native=native),
    )
    act(client, ask, options)


@click.command("cancel", epilog=examples("rheostat job cancel orders -p shop --yes --wait"))
@_act_options
def cancel(**options: Unpack["ActOptions"]) -> None:
    """Cancel a job, without a savepoint: what came after the last checkpoint is processed again.

    The plan names that checkpoint, its age, and how much would be read again now.
    """
    from rheostat.cli.act import act, check_answerable

    check_answerable(options)
    client = connect()
    act(client, partial(client.jobs.cancel, options["project"], options["name"]), options)


@click.command(
    "savepoint",
    epilog=examples(
        "rheostat job savepoint orders -p shop",
        "rheostat job savepoint orders -p shop --yes --wait --timeout 120",
    ),
)
@_native_option
@_act_options
def savepoint(*, native: bool, **options: Unpack["ActOptions"]) -> None:
    """Make a savepoint; the job runs on.

    With --wait: until the savepoint is proven and listed.
    """
    from rheostat.cli.act import act, check_answerable

    check_answerable(options)
    client = connect()
    ask = partial(
        client.jobs.savepoint, options["project"], options["name"], format=_format(native=native)
    )
    act(client, ask, options)


@click.command(
    "restart",
    epilog=examples(
        "rheostat job restart orders -p shop",
        "rheostat job restart orders -p shop --version 2 --dry-run",
        "rheostat job restart orders -p shop --version 1 --yes --wait --timeout 120",
        "rheostat job restart orders -p shop --from newest --yes",
    ),
)
@click.option(
    "--from",
    "origin",
    default="savepoint",
    show_default=True,
    metavar="savepoint|newest|empty|SNAPSHOT",
    help="The state to start from. `savepoint`: of its own stop; nothing is read twice. All others"
    " cancel the run: the newest snapshot proven by then, none, or one by id or path.",
)
@_version_option
@_native_option
@_dropped_option
@_act_options
def restart(**given: Unpack["RestartOptions"]) -> None:
    """End the live run, then run a version in its place.

    That is how to restart, to upgrade to a newer version, and to roll back to an older one. What
    cannot work (a maximum parallelism, an older Flink, another state backend) is refused before
    anything is stopped. A batch job is canceled, and starts anew. With --wait: until the run that
    follows runs; a batch job until it has finished.
    """
    from rheostat.cli.act import act, check_answerable
    from rheostat.wire.plan import RestartBody

    check_answerable(given)
    client = connect()

    def ask(*, dry_run: bool, plan: str | None = None) -> "ActionView":
        body = RestartBody(
            version=given["version"],
            from_=given["origin"],
            format=_format(native=given["native"]),
            allow_dropped=given["allow_dropped"],
            plan=plan,
        )
        return client.jobs.restart(given["project"], given["name"], body, dry_run=dry_run)

    act(client, ask, given)


class DeleteOptions(TypedDict):
    """What delete was told."""

    name: str
    project: str
    yes: bool
    dry_run: bool
    wait: bool
    as_json: bool


@click.command("delete", epilog=examples("rheostat job delete orders -p shop"))
@_asking_options
@click.option(
    "--wait", is_flag=True, help="Accepted as for start; deleting is done when it returns."
)
@json_option
def delete(**options: Unpack[DeleteOptions]) -> None:
    """Delete a job that does not run. Its snapshots stay on disk, its name is free again."""
    from rheostat.cli.act import act, check_answerable

    acting: ActOptions = {**options, "timeout": None}
    check_answerable(acting)
    client = connect()
    act(client, partial(client.jobs.delete, options["project"], options["name"]), acting)


ACTIONS = (start, stop, cancel, savepoint, restart, delete)
"""In the order of a job's life; click lists them by name."""
