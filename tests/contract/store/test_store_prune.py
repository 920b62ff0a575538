"""What is forgotten, and what is not; and what the loop remembers of snapshots that are gone or broken."""

import datetime as dt
from dataclasses import replace

import pytest

from rheostat.errors import LostLease
from rheostat.model.run import Stage
from rheostat.model.snapshot import SnapshotKind
from rheostat.store import snapshot as snapshots
from rheostat.store.attempt import insert_attempt, update_attempt
from rheostat.store.event import keep_pushes, list_pushes
from rheostat.store.lease import take_lead
from rheostat.store.prune import prune_pushes
from tests.unit.store.nouns import NOW, later, make_attempt, make_snapshot, plant

WEEK = dt.timedelta(days=7)


def push(seq):
    return {"seq": seq, "kind": "status", "at": NOW, "body": {"seq": seq}}


async def gone(db, attempt, ended_at):
    changed = replace(attempt, stage=Stage.GONE, ended_at=ended_at)
    await db.write(lambda conn: update_attempt(conn, changed))


async def test_only_the_pushes_of_attempts_gone_for_long_are_forgotten(db):
    of = await db.write(plant)
    epoch = await db.write(take_lead, "a", NOW)
    ids = [of.attempt.id]
    for ordinal in (2, 3):
        await db.write(insert_attempt, make_attempt(ordinal))
        ids.append(make_attempt(ordinal).id)
    for id_ in ids:
        await db.write(keep_pushes, id_, "i", [push(seq) for seq in range(1, 6)], NOW)
    await gone(db, of.attempt, NOW)
    await gone(db, make_attempt(2), later(60))
    before = later(30)
    assert await db.write(prune_pushes, epoch, before, 3) == 3
    assert await db.write(prune_pushes, epoch, before, 3) == 2
    assert await db.write(prune_pushes, epoch, before, 3) == 0
    left = [len(await db.read(list_pushes, id_)) for id_ in ids]
    assert left == [0, 5, 5]
    with pytest.raises(LostLease):
        await db.write(prune_pushes, epoch + 1, before, 3)


async def test_checkpoints_are_remembered_when_they_are_gone_and_savepoints_are_none(db):
    of = await db.write(plant)
    checkpoint = make_snapshot(5, of, kind=SnapshotKind.CHECKPOINT)
    savepoint = make_snapshot(6, of, kind=SnapshotKind.SAVEPOINT)
    await db.write(snapshots.save_snapshot, savepoint)
    assert not await db.read(snapshots.has_made_checkpoint, of.attempt.id)
    await db.write(snapshots.save_snapshot, checkpoint)
    await db.write(snapshots.mark_gone, [checkpoint.path], later(9))
    assert await db.read(snapshots.has_made_checkpoint, of.attempt.id)


async def test_a_broken_snapshot_keeps_its_place_and_loses_its_proof(db):
    of = await db.write(plant)
    made = make_snapshot(5, of, proven=2)
    await db.write(snapshots.save_snapshot, made)
    await db.write(snapshots.mark_broken, made.path, "x" * 900)
    [found] = await db.read(snapshots.list_of_run, of.run.id)
    assert (found.id, found.proven, found.fault) == (made.id, 0, "x" * 500)
