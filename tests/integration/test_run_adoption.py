"""The server is killed with -9 at chance points; the next one adopts what it began.

The kill matrix (`test_kill_matrix.py`) has the chosen points.
"""

import time

import pytest

from rheostat.wire.plan import StartBody
from tests.running_server import PROJECT, leftovers

pytestmark = pytest.mark.flink


def start(server):
    with server.client() as client:
        client.jobs.start(PROJECT, "orders", StartBody())


def cancel(server):
    with server.client() as client:
        client.jobs.cancel(PROJECT, "orders")
    server.wait_phase("canceled")


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
