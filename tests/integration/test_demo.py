"""The demo as a user runs it, on the month that travels in the wheel: stream, batch and Python agree.

And whatever becomes of the demo itself, nothing of it stays: Ctrl-C ends all of it, and what a killed one
left is ended by the next.
"""

import contextlib
import os
import re
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from tests.running_server import RHEOSTAT

pytestmark = pytest.mark.flink
PATIENCE_S = 240


class Shown:
    """One demo without a terminal, and what it has printed so far."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder = folder
        self.log = folder.with_suffix(".log")
        command = [RHEOSTAT, "demo", "--month", "--data-dir", str(folder), *words]
        environment = {**os.environ, "XDG_CACHE_HOME": str(folder.parent / "cache")}
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                command, env=environment, stdout=out, stderr=subprocess.STDOUT
            )

    @property
    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_for(self, words: str) -> None:
        end = time.monotonic() + PATIENCE_S
        while words not in self.text:
            assert self.process.poll() is None, self.text[-4000:]
            assert time.monotonic() < end, self.text[-4000:]
            time.sleep(0.2)

    def started(self) -> list[int]:
        """Live processes whose command line names the folder: its server, and Flink's."""
        found = []
        for each in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                line = (each / "cmdline").read_bytes().decode(errors="replace")
                if each.name.isdigit() and f"{self.folder}/server" in line:
                    found.append(int(each.name))
        return found


@pytest.fixture
def shown(tmp_path):
    """Start demos; whatever is left of them at the end is killed."""
    demos: list[Shown] = []

    def show(name: str, *words: str) -> Shown:
        demos.append(Shown(tmp_path / name, *words))
        return demos[-1]

    yield show
    for demo in demos:
        demo.process.kill()
        demo.process.wait()
        for pid in demo.started():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@pytest.mark.timeout(600)
def test_the_demo_ends_what_a_killed_one_left_and_its_counts_agree(shown):
    first = shown("first")
    first.wait_for("From now on one file arrives")
    first.process.kill()
    first.process.wait()
    assert len(first.started()) >= 3  # a server, a JobManager, a TaskManager

    second = shown("second", "--once")
    assert second.process.wait(PATIENCE_S) == 0, second.text[-4000:]
    ended = r"An earlier demo was killed: ended its server and [24] processes of Flink"
    assert re.search(ended, second.text)  # 4: the batch job had begun
    assert first.started() == []
    assert "All counts agree" in second.text
    assert "running: " in second.text
    assert "first checkpoint done" in second.text
    assert "`rheostat signin` prints one" in second.text
    assert "nothing of the demo is left running" in second.text
    assert second.started() == []


def test_the_demo_shows_a_link_that_signs_in_and_ctrl_c_ends_all(shown):
    demo = shown("demo", "--fast")
    demo.wait_for("this link signs one browser in")
    demo.wait_for("/signin")
    link = re.findall(r"http://\S+/signin\S*", demo.text)[-1]
    with urllib.request.urlopen(link.partition("#")[0], timeout=10) as page:
        assert page.status == 200
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(PATIENCE_S) == 0, demo.text[-4000:]
    assert "nothing of the demo is left running" in demo.text
    assert demo.started() == []
