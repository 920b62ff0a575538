"""The launch shim, run as it is in earnest, with a script in Java's place."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rheostat.local import shim


@pytest.fixture
def run_dir(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    return folder


def start(
    run_dir: Path,
    *,
    role: str = "jobmanager",
    name: str = "jobmanager",
    command: tuple[str, ...] = (),
) -> "subprocess.Popen[bytes]":
    """A shim under way; it becomes `command`, by default one that notes its pid and ends."""
    note = f"echo $$ $RHEOSTAT_INCARNATION >> {run_dir}/ran"
    argv = command or ("/bin/sh", "-c", note)
    return subprocess.Popen(
        [sys.executable, "-I", "-S", shim.__file__, role, str(run_dir), name, "--", *argv],
        start_new_session=True,
    )


def names(run_dir: Path, prefix: str) -> list[str]:
    return sorted(p.name for p in run_dir.iterdir() if p.name.startswith(prefix))


def test_of_many_at_once_exactly_one_goes_on(run_dir):
    (run_dir / "permit.unused").touch()
    shims = [start(run_dir) for _ in range(12)]
    codes = [each.wait() for each in shims]
    assert sorted(codes) == [0] + [shim.REFUSED] * 11
    pid, incarnation = (run_dir / "ran").read_text().split()
    winner = shims[codes.index(0)]
    assert int(pid) == winner.pid  # execv: the pid stays
    assert names(run_dir, "permit.") == [f"permit.claimed-{incarnation}"]
    assert len(names(run_dir, "refused-")) == 11
    assert len(names(run_dir, "pid-jobmanager-")) == 12


def test_the_pid_file_names_the_process(run_dir):
    (run_dir / "permit.unused").touch()
    process = start(run_dir, command=("/bin/sleep", "60"))
    try:
        while not names(run_dir, "permit.claimed-"):
            assert process.poll() is None
        (name,) = names(run_dir, "pid-")
        facts = json.loads((run_dir / name).read_text())
        state, stamp = shim.read_stat(process.pid) or ("", "")
        assert state in "RS"
        assert facts == {
            "pid": process.pid,
            "start": stamp,
            "boot": shim.read_boot_id(),
            "incarnation": name.rpartition("-")[2],
        }
        assert os.getsid(process.pid) == process.pid
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("role", "files"),
    [
        ("jobmanager", []),
        ("jobmanager", ["permit.revoked-0"]),
        ("jobmanager", ["permit.claimed-abc"]),
        ("jobmanager", ["permit.unused", "outcome.json"]),
        ("taskmanager", []),
        ("taskmanager", ["permit.revoked-0"]),
        ("taskmanager", ["permit.claimed-abc", "outcome.json"]),
    ],
)
def test_refused(run_dir, role, files):
    for name in files:
        (run_dir / name).touch()
    assert start(run_dir, role=role, name=f"{role}-x").wait() == shim.REFUSED
    assert not (run_dir / "ran").exists()
    assert names(run_dir, "permit.") == [f for f in files if f.startswith("permit.")]
    assert len(names(run_dir, "refused-")) == (role == "jobmanager")


@pytest.mark.parametrize("permit", ["permit.unused", "permit.claimed-abc"])
def test_a_taskmanager_goes_on_with_any_live_permit(run_dir, permit):
    (run_dir / permit).touch()
    assert start(run_dir, role="taskmanager", name="taskmanager-0").wait() == 0
    assert names(run_dir, "permit.") == [permit]


def test_a_taskmanager_is_never_doubled(run_dir):
    (run_dir / "permit.unused").touch()
    sleep = ("/bin/sleep", "60")
    shims = [
        start(run_dir, role="taskmanager", name="taskmanager-0", command=sleep) for _ in range(6)
    ]
    other = start(run_dir, role="taskmanager", name="taskmanager-1")
    try:
        assert other.wait() == 0
        while sum(each.poll() == shim.REFUSED for each in shims) < 5:
            pass
        (winner,) = [each for each in shims if each.poll() is None]
    finally:
        for each in shims:
            each.kill()
            each.wait()
    assert winner.returncode == -9
    assert start(run_dir, role="taskmanager", name="taskmanager-0").wait() == 0


@pytest.mark.parametrize("role", ["jobmanager", "taskmanager"])
def test_without_the_folder_nothing_is_made(tmp_path, role):
    assert start(tmp_path / "gone", role=role).wait() == shim.REFUSED
    assert list(tmp_path.iterdir()) == []
