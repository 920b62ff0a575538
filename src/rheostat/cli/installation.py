"""How far an installation is: a bar on a terminal, a line every few seconds elsewhere."""

import contextlib
import sys
from collections.abc import Callable, Iterator

import click
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from rheostat.cli import output
from rheostat.cli.words import plain, render_duration, render_size
from rheostat.clock import monotonic_s
from rheostat.local.fetch import Progress as Step
from rheostat.local.fetch import Report

QUIET_S = 5.0
"""Between two lines about the same step: enough to see that it lives, few enough for a CI log."""


@contextlib.contextmanager
def reporting() -> Iterator[Report]:
    """Give a function that shows what it is told, in the way that fits stdout."""
    if not sys.stdout.isatty():
        yield Lines(click.echo)
        return
    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[detail]}", markup=False),
        TimeElapsedColumn(),
        console=output.console(),
    )
    with progress:
        yield Bars(progress)


class Lines:
    """Says each new step at once, and how far it is every few seconds."""

    def __init__(
        self, write: Callable[[str], None], elapsed_s: Callable[[], float] = monotonic_s
    ) -> None:
        self._write = write
        self._elapsed_s = elapsed_s
        self._step: str | None = None
        self._said_s = 0.0

    def __call__(self, step: Step) -> None:
        """Take in how far it is."""
        if step.step == "done":
            self._write(plain(step.message))
            return
        moment_s = self._elapsed_s()
        if step.step == self._step and moment_s - self._said_s < QUIET_S:
            return
        self._step, self._said_s = step.step, moment_s
        detail = render_detail(step)
        self._write(plain(f"{step.step}: {step.message}" + (f", {detail}" if detail else "")))


class Bars:
    """One bar a step; a step without a known end has a bar that only moves."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._step: str | None = None
        self._task: TaskID | None = None

    def __call__(self, step: Step) -> None:
        """Take in how far it is."""
        if step.step != self._step:
            self._finish()
            self._step = step.step
            self._task = None
            if step.step == "done":
                self._progress.console.print(plain(step.message))
                return
            self._task = self._progress.add_task(step.step, total=None, detail="")
        if self._task is None:
            return
        self._progress.update(
            self._task,
            description=plain(f"{step.step}: {step.message}"),
            completed=step.done or 0,
            total=step.total,
            detail=render_detail(step),
        )

    def _finish(self) -> None:
        """Fill the bar of the step that is over."""
        if self._task is not None:
            self._progress.update(self._task, total=1, completed=1, detail="")
            self._progress.stop_task(self._task)


def render_detail(step: Step) -> str:
    """Say how much of how much, and how long it will take; empty when nothing of it is known."""
    parts = []
    if step.done is not None:
        of = f" of {render_size(step.total)}" if step.total is not None else ""
        parts.append(f"{render_size(step.done)}{of}")
    if step.eta_s is not None:
        parts.append(f"{render_duration(step.eta_s)} left")
    return ", ".join(parts)
