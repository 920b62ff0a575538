"""Trouble made outside our process: kill, SIGSTOP, bad SQL, a job that fails. What is shown is what is."""

import os
import shutil
import signal

import pytest

from rheostat.client import RunKey
from rheostat.errors import Conflict, Invalid
from rheostat.wire.plan import StartBody
from tests.running_server import PROJECT, leftovers

pytestmark = pytest.mark.flink


def start(server, name="orders"):
    with server.client() as client:
        client.jobs.start(PROJECT, name, StartBody())


def cancel(server):
    with server.client() as client:
        client.jobs.cancel(PROJECT, "orders")
    server.wait_phase("canceled")


async def test_a_killed_jobmanager_is_resumed_from_its_newest_checkpoint(server):
    server.job()
    start(server)
    first = server.wait_phase("running")
    server.wait_checkpoint()
    os.kill(first.attempt.pids.jobmanager, signal.SIGKILL)
    second = server.wait(lambda run: run.phase == "running" and run.attempt.number == 2)
    assert second.attempt.restore.kind == "checkpoint"
    assert first.attempt.flink_job_id in second.attempt.restore.path
    assert second.attempt.flink_job_id != first.attempt.flink_job_id
    assert len(server.jobmanagers()) == 1
    with server.client() as client:
        log = client.logs.tail(RunKey(PROJECT, "orders"), 1, "jobmanager.log")
        assert log.text, "logs of ended attempts are kept"
    cancel(server)


async def test_a_killed_taskmanager_is_replaced(server):
    server.job()
    start(server)
    first = server.wait_phase("running")
    server.wait_checkpoint()
    os.kill(first.attempt.pids.taskmanagers[0], signal.SIGKILL)
    server.wait(
        lambda run: run.attempt.pids.taskmanagers not in ([], first.attempt.pids.taskmanagers)
    )
    run = server.wait(
        lambda run: (
            run.phase == "running"
            and run.health == "healthy"
            and "RUNNING (2 of 2" in str(run.evidence)
        )
    )
    assert run.attempt.id == first.attempt.id
    assert len(server.java_processes()) == 2
    cancel(server)


async def test_a_jobmanager_that_hangs_is_unknown_and_never_failed(server):
    server.job()
    start(server)
    run = server.wait_phase("running")
    pid = run.attempt.pids.jobmanager
    os.kill(pid, signal.SIGSTOP)
    run = server.wait(lambda run: run.health == "unknown")
    assert run.phase == "running"
    assert run.health_reasons[0].code == "job_manager_silent"
    asked = next(each for each in run.evidence if each.source == "asked")
    assert not asked.reachable
    assert asked.why
    assert asked.age_s > 5
    os.kill(pid, signal.SIGCONT)
    run = server.wait(lambda run: run.health == "healthy")
    assert run.phase == "running"
    os.kill(pid, signal.SIGSTOP)
    cancel(server)
    assert leftovers(server) == []


BAD_SQL = {
    "a column that is not there": (
        "CREATE TABLE a (x INT) WITH ('connector' = 'datagen');\n"
        "CREATE TABLE b (x INT) WITH ('connector' = 'blackhole');\n"
        "INSERT INTO b\n  SELECT nosuch FROM a;",
        ("sql_invalid", 3, 4, 10),
    ),
    "a connector that is not there": (
        "CREATE TABLE a (x INT) WITH ('connector' = 'kafka');\n"
        "CREATE TABLE b (x INT) WITH ('connector' = 'blackhole');\n"
        "INSERT INTO b SELECT x FROM a;",
        ("missing_class", 3, 3, 1),
    ),
}


@pytest.mark.parametrize("case", BAD_SQL)
async def test_bad_sql_reaches_the_user_with_its_position(server, case):
    sql, (code, statement, line, column) = BAD_SQL[case]
    server.job(sql=sql)
    start(server)
    run = server.wait_phase("failed")
    outcome = run.outcome
    found = (outcome.code, outcome.statement, outcome.line, outcome.column)
    assert found == (code, statement, line, column)
    assert outcome.message
    assert "exit code" not in outcome.message
    assert leftovers(server) == []


async def test_a_savepoint_that_was_torn_is_never_called_finished(server):
    server.job()
    start(server)
    server.wait_phase("running")
    server.kill()
    server.start(crash_at="list_snapshots:written")
    server.wait(lambda run: all(each.reachable for each in run.evidence))
    with server.client() as client:
        client.jobs.stop(PROJECT, "orders")
    assert server.wait_dead() == -signal.SIGKILL
    [metadata] = (server.data / "state").glob("*/savepoints/*/savepoint-*/_metadata")
    metadata.write_bytes(metadata.read_bytes()[:200])
    server.start()
    run = server.wait_phase("held")
    assert run.reason.code == "stop_unproven"
    cancel(server)
    with server.client() as client, pytest.raises(Conflict):
        client.jobs.start(PROJECT, "orders", StartBody(), dry_run=True)


async def test_checkpoints_that_vanished_are_not_silently_replaced_by_nothing(server):
    server.job()
    start(server)
    run = server.wait_phase("running")
    server.wait_checkpoint()
    os.kill(run.attempt.pids.jobmanager, signal.SIGSTOP)
    for folder in (server.data / "state").glob("*/checkpoints/*/chk-*"):
        shutil.rmtree(folder)
    os.kill(run.attempt.pids.jobmanager, signal.SIGKILL)
    run = server.wait_phase("held")
    assert run.reason.code == "probably_finished"
    cancel(server)


async def test_settings_that_no_launch_could_bear_are_refused_at_publish(server):
    for number, (key, value) in enumerate(
        [("taskmanager.memory.process.size", "100m"), ("env.java.opts", '-Dx="abc')]
    ):
        with pytest.raises(Invalid) as refused:
            server.job(f"bad{number}", flink_configuration={key: value})
        assert "flink_configuration" in refused.value.problems[0].where


async def test_faults_that_need_no_flink_are_found_at_publish(server):
    with pytest.raises(Invalid) as refused:
        server.job(sql="SET 'rest.port' = '1';\nSELECT 1;\n")
    places = [problem.where for problem in refused.value.problems]
    assert places
    assert all(":" in place for place in places)
    with pytest.raises(Invalid) as refused:
        server.job("other", flink_configuration={"high-availability.type": "kubernetes"})
    assert "flink_configuration.high-availability.type" in str(refused.value.problems)


async def test_a_job_that_fails_is_failed_with_flinks_cause(server):
    server.job(
        sql="CREATE TABLE a (x INT) WITH ('connector' = 'datagen', 'rows-per-second' = '5');\n"
        "CREATE TABLE b (x INT) WITH ('connector' = 'blackhole');\n"
        "INSERT INTO b SELECT 1 / (x - x) FROM a;",
        flink_configuration={"restart-strategy.type": "none"},
    )
    start(server)
    run = server.wait_phase("failed")
    assert run.outcome.witness == "engine"
    assert "by zero" in run.outcome.cause
    assert run.attempt.number == 1, "Flink's own FAILED is not a failover"
