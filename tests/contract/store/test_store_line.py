"""The line of a job's runs, and options of wishes, on both databases."""

from dataclasses import replace

from rheostat.core.line import RunLeft
from rheostat.model.phase import Phase
from rheostat.model.run import OperationState, Options, SavepointFormat
from rheostat.model.snapshot import SnapshotKind
from rheostat.store import attempt as attempts
from rheostat.store import run as runs
from rheostat.store import snapshot as snapshots
from rheostat.store.line import find_drained, load_line
from tests.unit.store.nouns import (
    NOW,
    later,
    make_attempt,
    make_family,
    make_intent,
    make_operation,
    make_snapshot,
    plant,
)

DRAIN = Options(format=SavepointFormat.NATIVE, drain=True, from_="s1", allow_dropped=True)


def all_of_line(conn, job_id):
    return list(load_line(conn, job_id))


async def test_options_come_back(db):
    of = await db.write(plant)
    await db.write(runs.insert_intent, make_intent(options=DRAIN))
    assert (await db.read(runs.find_open_intent, of.run.id)).options == DRAIN
    operation = make_operation(options=DRAIN)
    await db.write(attempts.insert_operation, operation)
    assert await db.read(attempts.find_newest_operation, of.attempt.id) == operation


async def test_all_that_is_known_of_a_snapshot_comes_back(db):
    of = await db.write(plant)
    new = make_snapshot(
        7, of, duration_ms=2**40, aligned=False, native=True, max_parallelism=2**15,
        metadata_version=6,
    )  # fmt: skip
    await db.write(snapshots.save_snapshot, new)
    assert await db.read(snapshots.list_of_job, of.job.id) == [new]
    learnt = replace(new, metadata_version=4, max_parallelism=128)
    await db.write(snapshots.save_snapshot, learnt)
    assert await db.read(snapshots.list_of_job, of.job.id) == [learnt]
    await db.write(snapshots.mark_gone, [new.path], NOW)
    assert await db.read(snapshots.list_ever, of.job.id) == [learnt]


async def test_line_is_the_newest_run_first_with_what_each_left(db):
    seen = later(50)
    first = await db.write(
        plant, make_family(phase=Phase.STOPPED, attempt={"last_seen_processing_at": seen})
    )
    # A later attempt that never processed does not hide when the run was last seen processing.
    await db.write(attempts.insert_attempt, make_attempt(2))
    second = await db.write(plant, make_family(number=2))
    made = make_snapshot(7, first)
    await db.write(snapshots.save_snapshot, made)
    gone = make_snapshot(1, second)
    await db.write(snapshots.save_snapshot, gone)
    await db.write(snapshots.mark_gone, [gone.path], NOW)
    assert await db.read(all_of_line, first.job.id) == [
        RunLeft(run=second.run, has_made_state=True),
        RunLeft(run=first.run, snapshots=(made,), has_made_state=True, processed_until=seen),
    ]


async def test_savepoint_of_a_drained_stop_is_known(db):
    of = await db.write(plant)
    other = await db.write(plant, make_family(number=2))
    plain = make_operation("plain")
    drained = make_operation("drained", options=DRAIN)
    pending = make_operation("pending", options=DRAIN)
    for operation, path in ((plain, "file:///a"), (drained, "file:///b"), (pending, None)):
        await db.write(attempts.insert_operation, operation)
        done = replace(operation, state=OperationState.COMPLETED, location=path)
        await db.write(attempts.update_operation, done)
    made = make_snapshot(8, of, path="file:///b", kind=SnapshotKind.SAVEPOINT)
    await db.write(snapshots.save_snapshot, made)
    assert await db.read(find_drained, of.run.id) == {"file:///b"}
    assert await db.read(find_drained, other.run.id) == frozenset()
    assert (await db.read(all_of_line, of.job.id))[1].drained == {"file:///b"}
