"""A plan as a person reads it: from what, step by step, what differs, what to mind."""

from collections.abc import Iterable, Iterator
from difflib import unified_diff

from msgspec import structs
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rheostat.cli import output
from rheostat.cli.outcome import render_restore
from rheostat.cli.words import plain
from rheostat.wire.plan import Change, PlanView, RestoreView

DIFF_LINES = 40
"""Of SQL that differs; the whole is printed by `rheostat version diff`."""
CONTEXT_LINES = 2
Row = tuple[str | Text, Text]
COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def render_plan(plan: PlanView) -> Iterator[output.Block]:
    """Yield the blocks of a plan."""
    version = f", version {plan.version}" if plan.version is not None else ""
    yield output.head(f"Plan: {plan.action} {plain(plan.job)}{version}")
    yield _rows((f"{number}.", Text(step)) for number, step in enumerate(plan.steps, 1))
    if plan.restore is not None:
        yield _rows(_restore(plan, plan.restore))
    if plan.changes:
        yield _rows(("change:", Text(change)) for change in plan.changes)
    for change in plan.diff:
        if change.what == "sql":
            yield from _sql(change)
    if plan.warnings:
        yield _rows((Text("warning:", style="yellow"), Text(each)) for each in plan.warnings)


def _restore(plan: PlanView, restore: RestoreView) -> Iterator[Row]:
    """What it starts from, and where that is; of an action that starts nothing: what a start would use."""
    name = (restore.path or "").rsplit("/", 1)[-1]
    told = render_restore(structs.replace(restore, path=name or None))
    if _starts_from_it(plan):
        yield "from:", Text(told)
    else:
        yield "now:", Text(f"a start would begin from {told}")
    if restore.path is not None:
        yield "", Text(restore.path, style="dim")


def _starts_from_it(plan: PlanView) -> bool:
    """Whether the restore point is what the plan starts from, or what a later start would use."""
    is_of_stop = any(line.code == "plan_start_from_stop" for line in plan.lines)
    return plan.action == "start" or (plan.action == "restart" and not is_of_stop)


def _rows(pairs: Iterable[Row]) -> Padding:
    """Labels and texts in two columns; a text that does not fit goes on below itself."""
    grid = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), show_header=False)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for label, text in pairs:
        grid.add_row(label, Text(plain(text.plain), style=text.style))
    return output.indented(grid)


def _sql(change: Change) -> Iterator[Text]:
    """Yield a unified diff of the SQL, without its head."""
    before, after = (change.before or "").split("\n"), (change.after or "").split("\n")
    lines = list(unified_diff(before, after, lineterm="", n=CONTEXT_LINES))[2:]
    for line in lines[:DIFF_LINES]:
        yield Text(f"    {plain(line)}".rstrip(), style=COLOURS.get(line[:1], ""))
    if len(lines) > DIFF_LINES:
        yield Text(
            f"    … {len(lines) - DIFF_LINES} more lines: rheostat version diff", style="dim"
        )
