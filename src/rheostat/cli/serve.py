"""`rheostat serve`: run the server."""

import os
from pathlib import Path
from typing import TypedDict, Unpack

import click

from rheostat.cli.options import examples


class Options(TypedDict):
    """What `serve` takes."""

    data_dir: Path
    host: str
    port: int
    database: str | None
    admin_token_file: Path | None
    max_runs: int | None


@click.command(
    "serve",
    epilog=examples(
        "rheostat serve --data-dir ./data",
        "rheostat serve --data-dir /var/lib/rheostat --port 8642 --database postgresql://rheostat@db/rheostat",
    ),
)
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    default=Path("rheostat-data"),
    show_default=True,
    help="Database, state, logs and keys of this server; made if it is not there.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8642,
    show_default=True,
    help="0 = any free one.",
)
@click.option(
    "--database",
    envvar="RHEOSTAT_DATABASE",
    help="postgresql://… or sqlite:///PATH; default: SQLite in the data directory.",
)
@click.option(
    "--admin-token-file",
    type=click.Path(path_type=Path),
    help="Where the admin token of the first start goes, mode 0600; default: admin-token in the data directory.",
)
@click.option(
    "--max-runs",
    type=click.IntRange(1, 10_000),
    help="Runs with an engine at a time; default: by this machine's memory.",
)
def command(**options: Unpack[Options]) -> None:
    """Run the server until Ctrl-C. It prints its URL when it is ready; Flink goes on without it."""
    from rheostat.app.serve import serve
    from rheostat.settings import Settings, default_engines_dir, default_runs_limit

    serve(
        Settings(
            data_dir=options["data_dir"].absolute(),
            host=options["host"],
            port=options["port"],
            database=options["database"],
            admin_token_file=options["admin_token_file"],
            engines_dir=default_engines_dir(),
            runs_limit=options["max_runs"] or default_runs_limit(),
            crash_at=os.environ.get("RHEOSTAT_TEST_CRASH"),
        )
    )
