"""Runs, intents, keys, attempts, operations, evidence and snapshots, on both databases."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from rheostat.errors import Conflict, NotFound
from rheostat.model.ids import IntentId, JobId, RunId, SnapshotId
from rheostat.model.job import Mode
from rheostat.model.observation import (
    Asked,
    CheckpointFact,
    Look,
    Looked,
    Observed,
    OperationFact,
    PermitState,
    ProcessFact,
    ProcessState,
    Pushed,
    Watched,
)
from rheostat.model.phase import Health, HealthWord, Phase, Reason
from rheostat.model.run import (
    IntentKind,
    JobEnd,
    OperationKind,
    OperationState,
    Outcome,
    Stage,
    WitnessKind,
)
from rheostat.model.snapshot import RestoreKind, RestorePoint, SnapshotKind
from rheostat.store import attempt as attempts
from rheostat.store import run as runs
from rheostat.store import snapshot as snapshots
from tests.unit.store.nouns import (
    NOW,
    Family,
    later,
    make_attempt,
    make_family,
    make_intent,
    make_operation,
    make_run,
    make_snapshot,
    plant,
)

BASE = RestorePoint(
    kind=RestoreKind.CHECKPOINT,
    reason=Reason("chosen_by_person", {"actor": "ann"}),
    path="file:///state/chk-7",
    snapshot_id=SnapshotId("s7"),
    checkpoint_id=7,
    completed_at=later(0.000_001),
    rewind=dt.timedelta(days=2, microseconds=3),
)
OUTCOME = Outcome(
    status=JobEnd.FAILED,
    witness=WitnessKind.ENGINE,
    source="pushed",
    code="sql_invalid",
    message="größer 😀",
    cause="x",
    statement=2,
    line=3,
    column=4,
)
LOOK = Look(looked=Looked.FAILED, at=later(2), ok_at=later(1), why="refused")
SEEN = Observed(
    asked=Asked(
        look=LOOK,
        status="RUNNING",
        tasks={"total": 4, "running": 3},
        checkpoints=(
            CheckpointFact(checkpoint_id=2**40, is_savepoint=True, path="p", completed_at=NOW),
        ),
        restored_path="q",
        cause="c",
        operation=OperationFact(status="COMPLETED", location="l", error="e"),
        records_in=2**60,
        records_out=0,
    ),
    watched=Watched(
        look=LOOK,
        permit=PermitState.CLAIMED,
        jobmanager=ProcessFact(name="jobmanager", state=ProcessState.ALIVE, pid=7),
        taskmanagers=(ProcessFact(name="taskmanager-0", state=ProcessState.DEAD, exit_code=-9),),
        outcome=OUTCOME,
        refused=True,
        last_words="bye",
    ),
)
PUSHED = Pushed(
    look=LOOK, incarnation="i", hello=True, submitted=True, status="RUNNING", status_at=NOW,
    cause="c", outcome=OUTCOME,
)  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="plain"),
        pytest.param(
            {
                "mode": Mode.BATCH,
                "phase": Phase.FAILED,
                "reason": Reason("sql_invalid", {"message": "größer"}),
                "base": BASE,
                "health": Health(HealthWord.UNKNOWN, (Reason("a"), Reason("b", {"c": "d"})), NOW),
                "outcome": OUTCOME,
                "resolved": BASE,
                "unresolved": Reason("nothing_proven", {"fault": "x"}),
                "ended_at": later(0.5),
            },
            id="every field",
        ),
    ],
)
async def test_run_comes_back(db, changes):
    await db.write(plant, make_family())
    new = make_run(2, **changes)
    await db.write(runs.insert_run, new)
    assert await db.read(runs.load_run, new.id) == new
    plain = make_run(2)
    await db.write(runs.update_run, plain)
    assert await db.read(runs.load_run, new.id) == plain
    await db.write(runs.update_run, new)
    assert await db.read(runs.load_run_by_number, new.job_id, 2) == new


async def test_runs_of_a_job(db):
    ended = make_family(phase=Phase.STOPPED)
    live = make_family(number=2)
    await db.write(plant, ended)
    assert await db.read(runs.find_live, ended.job.id) is None
    await db.write(plant, live)
    assert await db.read(runs.find_newest_run, live.job.id) == live.run
    assert await db.read(runs.find_live, live.job.id) == live.run
    assert await db.read(runs.list_runs, live.job.id, None, 9) == [live.run, ended.run]
    assert await db.read(runs.list_runs, live.job.id, 2, 9) == [ended.run]
    assert await db.read(runs.list_runs, live.job.id, None, 1) == [live.run]
    assert await db.read(runs.find_newest_run, JobId("none")) is None
    with pytest.raises(NotFound, match="no run 3"):
        await db.read(runs.load_run_by_number, live.job.id, 3)


async def test_live_runs_count_unless_they_wait_for_room(db):
    families = [
        make_family(phase.value, phase=phase, created_at=later(60 - place))
        for place, phase in enumerate(Phase)
    ]
    await db.write(plant, make_family(phase=Phase.QUEUED))
    for each in families:
        await db.write(plant, each)
    live = [each.run for each in reversed(families) if not each.run.phase.is_terminal]
    assert (await db.read(runs.list_live))[1:] == live
    assert await db.read(runs.count_admitted) == 7
    assert await db.read(runs.count_admitted, but=live[0].id) == 6


async def test_intent_is_open_until_it_is_closed(db):
    of = await db.write(plant)
    assert await db.read(runs.find_open_intent, of.run.id) is None
    stop = make_intent()
    await db.write(runs.insert_intent, stop)
    assert await db.read(runs.find_open_intent, of.run.id) == stop
    await db.write(runs.close_intent, stop.id, "replaced", later(1))
    await db.write(runs.close_intent, stop.id, "done", later(2))
    assert await db.read(runs.find_open_intent, of.run.id) is None
    closed = await db.read(
        lambda conn: conn.execute(sa.text("select result from intent")).scalars().all()
    )
    assert closed == ["replaced"]
    await db.write(runs.insert_intent, make_intent(IntentKind.CANCEL))


async def test_only_one_intent_is_open(db):
    of = await db.write(plant)
    other = make_family(number=2)
    await db.write(plant, other)
    await db.write(runs.insert_intent, make_intent())
    with pytest.raises(sa.exc.IntegrityError):
        await db.write(runs.insert_intent, make_intent(IntentKind.CANCEL))
    await db.write(runs.insert_intent, make_intent(run=other.run, id=IntentId("other")))
    assert (await db.read(runs.find_open_intent, of.run.id)).kind is IntentKind.STOP


async def test_key_names_one_request(db):
    assert await db.read(runs.find_repeated, "k", "request") is None
    await db.write(runs.insert_key, "k", "request", RunId("r"), NOW)
    assert await db.read(runs.find_repeated, "k", "request") == "r"
    with pytest.raises(Conflict, match="Idempotency-Key"):
        await db.read(runs.find_repeated, "k", "another request")
    with pytest.raises(Conflict, match="Idempotency-Key"):
        await db.write(runs.insert_key, "k", "request", RunId("q"), NOW)


FULL: dict[str, Any] = {
    "restore": BASE, "stage": Stage.GONE, "launched_at": later(1), "running_at": later(2),
    "checkpoint_at": later(3), "last_seen_processing_at": later(4), "outcome": OUTCOME,
    "trouble": Reason("engine_missing", {"message": "x"}), "ended_at": later(5), "ports": {},
}  # fmt: skip


@pytest.mark.parametrize("changes", [{}, FULL], ids=["plain", "every field"])
async def test_attempt_comes_back(db, changes):
    await db.write(plant)
    new = make_attempt(2, **changes)
    await db.write(attempts.insert_attempt, new)
    assert await db.read(attempts.find_attempt, new.id) == new
    changed = replace(new, **FULL)
    await db.write(attempts.update_attempt, changed)
    assert await db.read(attempts.find_newest_attempt, new.run_id) == changed
    listed = await db.read(attempts.list_attempts, new.run_id)
    assert listed == [make_attempt(1), changed]


async def test_no_attempt_yet(db):
    assert await db.read(attempts.find_attempt, make_attempt().id) is None
    assert await db.read(attempts.find_newest_attempt, make_run().id) is None
    assert await db.read(attempts.list_attempts, make_run().id) == []
    assert await db.read(attempts.load_observed, make_attempt().id) == Observed()


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"ordinal": 1}, id="ordinal twice in a run"),
        pytest.param({"flink_job_id": make_attempt(1).flink_job_id}, id="Flink job id twice"),
        pytest.param({"run_id": RunId("none")}, id="no such run"),
    ],
)
async def test_attempt_must_be_one_of_its_kind(db, changes: dict[str, Any]):
    await db.write(plant)
    with pytest.raises(sa.exc.IntegrityError):
        await db.write(attempts.insert_attempt, replace(make_attempt(2), **changes))


async def test_newest_operation_comes_back(db):
    of = await db.write(plant)
    assert await db.read(attempts.find_newest_operation, of.attempt.id) is None
    first, second = make_operation(), make_operation("second", created_at=later(0.000_001))
    second = replace(second, kind=OperationKind.SAVEPOINT)
    await db.write(attempts.insert_operation, second)
    await db.write(attempts.insert_operation, first)
    done = replace(second, state=OperationState.FAILED, location="file:///x", error="no")
    await db.write(attempts.update_operation, done)
    assert await db.read(attempts.find_newest_operation, of.attempt.id) == done


async def test_what_was_seen_and_what_was_pushed_are_kept_apart(db):
    of = await db.write(plant)
    assert await db.read(attempts.load_observed, of.attempt.id) == Observed()
    await db.write(attempts.save_pushed, of.attempt.id, PUSHED)
    assert await db.read(attempts.load_observed, of.attempt.id) == Observed(pushed=PUSHED)
    forgetful = replace(SEEN, pushed=Pushed(status="something older"))
    await db.write(attempts.save_seen, of.attempt.id, forgetful, NOW)
    assert await db.read(attempts.load_observed, of.attempt.id) == replace(SEEN, pushed=PUSHED)
    await db.write(attempts.save_pushed, of.attempt.id, Pushed())
    assert await db.read(attempts.load_observed, of.attempt.id) == SEEN


async def test_snapshot_comes_back(db):
    of = await db.write(plant)
    new = make_snapshot(2**20, fault="why", kind=SnapshotKind.SAVEPOINT)
    new = replace(new, checkpoint_id=2**40)
    assert await db.write(snapshots.save_snapshot, new) is True
    for wanted in (new.id, new.path):
        assert await db.read(snapshots.find_snapshot, of.job.id, wanted) == new
    again = replace(new, id=SnapshotId("x"), proven=2, fault=None, size_bytes=None)
    assert await db.write(snapshots.save_snapshot, again) is False
    assert await db.read(snapshots.list_of_job, of.job.id) == [replace(again, id=new.id)]


async def test_snapshot_of_another_job_is_not_found(db):
    await db.write(plant)
    other = await db.write(plant, make_family("other"))
    mine = make_snapshot()
    await db.write(snapshots.save_snapshot, mine)
    assert await db.read(snapshots.find_snapshot, other.job.id, mine.id) is None
    assert await db.read(snapshots.find_snapshot, other.job.id, mine.path) is None
    assert await db.read(snapshots.find_snapshot, mine.job_id, "none") is None


async def test_snapshots_come_by_position_and_without_those_that_are_gone(db):
    of = await db.write(plant)
    next_attempt = Family(attempt=make_attempt(2))
    await db.write(attempts.insert_attempt, next_attempt.attempt)
    made = [make_snapshot(1), make_snapshot(9), make_snapshot(10), make_snapshot(2, next_attempt)]
    for each in reversed(made):
        await db.write(snapshots.save_snapshot, each)
    assert await db.read(snapshots.list_of_run, of.run.id) == made
    assert await db.read(snapshots.list_of_attempt, of.attempt.id) == made[:3]
    await db.write(snapshots.mark_gone, [made[0].path, made[3].path, "none"], NOW)
    await db.write(snapshots.mark_gone, [], NOW)
    assert await db.read(snapshots.list_of_job, of.job.id) == made[1:3]
    assert await db.read(snapshots.find_snapshot, of.job.id, made[0].id) is None
    await db.write(snapshots.save_snapshot, made[0])
    assert await db.read(snapshots.list_of_job, of.job.id) == made[:3]


async def test_snapshots_page_by_place_on_both(db):
    of = await db.write(plant)
    for number in (1, 9, 10):
        await db.write(snapshots.save_snapshot, make_snapshot(number, of))
    seen, after = [], None
    while found := await db.read(snapshots.list_page, of.job.id, after, 2):
        seen += [(number, each.checkpoint_id) for number, each in found]
        after = found[-1][1]
    assert seen == [(1, 10), (1, 9), (1, 1)]
