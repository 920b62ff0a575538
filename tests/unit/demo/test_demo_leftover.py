"""What a killed demo has left: only its own processes are ended, and only once it is dead."""

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace

import pytest

from rheostat.cli.demo.leftover import Note, end_leftovers, notes_folder
from rheostat.local.process import identify


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def sleeper():
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    with subprocess.Popen(command) as process:
        yield process
        process.kill()


def look_up(pid):
    who = identify(pid)
    assert who is not None
    return who


def kill_the_demo():
    """Let the note say that another process was the demo, which had our pid and is gone."""
    (note,) = notes_folder().glob("*.json")
    facts = json.loads(note.read_text())
    facts["demo"]["start"] = "1"
    note.write_text(json.dumps(facts))


def put_engine(folder, pid):
    run = folder / "server/runs" / ("a" * 32)
    run.mkdir(parents=True)
    facts = asdict(look_up(pid)) | {"incarnation": "i"}
    (run / "pid-jobmanager-i").write_text(json.dumps(facts))


def test_a_demo_that_runs_is_left_alone(tmp_path, sleeper):
    Note(tmp_path / "demo", is_kept=False).add_server(sleeper.pid)
    assert list(end_leftovers()) == []
    assert sleeper.poll() is None
    assert len(list(notes_folder().iterdir())) == 1


@pytest.mark.parametrize("is_kept", [True, False])
def test_server_and_engines_of_a_killed_demo_are_ended(tmp_path, sleeper, is_kept):
    folder = tmp_path / "demo"
    with subprocess.Popen(["sleep", "60"]) as engine:
        put_engine(folder, engine.pid)
        Note(folder, is_kept=is_kept).add_server(sleeper.pid)
        kill_the_demo()
        (ended,) = end_leftovers()
        assert (ended.has_server, ended.engines, ended.is_removed) == (True, 1, not is_kept)
        assert (sleeper.wait(5), engine.wait(5)) == (-15, -15)
    assert folder.exists() is is_kept
    assert list(notes_folder().iterdir()) == []


def test_a_reused_pid_is_not_ended(tmp_path, sleeper):
    folder = tmp_path / "demo"
    folder.mkdir()
    note = Note(folder, is_kept=False)
    note.add_server(sleeper.pid)
    (path,) = notes_folder().glob("*.json")
    facts = json.loads(path.read_text())
    facts["server"] = asdict(replace(look_up(sleeper.pid), start="1"))
    path.write_text(json.dumps(facts))
    kill_the_demo()
    assert list(end_leftovers()) == []
    assert sleeper.poll() is None
    assert not folder.exists()


def test_a_demo_that_ended_leaves_no_note(tmp_path):
    note = Note(tmp_path, is_kept=True)
    assert json.loads((notes_folder() / f"{os.getpid()}.json").read_text())["folder"]
    note.remove()
    assert list(end_leftovers()) == []


def test_a_damaged_note_is_passed_over(tmp_path):
    Note(tmp_path, is_kept=True)
    (notes_folder() / "7.json").write_text("{")
    assert list(end_leftovers()) == []
    assert not (notes_folder() / "7.json").exists()
