"""Events and logs of a run: found, printed, followed."""

import sys
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click
import msgspec

from rheostat.cli import output
from rheostat.cli.words import plain, render_duration
from rheostat.client import RunKey
from rheostat.client.wait import TERMINAL
from rheostat.errors import NotFound, Transient
from rheostat.wire.log import LogFileView, LogView
from rheostat.wire.run import EventView

if TYPE_CHECKING:
    from rheostat.client import Client

PAUSE_S = 1.0
"""Between two looks while following: fresh enough to read along."""
LINE_BYTES = 256
"""A generous guess at a log line, for the first request of `--tail`."""
CHUNK_BYTES = 65_536
"""Asked for at each look while following a log."""


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

    _until_over(client, key, step, sleep)


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
        return client.runs.log(key, file.attempt, file.name)
    wanted, before = tail * LINE_BYTES, -1
    while True:
        view = client.runs.log(key, file.attempt, file.name, tail_bytes=wanted)
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
    """Print what a log grows by, until the run has ended."""
    key = _pinned(client, key)
    seen = view.size_bytes

    def step() -> None:
        nonlocal seen
        new = client.runs.log(key, view.attempt, view.name, tail_bytes=CHUNK_BYTES)
        if new.size_bytes - seen > CHUNK_BYTES:
            more = new.size_bytes - seen
            new = client.runs.log(key, view.attempt, view.name, tail_bytes=more)
        _write(grown(new, seen), end_line=False)
        seen = new.size_bytes

    _until_over(client, key, step, sleep)


def grown(view: LogView, seen_bytes: int) -> str:
    """Cut from the end of a log what came after its first `seen_bytes`; a shorter log began anew."""
    fresh = view.size_bytes - seen_bytes
    if fresh < 0:
        return view.text
    tail = view.text.encode()
    return tail[max(len(tail) - fresh, 0) :].decode(errors="replace")


def _pinned(client: "Client", key: RunKey) -> RunKey:
    """Replace "latest" by the number it has now: the next start must not change what is followed."""
    return RunKey(key.project, key.job, client.runs.get(key).number)


def _until_over(
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


def _write(text: str, *, end_line: bool) -> None:
    """Write log text: to a terminal without control characters, elsewhere as it is."""
    click.echo(plain(text) if sys.stdout.isatty() else text, nl=end_line)
