"""The story of the demo, from the empty project to counts that agree."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from rheostat.cli.demo.replay import Replayer, write_whole
from rheostat.cli.demo.screen import Screen
from rheostat.cli.demo.site import PROJECT, CommandFailed, Site
from rheostat.cli.demo.tally import Comparison, Output, Tally, compare, count_timetable
from rheostat.cli.demo.timetable import TABLES, Timetable
from rheostat.cli.words import plain
from rheostat.clock import monotonic_s

STREAM, BATCH = "flights", "flights_year"
PLACE = "file:///demo"
"""Stands in the scripts for the folder of this demo."""
START_AGAIN = f"start it again: rheostat job start {STREAM} -p {PROJECT}"
LIVE = frozenset({"starting", "running", "restarting", "failing_over"})
FIRST_S = 180.0
"""How long the first results may take: on an idle machine 20 s, on a busy one several times that."""
QUIET_S = 5.0
"""Rolling a file and the next checkpoint take 1 s each: after this, nothing more comes out."""
SETTLE_S = 60.0
"""How long the last files of the stream may take after the last hour was written."""


class Demo:
    """One showing. Make it, `prepare`, `start_stream`, `run_batch`, `show`, and look on."""

    def __init__(
        self, timetable: Timetable, folder: Path, site: Site, screen: Screen, *, hours_per_s: float
    ) -> None:
        """`folder` gets the input and the output; everything in it may be opened and read."""
        self.folder = folder
        self.timetable = timetable
        self.stream = Output(folder / "stream", timetable)
        self._batch = Output(folder / "batch", timetable)
        self.site = site
        self._screen = screen
        self._replayer = Replayer(timetable, folder / "arriving", hours_per_s=hours_per_s)
        self._python = Tally()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        err: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write no more input, whatever happened."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()

    def prepare(self, read_script: Callable[[str], str]) -> None:
        """Lay out the input, and make both jobs through the command line."""
        for name in TABLES:
            write_whole(self.folder / name / f"{name}.csv", self.timetable.tables[name])
        everything = "".join("".join(hour.rows) for hour in self.timetable.hours)
        write_whole(self.folder / "timetable" / "flights.csv", everything)
        self._python = count_timetable(self.timetable)
        self.site.act("project", "create", PROJECT)
        for job, script, more in ((STREAM, "stream.sql", ()), (BATCH, "batch.sql", ("batch",))):
            sql = read_script(script).replace(PLACE, f"file://{self.folder}".replace("'", "''"))
            path = self.folder / script
            write_whole(path, sql)
            mode = ("--mode", *more) if more else ()
            self.site.act("job", "create", job, "-p", PROJECT, "--sql", str(path), *mode)
            self.site.act("job", "publish", job, "-p", PROJECT)

    def start_stream(self) -> None:
        """Start the stream, and the replay as soon as it runs."""
        self.site.act("job", "start", STREAM, "-p", PROJECT, "--yes", "--wait")
        self._thread = threading.Thread(target=self._replay, name="replay", daemon=True)
        self._thread.start()

    def run_batch(self) -> None:
        """Run the batch job to its end."""
        begun_s = monotonic_s()
        self.site.act("job", "start", BATCH, "-p", PROJECT, "--yes", "--wait")
        while (phase := self._phase(BATCH)) in LIVE and monotonic_s() - begun_s < FIRST_S:
            time.sleep(0.5)
        if phase != "finished":
            raise CommandFailed(
                f"The batch job is {phase}.",
                hint=f"rheostat run show {BATCH} -p {PROJECT}",
            )
        self._batch.refresh()
        spent = monotonic_s() - begun_s
        self._screen.good(
            f"finished after {spent:.0f} s: {self._batch.cleaned:,} flights in,"
            f" {self._batch.results:,} rows out"
        )

    def wait_for_results(self) -> int:
        """Wait until days have closed and a checkpoint is known; returns how many checkpoints."""
        until_s = monotonic_s() + FIRST_S
        while not (checkpoints := self.site.checkpoints(STREAM)) or not self.stream.closed_days():
            self._check_stream(until_s)
            time.sleep(0.5)
        return checkpoints

    def compare(self) -> Comparison:
        """Count flights per carrier three times, on the days that the stream has closed."""
        days = self.stream.closed_days()
        return compare(self._python, self.stream.counts(), self._batch.counts(), days)

    def show(self, found: Comparison) -> None:
        """Show the three counts, and what the stream has found out about the weather."""
        named = (line.split(",", 1) for line in self.timetable.tables["airlines"].splitlines())
        names = {carrier: name.strip('"') for carrier, name in named}
        self._screen.table(
            ("CARRIER", "", "PYTHON", "STREAM", "BATCH", ""),
            [
                (
                    line.carrier,
                    names.get(line.carrier, ""),
                    f"{line.python:,}",
                    f"{line.stream:,}",
                    f"{line.batch:,}",
                    "agree" if line.agrees else "DIFFER",
                )
                for line in (*found.lines, found.total, found.cancelled)
            ],
            "PYTHON STREAM BATCH",
        )
        weather = sorted(self.stream.weather().items(), key=lambda item: -item[1][0])
        late = [f"{name} {100 * late / flights:.0f} %" for name, (flights, late) in weather]
        self._screen.say(f"Left 15 minutes late or more, by weather: {', '.join(late)}.")

    def watch(self, *, is_once: bool) -> bool:
        """Show how far the stream is until all of its input has come out.

        Returns whether every flight did. The windows of the last five days stay open. A person may
        stop the stream and start it again meanwhile; with `is_once` nobody is there to do so.
        """
        changed_s, last = monotonic_s(), (0, 0)
        with self._screen.live() as tell:
            while True:
                if is_once:
                    self._check_stream(None)
                is_live = (phase := self._phase(STREAM)) in LIVE
                tell(self.describe() if is_live else f"the stream is {phase}; {START_AGAIN}")
                now_s, now = monotonic_s(), (self.stream.cleaned, self.stream.results)
                if now != last or not is_live:
                    changed_s, last = now_s, now
                is_whole = self.stream.cleaned >= self.timetable.flights
                quiet_s = now_s - changed_s
                if self._replayer.is_done and quiet_s > (QUIET_S if is_whole else SETTLE_S):
                    return is_whole
                time.sleep(0.5)

    def describe(self) -> str:
        """Say in one line how far the stream is."""
        at = self._replayer.at
        days = self.stream.closed_days()
        closed = f"days closed until {days[-1]}" if days else "no day closed yet"
        replayed = f"replayed until {at:%Y-%m-%d}, " if at is not None else ""
        return f"{replayed}{self.stream.cleaned:,} flights in, {self.stream.results:,} rows out, {closed}"

    def _replay(self) -> None:
        refreshed_s = 0.0
        while not self._ending.wait(0.1):
            if monotonic_s() - refreshed_s > 0.5:
                self.stream.refresh()
                refreshed_s = monotonic_s()
            self._replayer.step(monotonic_s(), self.stream.seen_until)

    def _phase(self, job: str) -> str:
        run = self.site.look(job)
        return run.phase if run is not None else "queued"

    def _check_stream(self, until_s: float | None) -> None:
        """Raise `CommandFailed` when the stream has ended, or the time is over."""
        run = self.site.look(STREAM)
        if run is not None and run.phase not in LIVE:
            raise CommandFailed(
                f"The stream is {run.phase}: {plain(run.reason.text)}",
                hint=f"rheostat run show {STREAM} -p {PROJECT}",
            )
        if until_s is not None and monotonic_s() > until_s:
            raise CommandFailed("The stream gives no results.", hint=self.describe())
