"""`FileSnapshots` on real folders, with a `_metadata` that Flink 2.3.0 wrote."""

import os
import struct
from pathlib import Path

import pytest

from rheostat.errors import CannotLook
from rheostat.ports import Proof
from rheostat.storage import files
from rheostat.storage.files import FileSnapshots

RECORDED = Path(__file__).with_name("savepoint-18.metadata").read_bytes()
"""Checkpoint id 18; it names one file, relative to its folder."""
STATE = "9c0f1861-6671-4157-95d2-ee1895a57bd5"
STATE_BYTES = 35647


def make_snapshot(
    folder: Path, raw: bytes = RECORDED, state_bytes: int | None = STATE_BYTES
) -> str:
    folder.mkdir(parents=True)
    (folder / "_metadata").write_bytes(raw)
    if state_bytes is not None:
        with (folder / STATE).open("wb") as stream:
            stream.truncate(state_bytes)
    return f"file://{folder}"


def utf(text: str) -> bytes:
    return struct.pack(">H", len(text)) + text.encode()


def with_absolute_file(path: str) -> bytes:
    """The recorded bytes, where the file is named absolutely (handle 2 instead of 6)."""
    relative = b"\x06" + utf(STATE) + struct.pack(">q", STATE_BYTES)
    assert RECORDED.count(relative) == 1
    return RECORDED.replace(relative, b"\x02" + struct.pack(">q", STATE_BYTES) + utf(path))


def with_relative_file(path: str) -> bytes:
    return RECORDED.replace(utf(STATE), utf(path))


async def prove(folder: Path, *roots: Path, level: int = 2) -> Proof:
    snapshots = FileSnapshots(roots=tuple(f"file://{root}" for root in roots))
    return await snapshots.prove(f"file://{folder}", level=level)


@pytest.mark.parametrize("form", ["{}", "file:{}", "file://{}"])
async def test_list_finds_checkpoints_and_savepoints(tmp_path, form):
    chk = make_snapshot(tmp_path / ("a" * 32) / "chk-18")
    savepoint = make_snapshot(tmp_path / ("b" * 32) / "savepoint-8ca7c3-884f62e8fe13")
    (tmp_path / ("a" * 32) / "chk-19").mkdir()
    (tmp_path / ("a" * 32) / "shared").mkdir()
    found = await FileSnapshots(roots=()).list(form.format(tmp_path))
    assert found == (chk, savepoint)


async def test_list_goes_three_folders_deep_and_follows_no_link(tmp_path):
    near = make_snapshot(tmp_path / "x" / "1" / "2" / "3")
    make_snapshot(tmp_path / "y" / "1" / "2" / "3" / "4")
    (tmp_path / "x" / "link").symlink_to(tmp_path / "y")
    assert await FileSnapshots(roots=()).list(str(tmp_path / "x")) == (near,)
    assert await FileSnapshots(roots=()).list(str(tmp_path / "y")) == ()


async def test_list_of_a_missing_folder_is_empty(tmp_path):
    assert await FileSnapshots(roots=()).list(f"file://{tmp_path}/none") == ()


async def test_list_of_another_storage_cannot_look():
    with pytest.raises(CannotLook, match="not a file system path"):
        await FileSnapshots(roots=()).list("s3://bucket/a")


async def test_names_are_taken_as_they_are(tmp_path):
    uri = make_snapshot(tmp_path / "with space %20 #?" / "chk-18")
    snapshots = FileSnapshots(roots=())
    assert await snapshots.list(str(tmp_path)) == (uri,)
    assert (await snapshots.prove(uri, level=2)).proven == 2


@pytest.mark.parametrize("level", [1, 2])
async def test_a_whole_snapshot_is_proven(tmp_path, level):
    folder = tmp_path / "chk-18"
    uri = make_snapshot(folder)
    os.utime(folder / "_metadata", (1_700_000_000, 1_700_000_000))
    proof = await prove(folder, level=level)
    assert (proof.path, proof.proven, proof.checkpoint_id) == (uri, level, 18)
    assert proof.size_bytes == len(RECORDED) + STATE_BYTES
    assert proof.modified_at is not None
    assert proof.modified_at.isoformat() == "2023-11-14T22:13:20+00:00"
    assert proof.fault is None


