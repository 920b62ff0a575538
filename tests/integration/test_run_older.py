"""SQL jobs on Flink 1.20, beside 2.3 on one server: the poller in the JobManager says what a listener does."""

import os
import signal

import pytest

from rheostat.settings import default_engines_dir
from rheostat.wire.job import DraftBody
from rheostat.wire.plan import StartBody
from tests.integration.test_run_batch import sql as batch_sql
from tests.integration.test_run_loss import BAD_SQL
from tests.integration.test_run_streaming import restored
from tests.running_server import PROJECT, leftovers

pytestmark = pytest.mark.flink
FLINK = "1.20"


@pytest.fixture(autouse=True)
def installed():
    if not (default_engines_dir() / FLINK / "engine.json").exists():
        pytest.skip(f"Flink {FLINK} is not installed: rheostat engine install {FLINK}")


def start(server, name="orders", **body):
    with server.client() as client:
        return client.jobs.start(PROJECT, name, StartBody(**body))


async def test_start_savepoint_stop_and_start_from_it(server):
    server.job(flink=FLINK)
    start(server)
    run = server.wait_phase("running")
    assert run.attempt is not None
    server.wait(lambda run: all(each.reachable for each in run.evidence))
    assert "Flink's job status: CREATED" in server.history()
    server.wait_checkpoint()
    with server.client() as client:
        client.jobs.savepoint(PROJECT, "orders")
        server.wait(lambda run: run.intent is None and run.savepoint)
        assert server.run().phase == "running"
        client.jobs.stop(PROJECT, "orders")
        run = server.wait_phase("stopped")
        savepoint = next(iter(client.snapshots.list(PROJECT, "orders")))
        kinds = [each.kind for each in client.snapshots.list(PROJECT, "orders")]
    assert kinds.count("savepoint") == 2
    assert (savepoint.kind, savepoint.proven, run.savepoint) == ("savepoint", 2, savepoint.path)
    assert run.outcome is not None
    assert run.outcome.witness == "engine"
    assert leftovers(server) == []
    start(server)
    run = server.wait_phase("running")
    assert run.attempt is not None
    assert run.attempt.restore.path == savepoint.path
    assert restored(run)["id"] == savepoint.checkpoint_id
    with server.client() as client:
        client.jobs.cancel(PROJECT, "orders")
    server.wait_phase("canceled")
    assert leftovers(server) == []


async def test_newer_flink_goes_on_from_the_savepoint_of_the_older(server):
    server.job(flink=FLINK)
    start(server)
    server.wait_phase("running")
    server.wait_checkpoint()
    with server.client() as client:
        view = client.jobs.get(PROJECT, "orders")
        client.jobs.edit(PROJECT, "orders", DraftBody(flink="2.3"), revision=view.revision)
        client.jobs.publish(PROJECT, "orders")
        client.jobs.stop(PROJECT, "orders")
        run = server.wait_phase("stopped")
    start(server)
    after = server.wait_phase("running", "failed", "held")
    assert after.attempt is not None
    assert after.attempt.restore.path == run.savepoint
    assert (after.phase, after.version) == ("running", 2), after
    with server.client() as client:
        client.jobs.cancel(PROJECT, "orders")
    server.wait_phase("canceled")


async def test_killed_jobmanager_is_replaced_from_its_newest_checkpoint(server):
    server.job(flink=FLINK)
    start(server)
    first = server.wait_phase("running")
    server.wait_checkpoint()
    os.kill(first.attempt.pids.jobmanager, signal.SIGKILL)
    second = server.wait(lambda run: run.phase == "running" and run.attempt.number == 2)
    assert second.attempt.restore.kind == "checkpoint"
    assert first.attempt.flink_job_id in second.attempt.restore.path
    with server.client() as client:
        client.jobs.cancel(PROJECT, "orders")
    server.wait_phase("canceled")


async def test_bad_sql_is_told_at_the_same_place_as_by_the_newer(server):
    for number, (sql, wanted) in enumerate(BAD_SQL.values()):
        name = f"bad{number}"
        server.job(name, sql, flink=FLINK)
        start(server, name)
        run = server.wait_phase("failed", name=name, timeout_s=120)
        outcome = run.outcome
        found = (outcome.code, outcome.statement, outcome.line, outcome.column)
        assert found == wanted, outcome
        assert outcome.message
        assert "exit code" not in outcome.message
    assert leftovers(server) == []


async def test_batch_finishes_with_every_row_while_the_newer_one_runs(server, tmp_path):
    server.job("newer", flink="2.3")
    start(server, "newer")
    out = tmp_path / "out"
    server.job("older", batch_sql(out), mode="batch", flink=FLINK, flink_configuration={})
    start(server, "older")
    run = server.wait_phase("finished", "failed", "held", name="older", timeout_s=120)
    assert (run.phase, run.outcome.status) == ("finished", "FINISHED")
    rows = [line.split(",") for file in out.iterdir() for line in file.read_text().split()]
    assert sum(int(row[2]) for row in rows) == 500_500
    assert server.wait_phase("running", name="newer").phase == "running"
    with server.client() as client:
        client.jobs.cancel(PROJECT, "newer")
    server.wait_phase("canceled", name="newer")
