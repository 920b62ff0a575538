"""What the demo prints: plain lines, coloured on a terminal, with one live line at the end there."""

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from rheostat.cli import output
from rheostat.cli.words import plain, render_duration
from rheostat.clock import monotonic_s

LINE_EVERY_S = 10.0
"""Between two lines about the stream where there is no terminal."""


class Screen:
    """Says what is done, why, and what came of it."""

    def __init__(self) -> None:
        self._console = output.console()
        self._begun_s = monotonic_s()
        self._said_s = -LINE_EVERY_S

    def step(self, text: str) -> None:
        """Head a new part, with the time since the beginning."""
        head = Text(f"\n{text}", style="bold")
        if (spent_s := monotonic_s() - self._begun_s) >= 1:
            head.append(f"  {render_duration(spent_s)}", style="dim")
        self._console.print(head)
        sys.stdout.flush()

    def say(self, text: str) -> None:
        """Say one thing. Lines that begin with a space are to be copied: never wrapped."""
        for line in text.splitlines():
            if line.startswith(" "):  # something to copy
                self._console.print(f"  {plain(line)}", soft_wrap=True)
            else:
                self._console.print(Padding(Text(plain(line)), (0, 0, 0, 2), expand=False))

    def good(self, text: str) -> None:
        """Say that something came out as hoped for."""
        self._console.print(Text(f"  {plain(text)}", style="green"))

    def bad(self, text: str) -> None:
        """Say that something went wrong; it stands on stderr."""
        output.console(err=True).print(Text(f"  {plain(text)}", style="red"))

    def command(self, *words: str) -> None:
        """Show a command as one would type it."""
        self._console.print(
            Text("  $ ", style="dim").append(" ".join(words), style="cyan"), soft_wrap=True
        )
        sys.stdout.flush()

    def link(self, url: str) -> None:
        """Show an address so that it can be clicked and copied: on one line, however long."""
        self._console.print(Text(f"  {url}", style="bold cyan"), soft_wrap=True)
        sys.stdout.flush()

    def table(
        self, heads: Sequence[str], rows: Sequence[Sequence[output.Cell]], right: str
    ) -> None:
        """Show a table."""
        grid = output.table(heads, rows, right=right)
        self._console.print(Group(output.indented(grid)))

    def run(
        self, command: Sequence[str], environment: Mapping[str, str], *, shown: Sequence[str]
    ) -> int:
        """Run a command as the user would, with its output below; returns its exit status.

        It runs in a session of its own, so that Ctrl-C reaches it through us only.
        """
        self.command(*shown)
        child = subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        try:
            assert child.stdout is not None
            for line in child.stdout:
                self._console.print(Text(f"    {plain(line.rstrip())}", style="dim"))
            return child.wait()
        finally:
            if child.poll() is None:
                child.terminate()
            child.wait()

    @contextlib.contextmanager
    def live(self) -> Iterator[Callable[[str], None]]:
        """Give a function that replaces one line on a terminal, and says one now and then elsewhere."""
        if not self._console.is_terminal:
            yield self._now_and_then
            return
        with self._console.status("") as status:
            yield lambda text: status.update(f"  {plain(text)}")

    def _now_and_then(self, text: str) -> None:
        if monotonic_s() - self._said_s >= LINE_EVERY_S:
            self._said_s = monotonic_s()
            self.say(text)
            sys.stdout.flush()
