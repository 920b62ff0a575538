"""The pages in real Chromium against a real server and real Flink, by the web's own script.

It signs in, edits, publishes, starts, stops with a savepoint and starts again, then looks at every page in
both languages and themes with axe.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.flink

WEB = Path(__file__).parents[2] / "web"
ABSENT = "no Chromium found: get it by `apt-get install chromium fonts-noto-cjk`"


def find_chromium():
    found = shutil.which("chromium")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(ABSENT)
    if found is None:
        pytest.skip(ABSENT)
    return found


async def test_the_whole_way_of_a_job_through_the_pages(server, tmp_path):
    find_chromium()
    environment = {**os.environ, "RHEOSTAT_URL": server.url, "RHEOSTAT_TOKEN": server.token}
    done = subprocess.run(
        ["node", "test/e2e.mjs", str(tmp_path / "pictures")],
        cwd=WEB,
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
