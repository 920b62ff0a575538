"""Rows of the evidence table on real Flink, with real trouble: signals, and proxies that misbehave.

`make test` runs a third of them, chosen by RHEOSTAT_SEED; `make kill-matrix` all of them. The expectations
are those of tests/evidence/matrix.txt; what is over time is only how long it may take. Every row ends with
the trouble being over, the run coming to what the row says, and the invariants.
"""

import os
import signal
import sys
import time
import zlib
from pathlib import Path

import pytest

from rheostat.wire.plan import StartBody
from tests.evidence_table import Row, read_rows
from tests.integration.test_kill_matrix import IS_WHOLE, SEED
from tests.proxied_server import PROXY_FILE, PROXY_PORT, read_ports
from tests.running_server import FAST, PROJECT, RunningServer, check_invariants
from tests.tcp_proxy import CUT, HANG, PASS, TcpProxy

pytestmark = pytest.mark.flink

ROOT = Path(__file__).parents[2]
PATIENCE = 4
AWAY_S = 5
MODES = {
    "REST hangs": HANG,
    "REST cut": CUT,
    "REST answers HTML": "html",
    "REST answers nothing": "empty",
    "REST answers 500": "500",
    "REST of another cluster": "another cluster",
}
SIGNALS = {"stop": signal.SIGSTOP, "kill": signal.SIGKILL}
REAL = [row for row in read_rows() if row.is_real]
CHOSEN = [row for row in REAL if IS_WHOLE or zlib.crc32(row.name.encode()) % 3 == SEED % 3]
TERMINAL = ("stopped", "canceled", "finished", "failed")


def test_enough_rows_are_real():
    assert len(REAL) >= 12


class Lab:
    """A server behind proxies, and the trouble that is made for it."""

    def __init__(self, folder: Path) -> None:
        ports = folder / "rest-ports.json"
        self.rest = TcpProxy(lambda: next(reversed(read_ports(ports).values()), None))
        self.push = TcpProxy(lambda: None)
        program = folder / "proxied"
        program.write_text(f"#!{sys.executable}\nfrom tests.proxied_server import main\n\nmain()\n")
        program.chmod(0o700)
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            PROXY_PORT: str(self.rest.port),
            PROXY_FILE: str(ports),
        }
        self.server = RunningServer(folder, program=str(program), environment=environment)
        self.stopped: list[int] = []
        self.endpoint = self.server.data / "endpoint"
        self.back_at: float | None = None

    def pids(self, what: str) -> list[int]:
        """By the operating system's table: also of a run that our records do not show yet."""
        main = {
            "JobManager": "StandaloneApplicationClusterEntryPoint",
            "TaskManager": "TaskManagerRunner",
        }[what]
        return self.server.java_processes(main)

    def begin(self, trouble: str) -> None:
        """Make the trouble; what can last does so until `mend`."""
        verb, _, what = trouble.partition(" ")
        if trouble in MODES:
            self.rest.become(MODES[trouble])
        elif trouble == "push cut":
            self.push.become(CUT)
            self.endpoint.write_text(f"http://127.0.0.1:{self.push.port}\n")
        elif trouble == "server killed":
            self.server.kill()
            self.back_at = time.monotonic() + AWAY_S
        else:
            for pid in self.pids(what):
                os.kill(pid, SIGNALS[verb])
                if verb == "stop":
                    self.stopped.append(pid)

    def come_back(self) -> None:
        """The next server starts, if one was killed."""
        if self.back_at is not None:
            time.sleep(max(self.back_at - time.monotonic(), 0))
            self.back_at = None
            self.server.start()

    def mend(self) -> None:
        """All trouble is over."""
        self.rest.become(PASS)
        self.endpoint.write_text(f"{self.server.url}\n")
        for pid in self.stopped:
            if pid in self.server.java_processes():
                os.kill(pid, signal.SIGCONT)

    def close(self) -> None:
        """End the server, whatever engine is left, and the proxies."""
        self.server.stop()
        self.rest.close()
        self.push.close()


@pytest.fixture
async def lab(tmp_path):
    """A lab; its histories are checked when the test is over."""
    made = Lab(tmp_path)
    made.server.start()
    try:
        yield made
        await check_invariants(made.server)
    finally:
        made.close()


def come_to(lab: Lab, row: Row) -> None:
    """The run is where the row's trouble begins."""
    lab.server.job(flink_configuration=FAST)
    with lab.server.client() as client:
        client.jobs.start(PROJECT, "orders", StartBody())
    if row.within == "starting":
        lab.server.wait(lambda run: run.phase == "starting" and lab.pids("JobManager"))
    else:
        lab.server.wait(lambda run: run.phase == "running" and is_all_reachable(run))
        lab.server.wait_checkpoint()


def wish(lab: Lab, kind: str) -> None:
    """A person's wish, in the midst of the trouble."""
    with lab.server.client() as client:
        {"stop": client.jobs.stop, "cancel": client.jobs.cancel}[kind](PROJECT, "orders")


def is_all_reachable(run) -> bool:
    return all(each.reachable for each in run.evidence)


def shown(run) -> tuple[str, int, str, tuple[str, ...]]:
    codes = tuple(reason.code for reason in run.health_reasons)
    return run.phase, run.attempt.number, run.health, codes


def is_as_the_row_says(row: Row, run) -> bool:
    phase, number, health, codes = shown(run)
    if (phase, number) != (row.phase, row.attempt):
        return False
    if row.health != "*" and (health, codes) != (row.health, row.reasons):
        return False
    reachable = {each.source: "yes" if each.reachable else "no" for each in run.evidence}
    return all(said in ("*", reachable[source]) for source, said in row.reachable.items())


@pytest.mark.parametrize("row", CHOSEN, ids=lambda row: row.name)
async def test_row(lab, row):
    come_to(lab, row)
    if row.within == "stop" and row.troubles == ("kill JobManager",):
        lab.begin("stop JobManager")  # or the savepoint would be made before the kill
        wish(lab, "stop")
        lab.server.wait(lambda run: run.phase == "stopping")
        lab.stopped.clear()
        lab.begin("kill JobManager")
    else:
        for trouble in row.troubles:
            lab.begin(trouble)
        if row.within in ("stop", "cancel"):
            wish(lab, row.within)
    lab.come_back()
    run = lab.server.wait(
        lambda run: is_as_the_row_says(row, run), timeout_s=row.after_s * PATIENCE
    )
    for each in run.evidence:
        assert each.reachable or each.why, each
    lab.mend()
    end = (row.end_phase, row.end_attempt)
    lab.server.wait(
        lambda run: (
            (run.phase, run.attempt.number) == end
            and (
                run.phase in (*TERMINAL, "held")
                or (run.health == "healthy" and is_all_reachable(run))
            )
        ),
        timeout_s=120,
    )
    if row.end_phase not in TERMINAL:
        wish(lab, "cancel")
        lab.server.wait_phase("canceled")
