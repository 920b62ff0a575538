"""A streaming SQL job on real Flink: start, evidence, checkpoint, stop with savepoint, start from it."""

import json
import urllib.request

import pytest

from rheostat.client import RunKey
from rheostat.wire.job import DraftBody
from rheostat.wire.plan import RestartBody, StartBody
from tests.running_server import PROJECT, leftovers

pytestmark = pytest.mark.flink


def start(server, name="orders", **body):
    with server.client() as client:
        return client.jobs.start(PROJECT, name, StartBody(**body))


def restored(run):
    """Flink's own word on what it restored."""
    url = f"{run.attempt.flink_url}/jobs/{run.attempt.flink_job_id}/checkpoints"
    with urllib.request.urlopen(url, timeout=5) as answer:
        return json.load(answer)["latest"]["restored"]


async def test_from_draft_to_stop_and_start_again_from_the_savepoint(server):
    server.job()
    start(server)
    run = server.wait_phase("running")
    assert run.attempt is not None
    assert run.attempt.pids.jobmanager in server.jobmanagers()
    assert len(server.jobmanagers()) == 1
    assert run.attempt.restore.kind == "empty"
    assert restored(run) is None
    server.wait(lambda run: all(each.reachable for each in run.evidence))
    server.wait_checkpoint()

    with server.client() as client:
        client.jobs.stop(PROJECT, "orders")
        run = server.wait_phase("stopped")
        savepoint = next(iter(client.snapshots.list(PROJECT, "orders")))
        assert (savepoint.kind, savepoint.proven, savepoint.verified) == ("savepoint", 2, True)
        assert run.savepoint == savepoint.path
        assert leftovers(server) == []
        log = client.logs.tail(RunKey(PROJECT, "orders"), 1, "jobmanager.log")
        assert "Completed checkpoint" in log.text

    start(server)
    run = server.wait_phase("running")
    assert run.number == 2
    assert run.attempt is not None
    assert (run.attempt.restore.kind, run.attempt.restore.path) == ("savepoint", savepoint.path)
    assert run.attempt.restore.rewind_s is not None
    assert run.attempt.restore.rewind_s < 5
    flinks = restored(run)
    assert flinks["id"] == savepoint.checkpoint_id
    assert flinks["external_path"].removeprefix("file:").lstrip("/") in savepoint.path

    with server.client() as client:
        plan = client.jobs.cancel(PROJECT, "orders", dry_run=True)
        assert not plan.applied
        assert server.run().phase == "running"
        client.jobs.cancel(PROJECT, "orders")
    run = server.wait_phase("canceled")
    assert run.outcome is not None
    assert leftovers(server) == []


async def test_a_chosen_snapshot_and_empty(server):
    server.job()
    start(server)
    server.wait_phase("running")
    server.wait_checkpoint()
    with server.client() as client:
        client.jobs.cancel(PROJECT, "orders")
        server.wait_phase("canceled")
        oldest = list(client.snapshots.list(PROJECT, "orders"))[-1]
        assert oldest.kind == "checkpoint"
        assert oldest.proven == 2
    start(server, from_=oldest.id)
    run = server.wait_phase("running")
    assert restored(run)["id"] == oldest.checkpoint_id
    with server.client() as client:
        client.jobs.cancel(PROJECT, "orders")
        server.wait_phase("canceled")
    start(server, from_="empty")
    run = server.wait_phase("running")
    assert restored(run) is None
    with server.client() as client:
        client.jobs.cancel(PROJECT, "orders")
    server.wait_phase("canceled")


async def test_events_tell_how_long_each_step_of_the_start_took(server):
    server.job()
    start(server)
    server.wait_phase("running")
    with server.client() as client:
        events = list(client.runs.events(RunKey(PROJECT, "orders")))
        client.jobs.cancel(PROJECT, "orders")
    server.wait_phase("canceled")
    timed = {
        str(event.fields["action"]): event.duration_ms
        for event in events
        if event.code == "action_done"
    }
    assert set(timed) >= {"resolve_restore", "write_attempt", "materialise", "launch"}
    assert all(duration is not None for duration in timed.values())
    codes = [event.code for event in events]
    for code in ("hello", "compiled", "submitted", "tasks_running"):
        assert code in codes


async def test_a_savepoint_of_a_job_that_runs_on(server):
    server.job()
    start(server)
    first = server.wait_phase("running")
    with server.client() as client:
        plan = client.jobs.savepoint(PROJECT, "orders", dry_run=True).plan
        client.jobs.savepoint(PROJECT, "orders", plan=plan.hash)
        run = server.wait(lambda run: run.intent is None)
        assert (run.phase, run.attempt.id) == ("running", first.attempt.id)
        made = [s for s in client.snapshots.list(PROJECT, "orders") if s.kind == "savepoint"]
        assert [each.proven for each in made] == [2]
        client.jobs.savepoint(PROJECT, "orders")
        server.wait(lambda run: run.intent is None)
        made = [s for s in client.snapshots.list(PROJECT, "orders") if s.kind == "savepoint"]
        assert len(made) == 2, "the first one is not forgotten"
        client.jobs.cancel(PROJECT, "orders")
    server.wait_phase("canceled")


async def test_upgrade_and_roll_back_are_one_wish_each(server):
    server.job()
    start(server)
    server.wait_phase("running")
    with server.client() as client:
        job = client.jobs.get(PROJECT, "orders")
        conf = {**job.draft.flink_configuration, "parallelism.default": "2"}
        body = DraftBody(flink_configuration=conf)
        client.jobs.edit(PROJECT, "orders", body, revision=job.revision)
        assert client.jobs.publish(PROJECT, "orders").number == 2
        plan = client.jobs.restart(PROJECT, "orders", dry_run=True).plan
        assert plan.changes == ["parallelism.default: not set → 2"]
        client.jobs.restart(PROJECT, "orders", RestartBody(plan=plan.hash))
        second = server.wait(lambda run: run.number == 2 and run.phase == "running")
        assert (second.version, second.attempt.restore.kind) == (2, "savepoint")
        assert restored(second)["external_path"].rsplit("/", 1)[1] in second.attempt.restore.path
        client.jobs.restart(PROJECT, "orders", RestartBody(version=1))
        third = server.wait(lambda run: run.number == 3 and run.phase == "running")
        assert (third.version, third.attempt.restore.kind) == (1, "savepoint")
        assert [each.phase for each in client.runs.list(PROJECT, "orders")][1:] == ["stopped"] * 2
        client.jobs.cancel(PROJECT, "orders")
        server.wait_phase("canceled")
        client.jobs.delete(PROJECT, "orders")
        assert list(client.jobs.list(PROJECT)) == []


async def test_a_second_server_on_the_same_data_directory_is_refused(server):
    second = type(server)(server.data.parent)
    with pytest.raises(AssertionError):
        second.start()
    assert second.wait_dead() == 5
    assert "another server uses the data directory" in second.log.read_text()
