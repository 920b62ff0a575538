"""A TaskManager that runs out of memory: it ends instead of staying deaf, is replaced, and the reason is told."""

import pytest

from rheostat.client import RunKey
from rheostat.wire.plan import StartBody
from tests.running_server import PROJECT

pytestmark = pytest.mark.flink

GREEDY = """
CREATE TABLE numbers (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '5',
  'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '100000');
CREATE TABLE seen (size BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO seen SELECT CHAR_LENGTH(REPEAT('x', CAST(id / 20 AS INT) * 500000000)) FROM numbers;
"""
"""The twentieth row, four seconds on, asks for more memory than there is."""


async def test_a_taskmanager_out_of_memory_is_replaced_and_the_reason_told(server):
    server.job(sql=GREEDY)
    with server.client() as client:
        client.jobs.start(PROJECT, "orders", StartBody())
    first = server.wait_phase("running")
    (old,) = first.attempt.pids.taskmanagers
    server.wait(lambda run: run.attempt.pids.taskmanagers not in ([], [old]), timeout_s=120)
    assert old not in server.java_processes()
    with server.client() as client:
        told = [
            event
            for event in client.runs.events(RunKey(PROJECT, "orders"))
            if event.code == "taskmanager_ended"
        ]
        assert told[0].fields["pid"] == old
        assert told[0].fields["why"] == "out of memory (Java heap space)"
        failures = client.runs.exceptions(RunKey(PROJECT, "orders"))
        assert any("out of memory" in each.root for each in failures)
        client.jobs.cancel(PROJECT, "orders")
    run = server.wait_phase("canceled")
    assert run.attempt.number == 1, "a TaskManager's end is no loss of the JobManager"
