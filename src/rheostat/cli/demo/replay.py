"""Turn the timetable back into events: one file per hour, in order, at a pace that one can watch."""

import datetime as dt
import os
from pathlib import Path

from rheostat.cli.demo.timetable import Timetable

AHEAD = dt.timedelta(days=4)
"""The stream reads files that it finds together in any order, and its watermark waits five days
(`stream.sql`). As long as no file is this far ahead of what the stream has written, none is late."""


class Replayer:
    """Writes hours into a folder. `step` is called again and again; a second one goes on where it is."""

    def __init__(self, timetable: Timetable, folder: Path, *, hours_per_s: float) -> None:
        """`folder` is made; hours that are in it already are not written again."""
        folder.mkdir(parents=True, exist_ok=True)
        self._hours = timetable.hours
        self._folder = folder
        self._hours_per_s = hours_per_s
        there = set(os.listdir(folder))
        self.written = 0
        while not self.is_done and self._hours[self.written].file_name in there:
            self.written += 1
        self._credit = 0.0
        self._last_s: float | None = None

    @property
    def is_done(self) -> bool:
        """Whether every hour was written."""
        return self.written == len(self._hours)

    @property
    def at(self) -> dt.datetime | None:
        """The last hour that was written; None: none yet."""
        return self._hours[self.written - 1].at if self.written else None

    def step(self, moment_s: float, seen_until: dt.datetime | None) -> None:
        """Write the hours that are due at `moment_s`, a monotonic clock's.

        `seen_until` is how far the stream has come without a gap; None = nothing yet.
        """
        if self._last_s is not None:
            due = self._credit + (moment_s - self._last_s) * self._hours_per_s
            self._credit = min(due, AHEAD / dt.timedelta(hours=1))
        self._last_s = moment_s
        begin = seen_until or self._hours[0].at
        while self._credit >= 1 and not self.is_done:
            hour = self._hours[self.written]
            if hour.at > begin + AHEAD:
                return
            self._credit -= 1
            write_whole(self._folder / hour.file_name, "".join(hour.rows))
            self.written += 1


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a watcher sees all of it or nothing: it ignores names with a dot."""
    path.parent.mkdir(parents=True, exist_ok=True)
    hidden = path.with_name(f".{path.name}")
    hidden.write_text(text, encoding="utf-8")
    hidden.rename(path)
