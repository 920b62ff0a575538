"""`rheostat job list`: a project's jobs, filtered, each in one line."""

from typing import TYPE_CHECKING, TypedDict

import click
from typing_extensions import Unpack

from rheostat.cli.options import connect, examples, json_option, project_option

if TYPE_CHECKING:
    from rheostat.wire.row import JobRow

PHASES = [
    "never",
    "queued",
    "preparing",
    "starting",
    "running",
    "restarting",
    "failing_over",
    "held",
    "stopping",
    "stopped",
    "canceled",
    "finished",
    "failed",
]


class ListOptions(TypedDict):
    """What list was told."""

    project: str
    search: str
    phases: tuple[str, ...]
    healths: tuple[str, ...]
    mode: str | None
    kind: str | None
    as_json: bool


@click.command(
    "list",
    epilog=examples(
        "rheostat job list -p shop",
        "rheostat job list -p shop --phase failed --phase held",
        "rheostat job list -p shop --search orders --json",
    ),
)
@project_option
@click.option("--search", default="", metavar="TEXT", help="Part of the name.")
@click.option(
    "--phase",
    "phases",
    multiple=True,
    type=click.Choice(PHASES),
    metavar="PHASE",
    help="Of the newest run, or `never`; may be repeated.",
)
@click.option(
    "--health",
    "healths",
    multiple=True,
    type=click.Choice(["healthy", "degraded", "unknown"]),
    help="Of a live run; may be repeated.",
)
@click.option("--mode", type=click.Choice(["streaming", "batch"]))
@click.option("--kind", type=click.Choice(["sql", "jar"]))
@json_option
def list_(**options: Unpack[ListOptions]) -> None:
    """List a project's jobs, with phase and health of their newest runs.

    VERSION is the newest one; `3 (runs 2)` says that another one runs, `+` that the draft holds
    changes that are not published.
    """
    from rheostat.cli import output
    from rheostat.client.job import JobFilter

    only = JobFilter(
        text=options["search"],
        phases=options["phases"],
        healths=options["healths"],
        mode=options["mode"],
        kind=options["kind"],
    )
    project = options["project"]
    rows = list(connect().jobs.list(project, only))
    if options["as_json"]:
        output.print_json(rows)
    elif rows:
        _show(rows)
    elif only == JobFilter():
        click.echo(f"no jobs in {project} yet; make one with `rheostat job create --help`")
    else:
        click.echo(f"no job of {project} fits; see all: rheostat job list -p {project}")


def _show(rows: "list[JobRow]") -> None:
    from rheostat.cli import output
    from rheostat.cli.words import render_since
    from rheostat.clock import now

    moment = now()
    cells = [
        (
            row.name,
            f"{row.mode} {row.kind}",
            _version(row),
            f"{row.run}" if row.run is not None else None,
            output.status(row.phase),
            output.health(row.health, row.phase),
            render_since(row.since, moment) if row.since else None,
            row.reason.text if row.reason else None,
        )
        for row in rows
    ]
    heads = ("JOB", "MODE", "VERSION", "RUN", "PHASE", "HEALTH", "SINCE", "WHY")
    output.show(output.table(heads, cells, right="RUN"))


def _version(row: "JobRow") -> str:
    if row.version is None:
        return "draft"
    other = row.running_version not in (None, row.version)
    runs = f" (runs {row.running_version})" if other else ""
    return f"{row.version}{' +' if row.draft_differs else ''}{runs}"
