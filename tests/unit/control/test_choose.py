"""What the next attempt starts from, with real `_metadata` files on disk: marked, passed over, or refused."""

import datetime as dt
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from rheostat.control.choose import choose
from rheostat.control.older import CHOSEN_AS_NEWEST, Earlier
from rheostat.core.line import RunLeft
from rheostat.core.restore_fault import RestoreFault, as_outcome
from rheostat.model.job import Content, Policies
from rheostat.model.phase import Reason
from rheostat.model.run import Stage
from rheostat.model.snapshot import RestoreKind, RestorePoint
from rheostat.storage import files
from rheostat.storage.files import FileSnapshots
from tests.builders import EMPTY, NOW, make_attempt, make_run, make_snapshot
from tests.unit.storage.test_file_snapshots import RECORDED
from tests.unit.storage.test_file_snapshots import make_snapshot as make_files

GARBAGE = "java.io.EOFException\nCould not restore x from any of the 1 provided restore options."


def rename(raw: bytes, checkpoint_id: int) -> bytes:
    """The recorded bytes with another checkpoint id."""
    return raw[:8] + checkpoint_id.to_bytes(8, "big") + raw[16:]


def make_branch(folder: Path, *ids: int):
    made = []
    for number in ids:
        path = make_files(folder / f"chk-{number}", rename(RECORDED, number))
        made.append(make_snapshot(1, number, path=path))
    return made


def loaded(known, base=EMPTY, policies=None, processed_until=NOW):
    """The part of what a step loads that choosing reads."""
    content = Content(policies=policies or Policies())
    return SimpleNamespace(
        run=make_run(base=base),
        snapshots=tuple(known),
        has_made_state=bool(known),
        processed_until=processed_until,
        version=SimpleNamespace(content=content),
    )


async def chosen(known, attempt, tmp_path, earlier=(), **fields):
    snapshots = FileSnapshots(roots=(f"file://{tmp_path}",))

    async def load():
        return Earlier(line=earlier)

    return await choose(snapshots, loaded(known, **fields), attempt, load)


def lost(**fields):
    return make_attempt(stage=Stage.GONE, ended_at=NOW, **fields)


def unreadable(path):
    restore = RestorePoint(
        kind=RestoreKind.CHECKPOINT, reason=Reason("newest_of_branch"), path=path
    )
    outcome = as_outcome(RestoreFault.UNREADABLE, GARBAGE)
    return lost(restore=restore, running_at=None, outcome=outcome)


async def test_the_newest_that_holds(tmp_path):
    known = make_branch(tmp_path, 3, 4, 5)
    found = await chosen(known, lost(), tmp_path)
    assert found.restore.path == known[-1].path
    assert (found.broken, found.note) == ({}, None)


async def test_what_does_not_hold_is_marked_and_told(tmp_path):
    known = make_branch(tmp_path, 3, 4, 5)
    shutil.rmtree(tmp_path / "chk-5")
    (tmp_path / "chk-4" / "_metadata").write_bytes(RECORDED[:99])
    found = await chosen(known, lost(), tmp_path)
    assert found.restore.path == known[0].path
    assert set(found.broken) == {known[1].path, known[2].path}
    told = found.tell(make_run(), NOW)
    assert [each.code for each in told] == ["snapshot_broken"] * 2
    assert {each.fields["fault"] for each in told} == set(found.broken.values())


async def test_what_flink_could_not_read_is_passed_over_though_every_file_is_there(tmp_path):
    known = make_branch(tmp_path, 3, 4)
    found = await chosen(known, unreadable(known[-1].path), tmp_path)
    assert found.restore.path == known[0].path
    assert found.broken == {known[-1].path: "java.io.EOFException"}


async def test_a_base_that_flink_could_not_read_needs_a_person(tmp_path):
    path = make_files(tmp_path / "savepoint-1")
    base = RestorePoint(kind=RestoreKind.SAVEPOINT, reason=Reason("newest_proven"), path=path)
    found = await chosen([], unreadable(path), tmp_path, base=base)
    assert found.restore == Reason("restore_not_proven", {"fault": "java.io.EOFException"})


