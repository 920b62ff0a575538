"""`engine`: where engines are, and how an installation is told."""

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console
from rich.progress import Progress

from rheostat.cli import main
from rheostat.cli.engine import find_root
from rheostat.cli.installation import Bars, Lines, render_detail
from rheostat.local.fetch import Progress as Step


def test_the_default_root(monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert find_root() == Path("/data/rheostat/engines")
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", "/home/ann")
    assert find_root() == Path("/home/ann/.local/share/rheostat/engines")


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("RHEOSTAT_ENGINES", str(tmp_path))
    return tmp_path


def test_no_engine_says_how_to_get_one(root):
    result = CliRunner().invoke(main, ["engine", "list"])
    assert "rheostat engine install 2.3" in result.output
    assert json.loads(CliRunner().invoke(main, ["engine", "list", "--json"]).output) == []


def test_engines_are_listed(root):
    (root / "2.3").mkdir()
    (root / "2.3" / "engine.json").write_text('{"version": "2.3", "release": "2.3.0"}')
    result = CliRunner().invoke(main, ["engine", "list"])
    assert result.output.splitlines()[1].split() == ["2.3", "2.3.0", str(root / "2.3")]
    (got,) = json.loads(CliRunner().invoke(main, ["engine", "list", "--json"]).output)
    assert got == {"version": "2.3", "release": "2.3.0", "path": str(root / "2.3")}


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (Step(step="unpack", message="x"), ""),
        (Step(step="download", message="x", done=1024), "1.0 KiB"),
        (
            Step(step="download", message="x", done=1024, total=2048, eta_s=75),
            "1.0 KiB of 2.0 KiB, 1 min 15 s left",
        ),
    ],
)
def test_detail(step, said):
    assert render_detail(step) == said


def test_lines_come_at_a_new_step_and_every_few_seconds():
    said: list[str] = []
    moments = iter([0.0, 1.0, 4.9, 5.1, 5.2])
    lines = Lines(said.append, lambda: next(moments))
    for done in range(4):
        lines(Step(step="download", message="Flink", done=done * 1024, total=4096))
    lines(Step(step="unpack", message="Flink"))
    lines(Step(step="done", message="Flink is ready"))
    assert said == [
        "download: Flink, 0 B of 4.0 KiB",
        "download: Flink, 3.0 KiB of 4.0 KiB",
        "unpack: Flink",
        "Flink is ready",
    ]


def test_bars_one_a_step():
    progress = Progress(console=Console(file=io.StringIO()))
    bars = Bars(progress)
    bars(Step(step="download", message="Flink", done=10, total=100))
    bars(Step(step="class archives", message="jobmanager"))
    bars(Step(step="done", message="ready"))
    assert [task.description for task in progress.tasks] == [
        "download: Flink",
        "class archives: jobmanager",
    ]
    assert all(task.finished for task in progress.tasks)
