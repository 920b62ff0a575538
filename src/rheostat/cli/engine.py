"""`rheostat engine`: install, list. The only noun that works on this machine and asks no server."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from rheostat.cli.options import examples, json_option

F = TypeVar("F", bound=Callable[..., Any])


@click.group("engine", epilog=examples("rheostat engine install 2.3", "rheostat engine list"))
def command() -> None:
    """Flink versions on this machine, for jobs that run here."""


def find_root() -> Path:
    """Find where engines are kept when nobody says: the XDG base directory for data."""
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data, "rheostat", "engines")


def _root_option(command: F) -> F:
    return click.option(
        "--root",
        type=click.Path(path_type=Path, file_okay=False),
        default=find_root,
        show_default="~/.local/share/rheostat/engines",
        envvar="RHEOSTAT_ENGINES",
        show_envvar=True,
        metavar="DIR",
        help="Where engines are kept; XDG_DATA_HOME moves the default.",
    )(command)


@command.command("install", epilog=examples("rheostat engine install 2.3"))
@click.argument("version")
@_root_option
def install(*, version: str, root: Path) -> None:
    """Install a version of Flink: fetch it, check it, and make its class archives.

    VERSION is a minor version, such as 2.3. It needs a Java. What is there already is kept; what
    was interrupted goes on. Flink 2.3 is not fetched where `rheostat[local]` has brought it.
    """
    from rheostat.cli.installation import reporting
    from rheostat.local.engine import EngineHome

    with reporting() as report:
        EngineHome(root).install(version, report)


@command.command("list", epilog=examples("rheostat engine list", "rheostat engine list --json"))
@_root_option
@json_option
def list_(*, root: Path, as_json: bool) -> None:
    """List the installed versions of Flink."""
    from rheostat.cli import output
    from rheostat.local.engine import EngineHome

    engines = EngineHome(root).list()
    if as_json:
        output.print_json(
            [
                {"version": engine.version, "release": engine.release, "path": str(engine.path)}
                for engine in engines
            ]
        )
    elif not engines:
        click.echo(f"no engines in {root}; get one with `rheostat engine install 2.3`")
    else:
        rows = [(engine.version, engine.release, str(engine.path)) for engine in engines]
        output.show(output.table(("FLINK", "RELEASE", "PATH"), rows))
