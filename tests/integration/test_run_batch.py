"""Batch SQL on real Flink: it finishes, its rows are there, stop means cancel."""

import pytest

from rheostat.wire.plan import StartBody
from tests.running_server import PROJECT, leftovers

pytestmark = pytest.mark.flink


def sql(folder, rows=1000):
    return f"""\
CREATE TABLE numbers (n BIGINT) WITH (
  'connector' = 'datagen', 'number-of-rows' = '{rows}', 'fields.n.kind' = 'sequence',
  'fields.n.start' = '1', 'fields.n.end' = '{rows}'
);
CREATE TABLE totals (k BIGINT, c BIGINT, s BIGINT) WITH (
  'connector' = 'filesystem', 'path' = '{folder.as_uri()}', 'format' = 'csv'
);
INSERT INTO totals SELECT MOD(n, 10), COUNT(*), SUM(n) FROM numbers GROUP BY MOD(n, 10);
"""


async def test_a_batch_job_finishes_with_every_row_and_can_run_again(server, tmp_path):
    for number in (1, 2):
        out = tmp_path / f"out{number}"
        name = f"totals{number}"
        server.job(name, sql(out), mode="batch", flink_configuration={})
        with server.client() as client:
            client.jobs.start(PROJECT, name, StartBody())
        run = server.wait_phase("finished", name=name, timeout_s=90)
        assert run.outcome.status == "FINISHED"
        assert run.outcome.witness == "engine"
        rows = [line.split(",") for file in out.iterdir() for line in file.read_text().split()]
        assert sum(int(row[1]) for row in rows) == 1000
        assert sum(int(row[2]) for row in rows) == 500_500
    with server.client() as client:
        client.jobs.start(PROJECT, "totals1", StartBody())
        client.jobs.stop(PROJECT, "totals1")
    run = server.wait_phase("canceled", "finished", name="totals1")
    assert run.number == 2
    assert leftovers(server) == []
