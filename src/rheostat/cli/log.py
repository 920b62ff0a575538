"""Logs of a run: found, printed, followed, searched, downloaded."""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from rheostat.cli import output
from rheostat.cli.history import until_over
from rheostat.cli.words import plain, render_size
from rheostat.client import RunKey
from rheostat.errors import Invalid, NotFound
from rheostat.wire.log import LogFileView, LogMatch, LogView

if TYPE_CHECKING:
    from rheostat.client import Client

LINE_BYTES = 256
"""A generous guess at a log line, for the first request of `--tail`."""


def find_file(files: list[LogFileView], source: str, attempt: int | None) -> LogFileView:
    """Choose a log by its source (`jobmanager`) or name; None for `attempt`: the newest.

    Raises:
        NotFound: there is none; the hint names those that are there.
    """
    newest = max((file.attempt for file in files), default=None)
    wanted = newest if attempt is None else attempt
    mine = [file for file in files if file.attempt == wanted]
    for name in (source, f"{source}.log", f"{source}.out"):
        for file in mine:
            if file.name == name:
                return file
    if not files:
        raise NotFound(
            "This run has no logs yet.",
            hint="Nothing was launched so far: see `rheostat run show`.",
        )
    names = ", ".join(f"{file.attempt}/{file.name}" for file in files)
    raise NotFound(f"Attempt {wanted} has no log of {source}.", hint=f"There are: {names}.")


def load_log(client: "Client", key: RunKey, file: LogFileView, tail: int | None) -> LogView:
    """Load the end of a log; with `tail` its last lines, asking for more until there are enough."""
    if tail is None:
        return client.logs.tail(key, file.attempt, file.name)
    wanted, before = tail * LINE_BYTES, -1
    while True:
        view = client.logs.tail(key, file.attempt, file.name, wanted)
        lines = view.text.splitlines(keepends=True)
        # A first line that was cut in two does not count; a text that stopped growing is all we get.
        if len(lines) > tail or not view.truncated or len(view.text) <= before:
            cut = len(lines) > tail
            kept = "".join(lines[-tail:])
            return msgspec.structs.replace(view, text=kept, truncated=view.truncated or cut)
        wanted, before = wanted * 4, len(view.text)


def show_log(view: LogView) -> None:
    """Print a log's text and end its last line."""
    if view.text:
        _write(view.text, end_line=not view.text.endswith("\n"))


def follow_log(
    client: "Client", key: RunKey, view: LogView, *, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Print what a log grows by, until the run has ended; also across its rolling."""
    key = RunKey(key.project, key.job, client.runs.get(key).number)
    offset, file = view.next_offset, view.file

    def step() -> None:
        nonlocal offset, file
        while True:
            new = client.logs.read(key, view.attempt, view.name, offset, file=file)
            is_news = bool(new.text) or new.file != file
            offset, file = new.next_offset, new.file
            _write(new.text, end_line=False)
            if not is_news:
                return

    until_over(client, key, step, sleep)


def show_matches(matches: Iterable[LogMatch], name: str, *, as_json: bool) -> None:
    """Print lines that were found, each with its number, as they come."""
    count = 0
    for match in matches:
        count += 1
        if as_json:
            output.print_json_line(match)
        else:
            click.echo(f"{match.line}: {plain(match.text)}")
    if not count and not as_json:
        click.echo(f"nothing of it is in {name}", err=True)


def save_log(client: "Client", key: RunKey, file: LogFileView, target: str) -> None:
    """Write a whole log to a file, whole or not at all; `-` is stdout."""
    with client.logs.download(key, file.attempt, file.name) as chunks:
        if target == "-":
            for chunk in chunks:
                sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
            return
        path = Path(target)
        making = path.with_name(f".{path.name}.part")
        try:
            with making.open("wb") as written:
                for chunk in chunks:
                    written.write(chunk)
            os.replace(making, path)
        except OSError as err:
            raise Invalid(f"{target} cannot be written: {err.strerror}.") from err
        finally:
            with contextlib.suppress(OSError):
                making.unlink(missing_ok=True)
    click.echo(
        f"{file.name} of attempt {file.attempt}, {render_size(path.stat().st_size)}: {target}"
    )


def _write(text: str, *, end_line: bool) -> None:
    """Write log text: to a terminal without control characters, elsewhere as it is."""
    if text:
        click.echo(plain(text) if sys.stdout.isatty() else text, nl=end_line)
