"""Drain, native savepoints, and restarts from what a person names, on real Flink."""

import pytest

from rheostat.errors import Conflict, Stale
from rheostat.wire.plan import RestartBody, StartBody
from tests.integration.test_upgrade_proof import (
    flinks_restored,
    publish,
    read_numbers,
    wait_running,
)
from tests.running_server import FAST, PROJECT, RunningServer

pytestmark = pytest.mark.flink

DAYS = """\
CREATE TABLE seen (n BIGINT, at_ AS LOCALTIMESTAMP, WATERMARK FOR at_ AS at_) WITH (
  'connector' = 'datagen', 'rows-per-second' = '50');
CREATE TABLE kept (c BIGINT) WITH (
  'connector' = 'filesystem', 'path' = 'file://{folder}', 'format' = 'csv');
INSERT INTO kept SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE seen, DESCRIPTOR(at_), INTERVAL '9' DAY))
GROUP BY window_start, window_end;
"""
STATELESS = """\
CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '20');
CREATE TABLE totals (n BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO totals SELECT n FROM numbers;
"""


def codes(plan, part="warning"):
    return [line.code for line in plan.lines if line.part == part]


async def test_drained_job_fires_its_windows_and_is_not_resumed_unless_told(server, tmp_path):
    folder = tmp_path / "kept"
    server.job(sql=DAYS.format(folder=folder), flink_configuration=FAST)
    with server.client() as client:
        client.jobs.start(PROJECT, "orders", StartBody())
        server.wait_phase("running", timeout_s=120)
        server.wait_checkpoint()
        assert read_numbers(folder) == []

        plan = client.jobs.stop(PROJECT, "orders", drain=True, format="native", dry_run=True).plan
        assert codes(plan) == ["drain_is_final"]
        with pytest.raises(Stale, match="would be canonical drain, not native drain"):
            client.jobs.stop(PROJECT, "orders", drain=True, plan=plan.hash)
        client.jobs.stop(PROJECT, "orders", drain=True, format="native", plan=plan.hash)
        run = server.wait_phase("stopped", timeout_s=120)
        assert read_numbers(folder) != [], "the window of nine days has fired"
        savepoint = next(iter(client.snapshots.list(PROJECT, "orders")))
        assert (savepoint.kind, savepoint.native, savepoint.proven) == ("savepoint", True, 2)
        assert run.savepoint == savepoint.path

        plan = client.jobs.start(PROJECT, "orders", StartBody(), dry_run=True).plan
        assert plan.restore is not None
        assert (plan.restore.kind, codes(plan)) == ("empty", ["drained"])
        body = StartBody(from_=savepoint.id)
        assert codes(client.jobs.start(PROJECT, "orders", body, dry_run=True).plan) == [
            "resumes_drained"
        ]


def restart(server: RunningServer, number: int, **body) -> str:
    with server.client() as client:
        plan = client.jobs.restart(PROJECT, "orders", RestartBody(**body), dry_run=True).plan
        client.jobs.restart(PROJECT, "orders", RestartBody(**body, plan=plan.hash))
    run = wait_running(server, number)
    assert run.attempt is not None
    assert run.attempt.restore.path == flinks_restored(run)
    return run.attempt.restore.why.code


async def test_restart_from_newest_from_a_snapshot_and_with_dropped_state(server):
    server.job()
    with server.client() as client:
        client.jobs.start(PROJECT, "orders", StartBody())
        server.wait_phase("running", timeout_s=120)
        server.wait_checkpoint()
        client.jobs.savepoint(PROJECT, "orders", format="native")
        server.wait(lambda run: run.intent is None, timeout_s=120)
        (made,) = [one for one in client.snapshots.list(PROJECT, "orders") if one.native is True]

        assert restart(server, 2, from_="newest") == "newest_proven"
        phases = {run.number: run.phase for run in client.runs.list(PROJECT, "orders")}
        assert phases == {1: "canceled", 2: "running"}

        assert restart(server, 3, from_=made.id) == "chosen_by_person"
        run = server.run()
        assert run.attempt is not None
        assert run.attempt.restore.path == made.path

        rocks = {**FAST, "state.backend.type": "rocksdb"}
        publish(server, flink_configuration=rocks)
        with pytest.raises(Conflict, match="bound to the state backend hashmap"):
            client.jobs.restart(PROJECT, "orders", RestartBody(from_=made.id))
        assert server.run().phase == "running", "it was refused before anything was stopped"

        publish(server, flink_configuration=FAST, sql=STATELESS)
        plan = client.jobs.restart(
            PROJECT, "orders", RestartBody(allow_dropped=True), dry_run=True
        ).plan
        assert "drops_state" in codes(plan)
        assert [change.what for change in plan.diff] == ["sql"]
        assert restart(server, 4, allow_dropped=True) == "restarted_from"
        client.jobs.cancel(PROJECT, "orders")
        server.wait_phase("canceled", timeout_s=120)
