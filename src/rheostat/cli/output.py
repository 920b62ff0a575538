"""What commands print: JSON for programs; for people tables and lines by rich."""

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

import msgspec
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rheostat.cli.words import plain
from rheostat.client.wait import TERMINAL

WIDE = 100_000
"""Columns of an output that is no terminal: nothing is cut or wrapped for a program that reads it."""

COLOURS = {
    "running": "green",
    "finished": "green",
    "healthy": "green",
    "failed": "red",
    "held": "yellow",
    "degraded": "yellow",
    "restarting": "yellow",
    "failing_over": "yellow",
    "unknown": "magenta",
    "stopped": "dim",
    "canceled": "dim",
}
"""Of phases and health words; the word itself is always printed."""

Cell = str | Text | None
Block = str | Text | Table | Padding


def print_json(view: Any) -> None:
    """Print a wire struct, or a list of them, exactly as the contract has it."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(view), indent=2).decode() + "\n")


def print_json_line(view: Any) -> None:
    """Print one wire struct on one line, at once: for lists that do not end."""
    sys.stdout.write(msgspec.json.encode(view).decode() + "\n")
    sys.stdout.flush()


def console(*, err: bool = False) -> Console:
    """Make a console for stdout or stderr as they are now. Rich itself heeds NO_COLOR."""
    stream = sys.stderr if err else sys.stdout
    return Console(file=stream, width=_width(stream), highlight=False, markup=False, emoji=False)


def show(*blocks: Block, err: bool = False) -> None:
    """Print blocks below each other, without the blanks that fill a table's last column."""
    screen = console(err=err)
    with screen.capture() as drawn:
        screen.print(*blocks, sep="\n")
    lines = drawn.get().splitlines()
    screen.file.write("".join(f"{line.rstrip()}\n" for line in lines))
    screen.file.flush()


def head(text: str) -> Text:
    """Render the head of a block."""
    return Text(text, style="bold")


def status(word: str | None) -> Text:
    """Render a phase or health word in its colour; None: a dash."""
    return Text(word, style=COLOURS.get(word, "")) if word else Text("-", style="dim")


def health(word: str | None, phase: str | None) -> Text:
    """Render a health word; a dash for a run that has ended: nothing is known of it any more."""
    return status(None if phase in TERMINAL else word)


def table(heads: Sequence[str], rows: Iterable[Sequence[Cell]], *, right: str = "") -> Table:
    """Build a table without boxes; columns whose head is named in `right` are right-aligned."""
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for head in heads:
        grid.add_column(head, justify="right" if head in right.split() else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(_cell(cell) for cell in row))
    return grid


def facts(pairs: Iterable[tuple[str, Cell]]) -> Table:
    """Build two columns, names and values; a pair whose value is None is left out."""
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in pairs:
        if value is not None:
            grid.add_row(name, _cell(value))
    return grid


def indented(block: Table) -> Padding:
    """Move a block two columns to the right."""
    return Padding(block, (0, 0, 0, 2), expand=False)


def _cell(cell: Cell) -> Text:
    return cell if isinstance(cell, Text) else Text(plain(cell if cell is not None else "-"))


def _width(stream: TextIO) -> int:
    """Columns to print in: of the terminal, or COLUMNS where there is none, or as many as it takes."""
    if stream.isatty() or os.environ.get("COLUMNS", "").isdigit():
        return shutil.get_terminal_size().columns
    return WIDE
