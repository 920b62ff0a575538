"""`rheostat job apply`: bring a job to what a file says, and say what that changes."""

from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import click
from typing_extensions import Unpack

from rheostat.cli.options import connect, examples, json_option

if TYPE_CHECKING:
    from rheostat.cli.applied import Target
    from rheostat.client import Client


class ApplyOptions(TypedDict):
    """What apply was told."""

    file: str
    project: str | None
    dry_run: bool
    yes: bool
    restart: bool
    wait: bool
    timeout: float | None
    as_json: bool


@click.command(
    "apply",
    epilog=examples(
        "rheostat job apply -f orders.yaml --dry-run",
        "rheostat job apply -f orders.yaml --yes",
        "rheostat job apply -f orders.yaml --yes --restart --wait",
    )
    + """

\b
A file:
  project: shop
  name: orders
  sql_file: orders.sql        # or sql: the script itself; or jar: a file, main, args
  mode: streaming             # or batch
  flink: 2.3
  configuration:
    execution.checkpointing.interval: 10s
  resources:                  # parallelism, slots, jobmanager_memory, taskmanager_memory,
    parallelism: 4            # jobmanager_cpu, taskmanager_cpu
    taskmanager_memory: 2g
  policies:                   # unseen_batch, resume_failed, max_rewind_s, is_stateless
    resume_failed: 3
  guard: resume_latest_proven # or fail_and_alert, hold
""",
)
@click.option(
    "-f",
    "--file",
    required=True,
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="YAML, or JSON as .json; paths in it are from its own folder.",
)
@click.option(
    "-p",
    "--project",
    envvar="RHEOSTAT_PROJECT",
    show_envvar=True,
    metavar="PROJECT",
    help="The project, where the file names none.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change, change nothing.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option("--restart", is_flag=True, help="Take a live run over to the version, too.")
@click.option("--wait", is_flag=True, help="With --restart: wait until the new run runs.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    metavar="S",
    help="Seconds to wait at most; the job goes on. Default: no limit.",
)
@json_option
def apply(**options: Unpack[ApplyOptions]) -> None:
    """Bring a job to what a file says: create it or change its draft, then publish.

    The file is the whole truth: what it leaves out is the default. What changes is shown first,
    field by field. Given again, it does nothing.

    A live run goes on with its version; what a restart would do is shown, and --restart does it.
    """
    from rheostat.cli.act import is_answerable
    from rheostat.cli.applied import carry_out, find_target, report, show_target
    from rheostat.cli.exits import INTERRUPTED
    from rheostat.cli.job_file import load_job_file

    wanted = load_job_file(Path(options["file"]), options["project"])
    client = connect()
    target = find_target(client, wanted)
    if options["dry_run"] or target.is_there:
        show_target(target, as_json=options["as_json"])
    else:
        if not (options["yes"] or is_answerable()):
            raise click.UsageError(
                "this asks for confirmation, and there is no terminal to ask on;"
                " pass --yes to go ahead, or --dry-run to see what would change"
            )
        if not options["yes"]:
            show_target(target, as_json=False, err=True)
            if not click.confirm("Publish it?", err=True):
                click.echo("Nothing was changed.", err=True)
                click.get_current_context().exit(INTERRUPTED)
        target = carry_out(client, target)
        report(client, target, as_json=options["as_json"])
    if options["restart"] and not options["dry_run"]:
        _restart(client, target, options)


def _restart(client: "Client", target: "Target", options: ApplyOptions) -> None:
    """Go over to the version, unless the live run has it, or none is live."""
    from rheostat.cli.act import act
    from rheostat.cli.applied import is_behind
    from rheostat.wire.plan import RestartBody
    from rheostat.wire.run import ActionView

    if not is_behind(target):
        if not options["as_json"]:
            click.echo(f"{target.name}: nothing to restart")
        return

    def ask(*, dry_run: bool, plan: str | None = None) -> ActionView:
        body = RestartBody(version=target.version, plan=plan)
        return client.jobs.restart(target.project, target.name, body, dry_run=dry_run)

    act(
        client,
        ask,
        {
            "name": target.name,
            "project": target.project,
            "yes": options["yes"],
            "dry_run": False,
            "wait": options["wait"],
            "timeout": options["timeout"],
            "as_json": options["as_json"],
        },
    )
