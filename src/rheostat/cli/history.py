"""Events and exceptions of a run: printed, followed."""

import contextlib
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from rheostat.cli import output
from rheostat.cli.words import plain, render_duration, render_since
from rheostat.client import RunKey
from rheostat.client.stream import Patience as StreamPatience
from rheostat.client.wait import TERMINAL
from rheostat.clock import now
from rheostat.errors import NotFound, Transient
from rheostat.wire.history import ExceptionView
from rheostat.wire.run import EventView
from rheostat.wire.stream import BeatFrame, HistoryFrame, JobFrame, ResetFrame

if TYPE_CHECKING:
    from rheostat.client import Client

PAUSE_S = 1.0
"""Between two looks while following: fresh enough to read along."""
FRAMES = 5
"""Of a stack, on a terminal; --json has all."""
SOURCES = {
    "pushed": "by the JobManager, pushed",
    "asked": "by the JobManager, asked just now",
    "outcome": "by the outcome",
    "watched": "by the process table",
}


def render_event(event: EventView) -> str:
    """Render one event as one line: local time, attempt, kind, text, duration, person."""
    clock = event.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    attempt = f"a{event.attempt}" if event.attempt is not None else ""
    took = (
        f" ({render_duration(event.duration_ms / 1000)})" if event.duration_ms is not None else ""
    )
    who = f" [{plain(event.actor)}]" if event.actor else ""
    text = plain(event.text).replace("\n", "\n" + " " * 39)
    return f"{clock}  {attempt:<3} {event.kind:<11}  {text}{took}{who}"


def show_events(events: Iterable[EventView]) -> None:
    """Print events as lines."""
    for event in events:
        click.echo(render_event(event))


def follow_events(
    client: "Client", key: RunKey, *, as_json: bool, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Print events as they come, until the run has ended; JSON as one event a line."""
    key = _pinned(client, key)
    last: int | None = None

    def step() -> None:
        nonlocal last
        for event in client.runs.events(key, after=last):
            if as_json:
                output.print_json_line(event)
            else:
                click.echo(render_event(event))
            last = event.id

    until_over(client, key, step, sleep)


def follow_job(
    client: "Client", key: RunKey, *, as_json: bool, patience: StreamPatience | None = None
) -> None:
    """Print the newest run's history, then whatever happens to the job, until interrupted."""
    last = 0

    def tell(event: EventView) -> None:
        nonlocal last
        last = max(last, event.id)
        if as_json:
            output.print_json_line(event)
        else:
            click.echo(render_event(event))

    with contextlib.suppress(NotFound):  # it never ran
        for event in client.runs.events(key):
            tell(event)
    after = last or None
    patience = patience or StreamPatience(tell_blind=_tell_blind)
    for frame in client.streams.events(key.project, key.job, after=after, patience=patience):
        match frame:
            case HistoryFrame(event=event):
                tell(event)
            case ResetFrame():
                click.echo("(Too much was missed to be told; this goes on from now.)", err=True)
            case JobFrame() | BeatFrame():
                pass


def _tell_blind(err: Transient) -> None:
    click.echo(f"({err.message} Still waiting.)", err=True)


def show_exceptions(views: list[ExceptionView]) -> None:
    """Print what went wrong, the root cause first."""
    blocks: list[output.Block] = []
    moment = now()
    for view in views:
        clock = view.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        blocks.append(output.head(plain(view.root)))
        told = (
            ("when", f"{clock} ({render_since(view.at, moment)}), attempt {view.attempt}"),
            ("task", view.task),
            ("where", view.location),
            ("told", SOURCES[view.source]),
            ("chain", "\n".join(view.message.splitlines()[1:]) or None),
            ("frames", _frames(view.stack)),
        )
        blocks.append(output.indented(output.facts(told)))
    output.show(*blocks)


def _frames(stack: str | None) -> str | None:
    """The root's first frames: which line of whose code."""
    if stack is None:
        return None
    lines = stack.splitlines()
    heads = [n for n, line in enumerate(lines) if line.startswith("Caused by: ")]
    root = lines[heads[-1] + 1 :] if heads else lines[1:]
    frames = [line.strip() for line in root if line.lstrip().startswith("at ")]
    return "\n".join(frames[:FRAMES]) or None


def _pinned(client: "Client", key: RunKey) -> RunKey:
    """Replace "latest" by the number it has now: the next start must not change what is followed."""
    return RunKey(key.project, key.job, client.runs.get(key).number)


def until_over(
    client: "Client", key: RunKey, step: Callable[[], None], sleep: Callable[[float], None]
) -> None:
    """Repeat a step until the run has ended; a server that is away is waited for, and said so once."""
    told = False
    while True:
        try:
            # Looked at before the step, so that the run's last lines are not lost.
            over = client.runs.get(key).phase in TERMINAL
            step()
            told = False
        except Transient as err:
            over = False
            if not told:
                click.echo(f"({err.message} Still waiting.)", err=True)
            told = True
        if over:
            return
        sleep(PAUSE_S)
