"""The guard on real Flink: every policy, with the server up, away, or killed in the midst of the fence.

`make test` runs a third of the cells, chosen by RHEOSTAT_SEED, and the story with which it began always;
`make kill-matrix` runs all of them.
"""

import json
import os
import signal
import urllib.request
import zlib
from itertools import product

import pytest

from rheostat.local.engine import EngineHome
from rheostat.settings import default_engines_dir
from rheostat.wire.plan import StartBody
from tests.integration.test_kill_matrix import IS_WHOLE, SEED
from tests.running_server import PROJECT, leftovers

pytestmark = pytest.mark.flink

RESUME, HOLD, FAIL = "resume_latest_proven", "hold", "fail_and_alert"
UP, AWAY, BETWEEN = "server up", "server away", "killed between fence and next start"
CELLS = [
    *((policy, when, "2.3") for policy, when in product((RESUME, HOLD, FAIL), (UP, AWAY, BETWEEN))),
    (RESUME, BETWEEN, "1.20"),
    (HOLD, UP, "1.20"),
    (FAIL, AWAY, "1.20"),
]
CHOSEN = [cell for cell in CELLS if IS_WHOLE or zlib.crc32(repr(cell).encode()) % 3 == SEED % 3]
AFTER_FENCE = {
    RESUME: "write_attempt:before",
    HOLD: "archive_logs:acted",
    FAIL: "archive_logs:acted",
}
"""Where the server dies: every process is gone, and nothing new is planned yet."""


def is_installed(flink):
    return flink in [engine.version for engine in EngineHome(default_engines_dir()).list()]


def start(server):
    with server.client() as client:
        client.jobs.start(PROJECT, "orders", StartBody())


def cancel(server):
    with server.client() as client:
        client.jobs.cancel(PROJECT, "orders")
    server.wait_phase("canceled", timeout_s=120)


def wait_running(server, number=1):
    """Running, and every source says so: its pids are known."""
    return server.wait(
        lambda run: (
            (run.phase, run.attempt and run.attempt.number) == ("running", number)
            and all(each.reachable for each in run.evidence)
        ),
        timeout_s=120,
    )


def lose_the_jobmanager(server, when, point):
    """SIGKILL to the JobManager, with the server where the cell wants it."""
    if when == BETWEEN:
        server.kill()
        server.start(crash_at=point)
    [pid] = server.jobmanagers()
    if when == AWAY:
        server.kill()
    os.kill(pid, signal.SIGKILL)
    if when == BETWEEN:
        assert server.wait_dead(60) == -signal.SIGKILL, "the point was not hit"
        assert server.jobmanagers() == [], "the fence was not through"
    if when != UP:
        server.start()


def restored(run):
    """Flink's own word on what it restored."""
    url = f"{run.attempt.flink_url}/jobs/{run.attempt.flink_job_id}/checkpoints"
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)["latest"]["restored"]


def newest_known(server):
    """The highest checkpoint id that we know."""
    with server.client() as client:
        return max(each.checkpoint_id for each in client.snapshots.list(PROJECT, "orders"))


@pytest.mark.parametrize(("policy", "when", "flink"), CHOSEN)
async def test_a_lost_jobmanager(server, policy, when, flink):
    if not is_installed(flink):
        pytest.skip(f"Flink {flink} is not installed: rheostat engine install {flink}")
    server.job(guard=policy, flink=flink)
    start(server)
    wait_running(server)
    server.wait_checkpoint()
    known = newest_known(server)
    lose_the_jobmanager(server, when, AFTER_FENCE[policy])
    if policy == RESUME:
        run = wait_running(server, 2)
        assert run.attempt.restore.kind == "checkpoint"
        assert restored(run)["id"] >= known
        assert f"chk-{restored(run)['id']}" in run.attempt.restore.path
        assert len(server.jobmanagers()) == 1
        cancel(server)
        return
    run = server.wait_phase("held" if policy == HOLD else "failed", timeout_s=120)
    assert run.attempt.number == 1
    assert leftovers(server) == []
    if policy == HOLD:
        assert run.reason.code == "guard_held"
        cancel(server)
    else:
        assert (run.reason.code, run.outcome.witness) == ("guard_failed", "ours")


async def test_never_the_launch_time_savepoint_again(server):
    """How it began: a job started from a savepoint ran on, lost its JobManager, and began there again."""
    server.job()
    start(server)
    wait_running(server)
    with server.client() as client:
        client.jobs.stop(PROJECT, "orders")
    savepoint = server.wait_phase("stopped").savepoint
    start(server)
    run = server.wait(lambda run: run.number == 2 and run.phase == "running", timeout_s=120)
    began_at = restored(run)["id"]
    assert run.attempt.restore.path == savepoint
    server.wait(lambda run: newest_known(server) > began_at)
    [pid] = server.jobmanagers()
    server.kill()
    os.kill(pid, signal.SIGKILL)
    server.start()
    run = wait_running(server, 2)
    found = restored(run)
    assert run.attempt.restore.path != savepoint
    assert found["id"] > began_at
    assert "/chk-" in found["external_path"]
    cancel(server)
