"""Count flights three times: here in plain Python, in the stream's files, in the batch job's files."""

import csv
import datetime as dt
import itertools
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rheostat.cli.demo.timetable import Timetable

Key = tuple[str, str]
"""A day, as `2013-01-31`, and a carrier, as `UA`."""
RESULTS = ("carrier_days", "route_days", "weather_days")
_DEP_TIME, _CARRIER = 3, 9
"""Columns of the timetable."""


@dataclass(slots=True)
class Tally:
    """Flights, and how many of them were cancelled, by day and carrier."""

    flights: Counter[Key] = field(default_factory=Counter)
    cancelled: Counter[Key] = field(default_factory=Counter)


def count_timetable(timetable: Timetable) -> Tally:
    """Count without Flink: split the lines and add them up."""
    tally = Tally()
    for hour in timetable.hours:
        day = f"{hour.at:%Y-%m-%d}"
        for row in hour.rows:
            cells = row.split(",")
            tally.flights[day, cells[_CARRIER]] += 1
            tally.cancelled[day, cells[_CARRIER]] += cells[_DEP_TIME] == "NA"
    return tally


class Output:
    """The files that one of the two jobs has written so far. Threads may share it."""

    def __init__(self, folder: Path, timetable: Timetable) -> None:
        self.cleaned = 0
        """Rows of `flights`: what came in and was understood."""
        self.results = 0
        """Rows of the three window results."""
        self._folder = folder
        self._hours = [(hour.at, len(hour.rows)) for hour in timetable.hours]
        self._lock = threading.Lock()
        self._read: set[Path] = set()
        self._seen: Counter[str] = Counter()
        self._whole = 0
        self._tally = Tally()
        self._weather: dict[str, tuple[int, int]] = {}

    def refresh(self) -> None:
        """Read files that became visible. Flink never changes one that is."""
        with self._lock:
            for cells in self._rows("flights"):
                self.cleaned += 1
                self._seen[cells[0][:13]] += 1
            for name in RESULTS:
                for cells in self._rows(name):
                    self.results += 1
                    self._take(name, cells)
            while self._whole < len(self._hours):
                at, rows = self._hours[self._whole]
                if self._seen[f"{at:%Y-%m-%d %H}"] < rows:
                    break
                self._whole += 1

    @property
    def seen_until(self) -> dt.datetime | None:
        """The first hour that did not come out whole, or the last of all; None: the very first."""
        if self._whole == 0:
            return None
        return self._hours[min(self._whole, len(self._hours) - 1)][0]

    def closed_days(self) -> list[str]:
        """Days whose windows have closed: all before the newest, which may be half written."""
        with self._lock:
            return sorted({day for day, _ in self._tally.flights})[:-1]

    def counts(self) -> Tally:
        """Copy what the daily windows say: rows of `carrier_days`."""
        with self._lock:
            return Tally(self._tally.flights.copy(), self._tally.cancelled.copy())

    def weather(self) -> dict[str, tuple[int, int]]:
        """Copy how many flights there were, and how many left late, by weather."""
        with self._lock:
            return dict(self._weather)

    def _take(self, name: str, cells: list[str]) -> None:
        if name == "carrier_days":
            self._tally.flights[cells[0], cells[1]] += int(cells[3])
            self._tally.cancelled[cells[0], cells[1]] += int(cells[4])
        elif name == "weather_days":
            flights, late = self._weather.get(cells[2], (0, 0))
            self._weather[cells[2]] = (flights + int(cells[3]), late + int(cells[5]))

    def _rows(self, name: str) -> Iterator[list[str]]:
        for file in sorted((self._folder / name).glob("part-*")):
            if file not in self._read:
                self._read.add(file)
                with file.open(encoding="utf-8", newline="") as stream:
                    yield from csv.reader(stream)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One carrier, counted three times."""

    carrier: str
    python: int
    stream: int
    batch: int

    @property
    def agrees(self) -> bool:
        """Whether the three are one number."""
        return self.python == self.stream == self.batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Flights per carrier on the days that the stream has closed."""

    days: tuple[str, ...]
    lines: tuple[Line, ...]
    cancelled: Line

    @property
    def agrees(self) -> bool:
        """Whether every number is the same three times, and there is one."""
        return bool(self.days) and all(line.agrees for line in (*self.lines, self.cancelled))

    @property
    def total(self) -> Line:
        """All carriers."""
        return Line(
            carrier="all",
            python=sum(line.python for line in self.lines),
            stream=sum(line.stream for line in self.lines),
            batch=sum(line.batch for line in self.lines),
        )


def compare(python: Tally, stream: Tally, batch: Tally, days: list[str]) -> Comparison:
    """Compare per carrier, the busiest first, and the cancelled ones in all."""
    by = [_by_carrier(tally.flights, days) for tally in (python, stream, batch)]
    cancelled = [_by_carrier(tally.cancelled, days).total() for tally in (python, stream, batch)]
    carriers = set(itertools.chain(*by))
    lines = [
        Line(carrier=name, python=by[0][name], stream=by[1][name], batch=by[2][name])
        for name in sorted(carriers, key=lambda name: (-by[0][name], name))
    ]
    return Comparison(
        days=tuple(days),
        lines=tuple(lines),
        cancelled=Line(
            carrier="cancelled", python=cancelled[0], stream=cancelled[1], batch=cancelled[2]
        ),
    )


def _by_carrier(counts: Counter[Key], days: list[str]) -> Counter[str]:
    wanted = set(days)
    found: Counter[str] = Counter()
    for (day, carrier), count in counts.items():
        if day in wanted:
            found[carrier] += count
    return found
