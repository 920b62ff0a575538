"""The root command: a table of nouns, and the one frame in which errors become exit statuses."""

import importlib
import os
import traceback

import click
from typing_extensions import override

from rheostat import __version__
from rheostat.cli.exits import BROKEN, INTERRUPTED, render_table
from rheostat.cli.failure import show_failure
from rheostat.cli.options import examples
from rheostat.errors import RheostatError

COMMANDS = {
    "serve": ("rheostat.cli.serve", "Run the server."),
    "demo": ("rheostat.cli.demo.command", "Run a real job on real data, from nothing."),
    "signin": ("rheostat.cli.signin", "Make a link that signs a browser in."),
    "token": ("rheostat.cli.token", "API tokens: who may do what."),
    "engine": ("rheostat.cli.engine", "Flink versions on this machine."),
    "project": ("rheostat.cli.project", "Projects: who owns jobs."),
    "job": (
        "rheostat.cli.job",
        "Jobs: create, edit, publish, start, stop, restart; logs and events.",
    ),
    "version": ("rheostat.cli.version", "Immutable releases of a job."),
    "run": ("rheostat.cli.run", "Executions of a job: status, events, logs, exceptions."),
    "snapshot": ("rheostat.cli.snapshot", "Savepoints and retained checkpoints of a job."),
}
"""Name to the module whose `command` it is, and the help line."""

EPILOG = f"""{
    examples(
        "rheostat serve --data-dir ./data --port 8642",
        "rheostat project create shop",
        "rheostat job create orders -p shop --sql orders.sql",
        "rheostat job publish orders -p shop",
        "rheostat job start orders -p shop --yes --wait",
        "rheostat run show orders -p shop",
    )
}

\b
Environment:
  RHEOSTAT_URL         where the server is (http://127.0.0.1:8642)
  RHEOSTAT_TOKEN       your token
  RHEOSTAT_TOKEN_FILE  a file that holds it, when RHEOSTAT_TOKEN is not set
  RHEOSTAT_PROJECT     stands in for -p
  RHEOSTAT_ENGINES     where Flink is installed
  NO_COLOR             no colour

\b
Exit status:
{render_table()}
"""


class Root(click.Group):
    """Imports a noun when it is asked for, lists them by the table, and reports every error."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the nouns, in the order in which a new user needs them."""
        return list(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the noun's module; None when there is no such noun."""
        if cmd_name not in COMMANDS:
            return None
        command: object = importlib.import_module(COMMANDS[cmd_name][0]).command
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name][0]}.command is no click command")
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table: click's own way would import every noun for its help."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    @override
    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what goes wrong is said once, here, and ends with its exit status."""
        if os.environ.get("NO_COLOR"):  # click itself does not know https://no-color.org
            ctx.color = False
        try:
            return super().invoke(ctx)
        except RheostatError as err:
            ctx.exit(show_failure(err, as_json=ctx.meta.get("json", False)))
        except (KeyboardInterrupt, click.Abort):
            click.echo("\ninterrupted", err=True)
            ctx.exit(INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception:  # noqa: BLE001 -- the outermost frame: our bug, said as one
            traceback.print_exc()
            click.echo("error: This is a bug of Rheostat; please report it.", err=True)
            ctx.exit(BROKEN)


@click.group(
    cls=Root,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="rheostat")
def main() -> None:
    """Run Flink jobs: write, release, start, watch and move them.

    A project owns jobs. A job's draft is published as versions; a start makes a run of a version.
    Every command has its own --help, with examples.
    """