def base_of(snapshot, code="newest_proven"):
    return RestorePoint(kind=RestoreKind.CHECKPOINT, reason=Reason(code), path=snapshot.path)


async def begun(tmp_path, attempt, code="newest_proven", **fields):
    """Choose for a run whose base is the newest of three, with `_metadata` torn; the three, and what is chosen."""
    known = make_branch(tmp_path, 3, 4, 5)
    (tmp_path / "chk-5" / "_metadata").write_bytes(RECORDED[:99])
    until = known[1].completed_at + dt.timedelta(minutes=5)
    left = RunLeft(run=make_run(), snapshots=tuple(known), processed_until=until)
    if attempt is not None:
        attempt = attempt(known[2].path)
    base = base_of(known[2], code)
    return known, await chosen([], attempt, tmp_path, [left], base=base, **fields)


@pytest.mark.parametrize("attempt", [None, unreadable])
@pytest.mark.parametrize("code", sorted(CHOSEN_AS_NEWEST))
async def test_a_broken_newest_of_the_line_gives_way_to_the_next_older(tmp_path, attempt, code):
    (_, older, newest), found = await begun(tmp_path, attempt, code)
    assert (found.restore.path, found.is_new_base) == (older.path, True)
    assert found.restore.rewind == dt.timedelta(minutes=5)
    [told] = found.tell(make_run(), NOW)
    assert (told.code, told.fields["path"]) == ("snapshot_broken", newest.path)


@pytest.mark.parametrize("attempt", [None, unreadable])
@pytest.mark.parametrize("code", ["chosen_by_person", "restarted_from"])
async def test_a_broken_one_that_was_named_is_recorded_and_held(tmp_path, attempt, code):
    (*_, newest), found = await begun(tmp_path, attempt, code)
    assert found.restore.code == "restore_not_proven"
    assert set(found.broken) == {newest.path}


async def test_the_next_older_of_the_line_is_not_taken_beyond_the_rewind(tmp_path):
    _, found = await begun(tmp_path, None, policies=Policies(max_rewind_s=10))
    assert found.restore.code == "rewind_too_large"
    assert len(found.broken) == 1


@pytest.mark.parametrize(("limit", "is_refused"), [(10, True), (3600, False)])
async def test_no_more_is_read_again_than_the_policy_allows(tmp_path, limit, is_refused):
    known = make_branch(tmp_path, 3)
    policies = Policies(max_rewind_s=limit)
    until = known[0].completed_at + dt.timedelta(minutes=5)
    found = await chosen(known, lost(), tmp_path, policies=policies, processed_until=until)
    assert isinstance(found.restore, Reason) is is_refused
    if is_refused:
        assert found.restore.code == "rewind_too_large"


@pytest.mark.parametrize("attempt", [None, lost()])
async def test_a_sample_is_told(tmp_path, monkeypatch, attempt):
    monkeypatch.setattr(files, "FILES_LIMIT", 0)
    monkeypatch.setattr(files, "choose_sample", lambda names, limit: names[limit:])
    known = make_branch(tmp_path, 3)
    base = RestorePoint(
        kind=RestoreKind.CHECKPOINT, reason=Reason("newest_proven"), path=known[0].path
    )
    found = await chosen(known, attempt, tmp_path, base=base)
    [told] = found.tell(make_run(), NOW)
    assert (told.code, told.fields["note"]) == (
        "snapshot_sampled",
        "0 of its 1 files were looked at",
    )


async def test_the_first_attempt_starts_from_the_base_or_not_at_all(tmp_path):
    path = make_files(tmp_path / "savepoint-1")
    base = RestorePoint(kind=RestoreKind.SAVEPOINT, reason=Reason("newest_proven"), path=path)
    assert (await chosen([], None, tmp_path, base=base)).restore is base
    shutil.rmtree(tmp_path / "savepoint-1")
    assert (await chosen([], None, tmp_path, base=base)).restore.code == "restore_not_proven"
    assert (await chosen([], None, tmp_path)).restore is EMPTY
