"""The demo as a user runs it, on the month that travels in the wheel: stream, batch and Python agree."""

import subprocess

import pytest

from tests.running_server import RHEOSTAT

pytestmark = pytest.mark.flink


def test_the_demo_runs_and_its_counts_agree(tmp_path):
    command = [RHEOSTAT, "demo", "--once", "--month", "--data-dir", str(tmp_path / "demo")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "All counts agree" in done.stdout
    assert "running: " in done.stdout
    assert "first checkpoint done" in done.stdout
    assert "nothing of the demo is left running" in done.stdout
