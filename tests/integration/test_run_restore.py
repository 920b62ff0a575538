"""Restores that fail on real Flink: a damaged snapshot gives way to an older one, a misfit is held."""

import os
import signal
from pathlib import Path

import pytest

from rheostat.client import RunKey
from rheostat.wire.job import DraftBody
from rheostat.wire.plan import StartBody
from tests.running_server import FAST, PROJECT, STREAM_SQL

pytestmark = pytest.mark.flink

FILES = {**FAST, "execution.checkpointing.data-inline-threshold": "0b"}
"""Every state in a file of its own, however small."""
MISFITS = {
    "no operator for the state": (
        "CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '20');\n"
        "CREATE TABLE sink (n BIGINT) WITH ('connector' = 'blackhole');\n"
        "INSERT INTO sink SELECT n FROM numbers;\n",
        "Cannot map checkpoint/savepoint state for operator",
    ),
    "another type of key": (
        STREAM_SQL.replace("MOD(n, 7)", "CAST(MOD(n, 7) AS STRING)").replace(
            "totals (n BIGINT,", "totals (n STRING,"
        ),
        "serializer",
    ),
}
"""SQL that cannot go on from a savepoint of `STREAM_SQL`, and a word of Flink's about it."""


def start(server, **body):
    with server.client() as client:
        client.jobs.start(PROJECT, "orders", StartBody(**body))


def cancel(server):
    with server.client() as client:
        client.jobs.cancel(PROJECT, "orders")
    server.wait_phase("canceled")


def checkpoints(server) -> list[Path]:
    """Completed ones on disk, the newest last."""
    found = (server.data / "state").glob("*/checkpoints/*/chk-*/_metadata")
    return sorted((each.parent for each in found), key=lambda each: int(each.name[4:]))


def damage(folder: Path) -> None:
    """Other bytes, as many as there were: what level 2 of a proof cannot see."""
    files = [each for each in folder.iterdir() if each.name != "_metadata"]
    assert files, "the checkpoint has no state file"
    for file in files:
        file.write_bytes(b"\x5a" * file.stat().st_size)


def events(server):
    with server.client() as client:
        return list(client.runs.events(RunKey(PROJECT, "orders")))


async def test_a_damaged_checkpoint_gives_way_to_the_next_older_one(server):
    server.job(flink_configuration=FILES)
    start(server)
    first = server.wait_phase("running")
    server.wait(lambda run: len(checkpoints(server)) >= 3)
    os.kill(first.attempt.pids.jobmanager, signal.SIGSTOP)
    *_, older, newest = checkpoints(server)
    damage(newest)
    os.kill(first.attempt.pids.jobmanager, signal.SIGKILL)
    run = server.wait(lambda run: run.phase == "running" and run.attempt.number == 3, timeout_s=120)
    assert run.attempt.restore.path == f"file://{older}"
    told = events(server)
    [broken] = [each for each in told if each.code == "snapshot_broken"]
    assert broken.fields["path"] == f"file://{newest}"
    assert broken.fields["fault"]
    tried = [each.fields["reason"] for each in told if each.code == "phase_changed"]
    assert "snapshot_unreadable" in tried
    with server.client() as client:
        known = {each.path: each for each in client.snapshots.list(PROJECT, "orders")}
    assert (known[f"file://{newest}"].proven, known[f"file://{older}"].proven) == (0, 2)
    cancel(server)


def tear(folder: Path) -> None:
    metadata = folder / "_metadata"
    metadata.write_bytes(metadata.read_bytes()[:99])


async def test_a_torn_newest_checkpoint_gives_way_to_the_next_older_at_a_persons_start(server):
    server.job()
    start(server)
    server.wait_phase("running")
    server.wait(lambda run: len(checkpoints(server)) >= 3)
    cancel(server)
    *_, oldest, older, newest = checkpoints(server)
    tear(newest)
    with server.client() as client:
        known = {each.path: each.id for each in client.snapshots.list(PROJECT, "orders")}
    start(server)
    run = server.wait_phase("running", "held", "failed")
    assert (run.phase, run.attempt.restore.path) == ("running", f"file://{older}")
    [broken] = [each for each in events(server) if each.code == "snapshot_broken"]
    assert broken.fields["path"] == f"file://{newest}"
    assert broken.fields["fault"]
    with server.client() as client:
        proofs = {each.path: each.proven for each in client.snapshots.list(PROJECT, "orders")}
    assert proofs[f"file://{newest}"] == 0
    cancel(server)
    tear(oldest)
    start(server, from_=known[f"file://{oldest}"])
    run = server.wait_phase("held", "running", "failed")
    assert (run.phase, run.reason.code) == ("held", "restore_not_proven"), "it was named"
    assert "snapshot_broken" in server.codes()
    cancel(server)
    with server.client() as client:
        plan = client.jobs.start(PROJECT, "orders", StartBody(), dry_run=True).plan
    assert plan.restore is not None
    assert plan.restore.path not in {f"file://{oldest}", f"file://{newest}"}


@pytest.mark.parametrize("case", MISFITS)
async def test_a_version_that_does_not_fit_is_held_and_the_snapshot_keeps_its_proof(server, case):
    sql, word = MISFITS[case]
    server.job()
    start(server)
    server.wait_phase("running")
    server.wait_checkpoint()
    with server.client() as client:
        client.jobs.stop(PROJECT, "orders")
        first = server.wait_phase("stopped")
        job = client.jobs.get(PROJECT, "orders")
        client.jobs.edit(PROJECT, "orders", DraftBody(sql=sql), revision=job.revision)
        client.jobs.publish(PROJECT, "orders")
    start(server)
    run = server.wait_phase("held")
    assert run.reason.code == "version_does_not_fit"
    assert word in run.reason.text
    assert (run.number, run.attempt.number) == (2, 1), "nothing older is tried"
    with server.client() as client:
        known = {each.path: each for each in client.snapshots.list(PROJECT, "orders")}
    assert known[first.savepoint].proven == 2
    cancel(server)
