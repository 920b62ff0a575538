"""The measurements in their short form: that they work and write what they should. No time is judged."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.flink
ROOT = Path(__file__).parents[2]


def test_the_short_form_writes_both_files(tmp_path):
    command = [sys.executable, "-m", "bench", "--quick", "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    results = json.loads((tmp_path / "results.json").read_text())
    assert results["is_quick"] is True
    starts = results["starts"]
    assert set(starts["running_ms"]) == {"server", "by hand", "stock"}
    assert {"request to exec", "hello", "launch"} <= set(starts["spans_ms"])
    assert starts["overhead_ms"]["n"] == 1
    assert results["lists"]["pages"]["first 50"]["bytes"] > 1000
    assert results["ingest"]["ways"]["by 20"]["events_per_s"] > 0
    report = (tmp_path / "RESULTS.md").read_text()
    assert report.startswith("# Measurements")
    assert str(starts["overhead_ms"]["median"]) in report
