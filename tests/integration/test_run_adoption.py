"""The server is killed with -9, at chosen points and at chance ones; the next one adopts what it began.

The points are real: the process ends itself by SIGKILL when the loop gets there, and each test sees that
it did. JVMs are counted from the operating system's table.
"""

import signal
import time

import pytest

from rheostat.wire.run import StartBody
from tests.running_server import PROJECT, leftovers

pytestmark = pytest.mark.flink

AT_START = [
    "resolve_restore:written",
    "write_attempt:before",
    "write_attempt:acted",
    "materialise:written",
    "materialise:acted",
    "write_permit:acted",
    "launch:before",
    "launch:written",
    "launch:acted",
]
AT_STOP = [
    "trigger_stop:before",
    "trigger_stop:written",
    "trigger_stop:acted",
    "revoke_permit:written",
    "terminate:written",
    "terminate:acted",
    "list_snapshots:acted",
    "archive_logs:written",
    "archive_logs:acted",
]


def start(server):
    with server.client() as client:
        client.jobs.start(PROJECT, "orders", StartBody())


def stop(server):
    with server.client() as client:
        client.jobs.stop(PROJECT, "orders")


def cancel(server):
    with server.client() as client:
        client.jobs.cancel(PROJECT, "orders")
    server.wait_phase("canceled")


@pytest.mark.parametrize("point", AT_START)
async def test_killed_in_the_middle_of_a_start(server, point):
    server.job()
    server.kill()
    server.start(crash_at=point)
    start(server)
    assert server.wait_dead() == -signal.SIGKILL, "the point was not hit"
    server.start()
    run = server.wait_phase("running")
    assert len(server.jobmanagers()) == 1
    assert server.jobmanagers() == [run.attempt.pids.jobmanager]
    assert run.attempt.number == 1, "one attempt is enough"
    cancel(server)


async def test_killed_while_the_job_starts_and_again_while_it_runs(server):
    server.job()
    start(server)
    server.wait_phase("starting")
    server.kill()
    server.start()
    run = server.wait_phase("running")
    before = server.jobmanagers()
    server.wait_checkpoint()
    server.kill()
    assert server.jobmanagers() == before, "engines outlive the server"
    server.start()
    again = server.wait(lambda run: all(each.reachable for each in run.evidence))
    assert (again.phase, again.attempt.id) == ("running", run.attempt.id)
    assert server.jobmanagers() == before
    cancel(server)


@pytest.mark.parametrize("point", AT_STOP)
async def test_killed_in_the_middle_of_a_stop(server, point):
    server.job()
    start(server)
    server.wait_phase("running")
    server.kill()
    server.start(crash_at=point)
    server.wait(lambda run: all(each.reachable for each in run.evidence))
    stop(server)
    assert server.wait_dead() == -signal.SIGKILL, "the point was not hit"
    server.start()
    run = server.wait_phase("stopped")
    assert leftovers(server) == []
    with server.client() as client:
        savepoints = [
            each for each in client.snapshots.list(PROJECT, "orders") if each.kind == "savepoint"
        ]
    assert [each.path for each in savepoints] == [run.savepoint], "one savepoint, and it is proven"
    assert savepoints[0].proven == 2


async def test_an_end_while_the_server_is_away_is_learnt_late(server):
    server.job(sql=BOUNDED)
    start(server)
    server.wait_phase("running")
    server.kill()
    wait_until_no_task(server)
    server.start()
    run = server.wait_phase("finished")
    assert run.outcome.witness == "engine"
    assert leftovers(server) == []


BOUNDED = """\
CREATE TABLE numbers (n BIGINT) WITH (
  'connector' = 'datagen', 'rows-per-second' = '20', 'fields.n.kind' = 'sequence',
  'fields.n.start' = '1', 'fields.n.end' = '80'
);
CREATE TABLE sink (n BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO sink SELECT n FROM numbers;
"""


def wait_until_no_task(server):
    """The agent leaves its outcome in the run folder when the job has ended."""
    end = time.monotonic() + 60
    while not list((server.data / "runs").glob("*/outcome.json")):
        assert time.monotonic() < end
        time.sleep(0.2)
