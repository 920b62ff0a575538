"""Permits and what is left of an attempt; no process is started."""

import json
import os

import pytest

from rheostat.core.local_conf import parse_yaml
from rheostat.errors import Unusable
from rheostat.local.process import identify
from rheostat.local.run_folder import RunFolder, parse_outcome
from rheostat.model.ids import AttemptId
from rheostat.model.observation import PermitState
from rheostat.model.run import JobEnd, WitnessKind


@pytest.fixture
def folder(tmp_path):
    for name in ("runs", "logs"):
        (tmp_path / name).mkdir()
    return RunFolder(tmp_path / "runs", tmp_path / "logs", AttemptId("a1"))


def prepare(folder: RunFolder) -> None:
    for name in ("log/jobmanager", "log/taskmanager-0", "conf"):
        (folder.making / name).mkdir(parents=True)
    (folder.making / "permit.unused").touch()
    (folder.making / "run.json").write_text('{"taskmanagers": 2}')
    (folder.making / "conf/config.yaml").write_text('a: "1"\nb.password: "x"\n')
    (folder.making / "log/jobmanager/jobmanager.log").write_text("words")


def write_pid(folder: RunFolder, name: str, incarnation: str, *, is_alive: bool = False) -> None:
    who = identify(os.getpid())
    assert who is not None
    facts = {"pid": who.pid, "start": who.start if is_alive else "1", "boot": who.boot}
    (folder.path / f"pid-{name}-{incarnation}").write_text(json.dumps(facts))


def test_a_permit_is_made_once(folder):
    prepare(folder)
    assert folder.read_permit() is PermitState.NONE
    folder.write_permit()
    assert folder.read_permit() is PermitState.UNUSED
    folder.write_permit()
    (folder.path / "permit.unused").rename(folder.path / "permit.claimed-i1")
    assert folder.read_permit() is PermitState.CLAIMED
    folder.write_permit()
    assert folder.read_permit() is PermitState.CLAIMED
    folder.revoke_permit()
    folder.revoke_permit()
    folder.write_permit()
    assert folder.read_permit() is PermitState.REVOKED
    assert [p for p in os.listdir(folder.path) if p.startswith("permit")] == ["permit.revoked-1"]


def test_nothing_prepared(folder):
    with pytest.raises(Unusable):
        folder.write_permit()


def test_revoked_before_it_was_made(folder):
    prepare(folder)
    folder.revoke_permit()
    assert not folder.making.exists()
    prepare(folder)
    with pytest.raises(Unusable):
        folder.write_permit()
    assert folder.read_permit() is PermitState.NONE


def test_never_made_again_after_archive(folder):
    prepare(folder)
    folder.write_permit()
    (folder.path / "outcome.json").write_text("{}")
    folder.revoke_permit()
    folder.archive()
    folder.archive()
    assert not folder.path.exists()
    assert (folder.tombstone / "jobmanager/jobmanager.log").read_text() == "words"
    assert (folder.tombstone / "taskmanager-0").is_dir()
    assert (folder.tombstone / "outcome.json").exists()
    kept = parse_yaml((folder.tombstone / "config.yaml").read_text())
    assert kept == {"a": "1", "b.password": "******"}
    prepare(folder)
    with pytest.raises(Unusable):
        folder.write_permit()
    assert not folder.path.exists()


def test_archive_goes_on_where_it_was_interrupted(folder):
    prepare(folder)
    folder.write_permit()
    folder.tombstone.mkdir()
    (folder.path / "log/taskmanager-0").rename(folder.tombstone / "taskmanager-0")
    folder.archive()
    assert not folder.path.exists()
    assert (folder.tombstone / "jobmanager/jobmanager.log").exists()


def test_archive_waits_for_the_last_process(folder):
    prepare(folder)
    folder.write_permit()
    write_pid(folder, "taskmanager-0", "i1", is_alive=True)
    with pytest.raises(Unusable):
        folder.archive()
    assert folder.path.exists()


def test_which_process_counts(folder):
    prepare(folder)
    folder.write_permit()
    assert folder.list_taskmanagers() == ("taskmanager-0", "taskmanager-1")
    assert folder.choose("jobmanager", folder.started()) is None
    write_pid(folder, "jobmanager", "i1")
    (folder.path / "permit.unused").rename(folder.path / "permit.claimed-i1")
    write_pid(folder, "jobmanager", "i2")
    (folder.path / "refused-i2").touch()
    chosen = folder.choose("jobmanager", folder.started())
    assert chosen is not None
    assert chosen.incarnation == "i1"
    assert not folder.was_refused()
    folder.revoke_permit()
    assert not folder.was_refused()


def test_refused_when_none_was_let_through(folder):
    prepare(folder)
    folder.write_permit()
    folder.revoke_permit()
    write_pid(folder, "jobmanager", "i1")
    assert not folder.was_refused()
    (folder.path / "refused-i1").touch()
    assert folder.was_refused()


def test_outcome():
    outcome = parse_outcome({"status": "FAILED", "code": "bad_sql", "line": 3, "cause": "no table"})
    assert (outcome.status, outcome.witness, outcome.source) == (
        JobEnd.FAILED,
        WitnessKind.ENGINE,
        "watched",
    )
    assert (outcome.code, outcome.line, outcome.cause) == ("bad_sql", 3, "no table")
    assert outcome.message is None


@pytest.mark.parametrize("facts", [[], {}, {"status": "RUNNING"}, None])
def test_no_outcome(facts):
    with pytest.raises(ValueError, match=r"outcome|JobEnd"):
        parse_outcome(facts)