@pytest.mark.parametrize(
    ("name", "raw", "state_bytes", "proven", "fault"),
    [
        ("chk-18", RECORDED, None, 1, f"{STATE} is missing"),
        ("chk-18", RECORDED, STATE_BYTES - 1, 1, f"{STATE} has 35,646 bytes, not 35,647"),
        ("chk-18", RECORDED, STATE_BYTES + 1, 2, None),
        ("chk-17", RECORDED, STATE_BYTES, 0, "chk-17 holds checkpoint 18"),
        ("savepoint-a", RECORDED, STATE_BYTES, 2, None),
        ("chk-18", with_relative_file("../../../etc/passwd"), None, 0, "cannot be the path"),
        ("chk-18", with_absolute_file("file:/etc/passwd"), None, 1, "outside the known storage"),
        ("chk-18", with_absolute_file("s3://bucket/a"), None, 1, "outside the known storage"),
        ("chk-18", with_relative_file("."), None, 1, "is not a file"),
        ("chk-18", RECORDED[:-1], STATE_BYTES, 0, ""),
        ("chk-18", RECORDED + b"\x00", STATE_BYTES, 0, ""),
        ("chk-18", b"", STATE_BYTES, 0, ""),
    ],
    ids=[
        "file missing",
        "file too short",
        "file longer",
        "another id",
        "savepoint",
        "relative escape",
        "absolute elsewhere",
        "another storage",
        "names a folder",
        "cut",
        "something follows",
        "empty",
    ],
)
async def test_what_is_wrong_is_an_answer(tmp_path, name, raw, state_bytes, proven, fault):
    make_snapshot(tmp_path / name, raw, state_bytes)
    proof = await prove(tmp_path / name, tmp_path)
    assert proof.proven == proven
    if fault is None:
        assert proof.fault is None
    else:
        assert proof.fault is not None
        assert fault in proof.fault


async def test_an_absolute_file_below_a_root_is_looked_at(tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "one").write_bytes(bytes(STATE_BYTES))
    make_snapshot(tmp_path / "chk-18", with_absolute_file(f"file:{shared}/one"), None)
    assert (await prove(tmp_path / "chk-18", tmp_path)).proven == 2
    assert (await prove(tmp_path / "chk-18", tmp_path / "chk-18")).proven == 1


async def test_a_link_out_of_the_storage_is_not_followed(tmp_path):
    make_snapshot(tmp_path / "chk-18", state_bytes=None)
    (tmp_path / "chk-18" / STATE).symlink_to("/etc/passwd")
    proof = await prove(tmp_path / "chk-18", tmp_path)
    assert proof.proven == 1
    assert proof.fault == f"not proven: {STATE} is outside the known storage"


@pytest.mark.parametrize(
    ("count", "limit", "chosen"),
    [(3, 5, [0, 1, 2]), (5, 5, [0, 1, 2, 3, 4]), (9, 3, [0, 4, 8]), (10, 4, [0, 3, 6, 9])],
)
def test_the_sample_is_even_and_always_the_same(count, limit, chosen):
    assert list(files.choose_sample(list(range(count)), limit)) == chosen


async def test_too_many_files_are_sampled_and_it_is_said(tmp_path, monkeypatch):
    make_snapshot(tmp_path / "chk-18")
    assert (await prove(tmp_path / "chk-18")).note is None
    monkeypatch.setattr(files, "FILES_LIMIT", 0)
    monkeypatch.setattr(files, "choose_sample", lambda names, limit: names[limit:])
    proof = await prove(tmp_path / "chk-18")
    assert (proof.proven, proof.fault) == (2, None)
    assert proof.note == "0 of its 1 files were looked at"
    assert (await prove(tmp_path / "chk-18", level=1)).note is None


@pytest.mark.parametrize("uri", ["s3://b/chk-1", "<checkpoint-not-externally-addressable>"])
async def test_another_storage_is_not_proven(uri):
    proof = await FileSnapshots(roots=()).prove(uri, level=1)
    assert (proof.proven, proof.fault) == (0, f"not a file system path: {uri}")


async def test_a_missing_snapshot_is_said_to_be_missing(tmp_path):
    assert (await prove(tmp_path / "chk-1")).fault == "not there"
    (tmp_path / "file").write_text("")
    assert (await prove(tmp_path / "file" / "chk-1")).fault == "not there"


async def test_what_cannot_be_read_cannot_be_looked_at(tmp_path):
    (tmp_path / "chk-1" / "_metadata").mkdir(parents=True)
    with pytest.raises(CannotLook, match="cannot read"):
        await prove(tmp_path / "chk-1")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
async def test_a_forbidden_folder_cannot_be_looked_at(tmp_path):
    (tmp_path / "closed").mkdir(mode=0)
    with pytest.raises(CannotLook):
        await FileSnapshots(roots=()).list(str(tmp_path / "closed"))
