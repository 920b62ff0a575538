"""The pages in real Chromium against a real server and real Flink, by the web's own script.

A SQL job from draft to upgrade, drain and a start from a chosen snapshot; the same by keys alone; a world that
changes under an open page; a JAR job with a failure; then every page and dialog in both languages and themes
with axe.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.program_jar import make_program

pytestmark = pytest.mark.flink

MOST_S = 1500
WEB = Path(__file__).parents[2] / "web"
ABSENT = "no Chromium found: get it by `apt-get install chromium fonts-noto-cjk`"


def find_chromium():
    found = shutil.which("chromium")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(ABSENT)
    if found is None:
        pytest.skip(ABSENT)
    return found


@pytest.mark.timeout(MOST_S)
async def test_the_whole_way_of_a_job_through_the_pages(server, tmp_path):
    find_chromium()
    environment = {
        **os.environ,
        "RHEOSTAT_URL": server.url,
        "RHEOSTAT_TOKEN": server.token,
        "RHEOSTAT_JAR": str(make_program(tmp_path, "2.3")),
    }
    done = subprocess.run(
        ["node", "test/e2e.mjs", str(tmp_path / "pictures")],
        cwd=WEB,
        env=environment,
        capture_output=True,
        text=True,
        timeout=MOST_S,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
