"""Whether a version can be started from a snapshot, as far as that is known without Flink."""

import pytest

from rheostat.core.fit import backend_of, judge_fit, origin_of, origin_to_be, parallelism_of
from rheostat.model.job import Content, Resources
from rheostat.model.run import SavepointFormat
from rheostat.model.snapshot import SnapshotKind
from tests.builders import make_snapshot

PLAIN = Content()
OLD = Content(flink="1.20")
ROCKS = Content(flink_configuration={"state.backend.type": "rocksdb"})
WIDE = Content(resources=Resources(parallelism=129))
WIDE_SET = Content(sql="SET 'parallelism.default' = '129';\nINSERT INTO b SELECT x FROM a;")
ROCKS_SET = Content(sql="SET 'state.backend.type' = 'rocksdb';\nINSERT INTO b SELECT x FROM a;")
SAVEPOINT = {"kind": SnapshotKind.SAVEPOINT, "native": False}
NATIVE = {"kind": SnapshotKind.SAVEPOINT, "native": True}

CASES = [
    pytest.param({}, PLAIN, PLAIN, None, id="nothing is known, nothing differs"),
    pytest.param({"max_parallelism": 128}, PLAIN, WIDE, "parallelism_above_max", id="too wide"),
    pytest.param({"max_parallelism": 128}, PLAIN, WIDE_SET, "parallelism_above_max", id="SET"),
    pytest.param({}, PLAIN, ROCKS_SET, "backend_changed", id="checkpoint, SET other backend"),
    pytest.param({}, ROCKS_SET, ROCKS, None, id="checkpoint, the same backend"),
    pytest.param({"max_parallelism": 129}, PLAIN, WIDE, None, id="as wide as it goes"),
    pytest.param({}, PLAIN, WIDE, None, id="width not known"),
    pytest.param({"metadata_version": 5}, PLAIN, OLD, "snapshot_of_newer_flink", id="5 to 1.20"),
    pytest.param({"metadata_version": 4}, OLD, OLD, None, id="4 to 1.20"),
    pytest.param({"metadata_version": 4, **SAVEPOINT}, OLD, PLAIN, None, id="4 to 2.3"),
    pytest.param({"aligned": False}, OLD, PLAIN, "unaligned_other_flink", id="unaligned, upgrade"),
    pytest.param({"aligned": False}, PLAIN, PLAIN, None, id="unaligned, same Flink"),
    pytest.param({"aligned": True}, OLD, PLAIN, None, id="aligned, upgrade"),
    pytest.param({}, PLAIN, ROCKS, "backend_changed", id="checkpoint, other backend"),
    pytest.param(NATIVE, ROCKS, PLAIN, "backend_changed", id="native, other backend"),
    pytest.param(SAVEPOINT, ROCKS, PLAIN, None, id="canonical, other backend"),
]


@pytest.mark.parametrize(("snapshot", "made_by", "target", "code"), CASES)
def test_fit(snapshot, made_by, target, code):
    found = judge_fit(origin_of(make_snapshot(1, 7, **snapshot)), made_by, target)
    assert (found.code if found else None) == code


TO_BE = [
    pytest.param(PLAIN, SavepointFormat.CANONICAL, OLD, "snapshot_of_newer_flink", id="downgrade"),
    pytest.param(OLD, SavepointFormat.CANONICAL, PLAIN, None, id="upgrade"),
    pytest.param(PLAIN, SavepointFormat.CANONICAL, WIDE, "parallelism_above_max", id="too wide"),
    pytest.param(PLAIN, SavepointFormat.CANONICAL, ROCKS, None, id="canonical, other backend"),
    pytest.param(PLAIN, SavepointFormat.NATIVE, ROCKS, "backend_changed", id="native"),
]


@pytest.mark.parametrize(("running", "written", "target", "code"), TO_BE)
def test_fit_of_a_savepoint_that_is_to_be_made(running, written, target, code):
    newest = make_snapshot(1, 7, max_parallelism=128)
    found = judge_fit(origin_to_be(running, newest, written), running, target)
    assert (found.code if found else None) == code


def test_nothing_is_known_of_a_job_that_made_no_snapshot_yet():
    assert judge_fit(origin_to_be(PLAIN, None, SavepointFormat.CANONICAL), PLAIN, WIDE) is None


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ({}, "hashmap"),
        ({"state.backend.type": " RocksDB "}, "rocksdb"),
        ({"state.backend": "filesystem"}, "hashmap"),
        (
            {"state.backend.type": "org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend"},
            "rocksdb",
        ),
        ({"state.backend.type": "my.Own"}, "my.own"),
    ],
    ids=str,
)
def test_backend_has_one_name(written, name):
    assert backend_of(Content(flink_configuration=written)) == name


@pytest.mark.parametrize(
    ("content", "number"),
    [
        (PLAIN, 1),
        (Content(flink_configuration={"parallelism.default": " 3 "}), 3),
        (Content(flink_configuration={"parallelism.default": "many"}), 1),
        (Content(resources=Resources(parallelism=4)), 4),
    ],
    ids=["default", "setting", "nonsense", "resource"],
)
def test_parallelism(content, number):
    assert parallelism_of(content) == number
