"""The first proof of a snapshot, over files that Flink wrote and over files that nobody wrote.

`tests/golden/metadata` holds `_metadata` of real checkpoints and savepoints of Flink 1.20.5 and
2.3.0 (`flink-*`), and of the handle kinds that Flink's writers know but those jobs do not make
(`kinds-*`, written by the writers of 2.3.0). Each `expected.json` is what Flink's own reader,
`Checkpoints.loadCheckpointMetadata` of the same release, found in the file.
"""

import dataclasses
import io
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheostat.core.metadata import MAX_BYTES, FileRef, Metadata, parse_metadata
from rheostat.core.metadata_handles import Handles, MetadataStream
from rheostat.errors import BadMetadata

GOLDEN = Path(__file__).parents[2] / "golden" / "metadata"
NAMES = sorted(path.parent.name for path in GOLDEN.glob("*/_metadata"))
FILES = {name: (GOLDEN / name / "_metadata").read_bytes() for name in NAMES}
SMALL = sorted((name for name in NAMES), key=lambda name: len(FILES[name]))[:6]


def parse(data: bytes) -> Metadata:
    return parse_metadata(io.BytesIO(data).read)


def refused(data: bytes) -> BadMetadata:
    with pytest.raises(BadMetadata) as caught:
        parse(data)
    assert 0 <= caught.value.offset <= len(data)
    assert caught.value.code == "bad_metadata"
    return caught.value


def by_text(items: list[Any]) -> list[Any]:
    return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))


def test_golden_files_are_there():
    assert {
        "flink-1.20-finished",
        "flink-1.20-hashmap",
        "flink-1.20-rocksdb-incremental",
        "flink-1.20-savepoint-canonical",
        "flink-1.20-savepoint-native",
        "flink-1.20-unaligned",
        "flink-2.3-finished",
        "flink-2.3-hashmap",
        "flink-2.3-rocksdb-incremental",
        "flink-2.3-savepoint-canonical",
        "flink-2.3-savepoint-native",
        "flink-2.3-unaligned",
        "kinds-v4",
        "kinds-v5",
        "kinds-v6",
    } <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_golden(name):
    found = json.loads(json.dumps(dataclasses.asdict(parse(FILES[name]))))
    expected = json.loads((GOLDEN / name / "expected.json").read_text())
    for part in ("operators", "files"):  # Flink keeps both in hash maps
        found[part], expected[part] = by_text(found[part]), by_text(expected[part])
    assert found == expected


@pytest.mark.parametrize("name", NAMES)
def test_read_may_give_less_than_asked(name):
    source = io.BytesIO(FILES[name])
    assert parse_metadata(lambda _: source.read(7)) == parse(FILES[name])


@pytest.mark.parametrize("name", NAMES)
def test_every_truncation_is_refused(name):
    data = FILES[name]
    step = max(1, len(data) // 400)
    for end in {*range(0, len(data), step), *range(max(0, len(data) - 300), len(data))}:
        refused(data[:end])


@pytest.mark.parametrize("name", NAMES)
def test_anything_after_the_end_is_refused(name):
    assert refused(FILES[name] + b"\0").offset == len(FILES[name])


@given(st.binary())
def test_random_bytes(data):
    refused(data)


@given(st.sampled_from([4, 5, 6]), st.binary())
def test_random_bytes_after_the_head(version, data):
    refused(struct.pack(">ii", 0x4960672D, version) + data)


@given(st.sampled_from(SMALL), st.data())
def test_mutations_are_parsed_or_refused(name, data):
    broken = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    offset = 0
    try:
        parse(bytes(broken))
    except BadMetadata as error:
        offset = error.offset
    assert 0 <= offset <= len(broken)


def utf(text: str) -> bytes:
    raw = text.encode()
    return struct.pack(">H", len(raw)) + raw


def java_field(kind: str, name: str, type_name: str = "") -> bytes:
    return kind.encode() + utf(name) + (b"\x74" + utf(type_name) if kind == "L" else b"")


def java_class(name: str, *fields: bytes, flags: int = 2, above: bytes = b"\x70") -> bytes:
    head = b"\x72" + utf(name) + bytes(8) + bytes([flags]) + struct.pack(">H", len(fields))
    return head + b"".join(fields) + b"\x78" + above


PROPERTIES = "org.apache.flink.runtime.checkpoint.CheckpointProperties"
JAVA = b"\xac\xed\x00\x05"
TAIL = JAVA + b"\x73" + java_class(PROPERTIES, java_field("Z", "forced")) + b"\x01"
FILE = b"\x02" + struct.pack(">q", 9) + utf("s3://b/f")
INLINE = b"\x01" + utf("i") + struct.pack(">i", 3) + b"abc"
RANGE = struct.pack(">ii", 0, 2)
OPERATOR_ID = bytes(range(16))
STATELESS = struct.pack(">ii", 0, 0) + b"\0\0" + struct.pack(">ii", 0, 0)


def count(*items: bytes) -> bytes:
    return struct.pack(">i", len(items)) + b"".join(items)


def head(version: int = 4, magic: int = 0x4960672D, checkpoint: int = 7) -> bytes:
    return struct.pack(">iiq", magic, version, checkpoint)


def operator(
    *subtasks: bytes, parallelism: int = 2, most: int = 8, coordinator: bytes = b"\0"
) -> bytes:
    return OPERATOR_ID + struct.pack(">ii", parallelism, most) + coordinator + count(*subtasks)


def subtask(keyed: bytes, index: int = 0) -> bytes:
    return struct.pack(">iii", index, 0, 0) + keyed + b"\0" + struct.pack(">ii", 0, 0)


def snapshot(*operators: bytes, masters: bytes = bytes(4), tail: bytes = TAIL) -> bytes:
    return head() + masters + count(*operators) + tail


INCREMENT = b"\x0a" + RANGE + count(bytes(8) + FILE) + bytes(16) + utf("id")
LEGACY = {
    "key-groups": b"\x03" + RANGE + bytes(16) + FILE,
    "incremental": b"\x05" + bytes(8) + utf("u") + RANGE + FILE + count(utf("a") + FILE) + count(),
    "changelog": b"\x08" + RANGE + bytes(8) + count(b"\x03" + RANGE + bytes(16) + FILE)
    + count(INCREMENT) + bytes(8) + utf("id"),
    "changelog-files": INCREMENT,
}  # fmt: skip


@pytest.mark.parametrize("keyed", LEGACY.values(), ids=LEGACY.keys())
def test_kinds_that_flink_only_reads(keyed):
    found = parse(snapshot(operator(subtask(keyed))))
    assert found.files == (FileRef("s3://b/f", 9, relative=False),)
    assert found.operators[0].operator_id == "000102030405060708090a0b0c0d0e0f"
    assert found.operators[0].has_state


def test_stateless_finished_and_coordinated_operators():
    def one(data: bytes) -> tuple[int, bool, bool]:
        (found,) = parse(snapshot(data)).operators
        return found.subtasks, found.finished, found.has_state

    assert one(operator(struct.pack(">i", 0) + STATELESS)) == (1, False, False)
    assert one(operator(struct.pack(">i", -1), struct.pack(">i", 1) + STATELESS)) == (
        2,
        False,
        False,
    )
    assert one(operator(coordinator=INLINE)) == (0, False, True)
    assert one(operator()[:-4] + struct.pack(">i", -1)) == (0, True, False)
    assert parse(snapshot(operator(coordinator=INLINE))).state_bytes == 3


REFUSED: dict[str, tuple[bytes, str, int]] = {
    "empty": (b"", "ends too early", 0),
    "magic": (head(magic=0x4960672E), "does not begin like", 0),
    "version-3": (head(3), "format 3 is not supported", 4),
    "version-7": (head(7), "format 7 is not supported", 4),
    "checkpoint": (head(checkpoint=-1), "checkpoint id -1", 8),
    "masters": (head() + struct.pack(">i", -1), "-1 master states", 16),
    "many-masters": (head() + struct.pack(">i", 2**31 - 1), "master states cannot be", 16),
    "master-magic": (head() + count(bytes(18)), "master state does not begin", 20),
    "master-length": (
        head() + count(struct.pack(">Iii", 0xC96B1696, 11, 1) + utf("") + bytes(4)), "as long as", 38),
    "operators": (head() + struct.pack(">ii", 0, 100_001), "100001 operators", 20),
    "parallelism": (snapshot(operator(parallelism=9)), "parallelism 9 of 8", 40),
    "no-parallelism": (snapshot(operator(parallelism=0)), "parallelism 0", 40),
    "max-parallelism": (snapshot(operator(most=32769)), "of 32769", 40),
    "coordinator": (snapshot(operator(coordinator=FILE)), "handle kind 2", 48),
    "finished": (
        snapshot(operator(coordinator=INLINE)[:-4] + struct.pack(">i", -1)), "coordinator state", 59),
    "subtasks": (snapshot(operator()[:-4] + struct.pack(">i", -2)), "-2 subtasks", 49),
    "twice": (snapshot(operator(), operator()), "occurs twice", 53),
    "subtask": (snapshot(operator(subtask(b"\0", index=2))), "subtask 2", 53),
    "subtask-twice": (snapshot(operator(struct.pack(">i", -1), subtask(b"\0"))), "subtask 0", 57),
    "flag": (snapshot(operator(struct.pack(">ii", 0, 2))), "neither yes nor no", 57),
    "operator-kind": (snapshot(operator(struct.pack(">ii", 0, 1) + b"\x05")), "handle kind 5", 61),
    "no-operator-state": (snapshot(operator(struct.pack(">ii", 0, 1) + b"\0")), "handle kind 0", 61),
    "operator-mode": (
        snapshot(operator(struct.pack(">ii", 0, 1) + b"\x04" + count(utf("n") + b"\x03" + bytes(4)))),
        "3 is no distribution mode", 69),
    "not-segment": (
        snapshot(operator(struct.pack(">ii", 0, 1) + b"\x11" + count() + utf("") * 2 + b"\0" + INLINE)),
        "no segment", 82),
    "keyed-kind": (snapshot(operator(subtask(b"\x12"))), "handle kind 18", 65),
    "keyed-nested": (snapshot(operator(subtask((b"\x08" + RANGE + bytes(8) + b"\0\0\0\1") * 20))),
                     "handle kind 8", 254),
    "stream-kind": (snapshot(operator(subtask(b"\x03" + RANGE + bytes(16) + b"\x12"))), "handle kind 18", 90),
    "stream-nested": (
        snapshot(operator(subtask((b"\x03" + struct.pack(">ii", 0, 0)) * 20))), "handle kind 3", 137),
    "key-groups": (snapshot(operator(subtask(b"\x03" + struct.pack(">ii", 32768, 1)))), "key groups", 66),
    "delta": (snapshot(operator(subtask(b"\x08" + RANGE + bytes(8) + count() + count(b"\0")))),
              "no changelog", 91),
    "scope": (
        snapshot(operator(subtask(b"\x03" + RANGE + bytes(16) + b"\x0f" + bytes(16) + b"\0\0\0\2"))),
        "no such scope", 107),
    "size": (
        snapshot(operator(subtask(b"\x03" + RANGE + bytes(16) + b"\x02" + b"\xff" * 8))), "size of -1", 91),
    "no-path": (
        snapshot(operator(subtask(b"\x03" + RANGE + bytes(16) + b"\x02" + bytes(10)))), "path", 101),
    "leaving-path": (
        snapshot(operator(subtask(b"\x03" + RANGE + bytes(16) + b"\x06" + utf("a/../b") + bytes(8)))),
        "'a/../b'", 107),
    "channel-kind": (head(6) + bytes(4) + count(utf("") * 2 + operator(
        struct.pack(">iii", 0, 0, 0) + b"\0\0" + count(b"\x02" + bytes(20)))), "2 is no known kind of channel", 75),
    "utf": (head(5) + bytes(4) + count(struct.pack(">H", 2) + b"\xff\xff" + bytes(40)), "modified UTF-8", 26),
    "long-inline": (
        snapshot(operator(coordinator=b"\x01" + utf("") + struct.pack(">i", 2**31 - 1))), "inline state", 51),
    "no-properties": (snapshot(tail=b"\xac\xed\x00\x06"), "no Java object", 24),
}  # fmt: skip


@pytest.mark.parametrize(("data", "message", "offset"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(data, message, offset):
    error = refused(data)
    assert message in error.message
    assert error.message.endswith(f"(at byte {offset})")
    assert error.offset == offset


ENUM = java_class("E", flags=0x12, above=java_class("java.lang.Enum", flags=0x12))
BACK = b"\x71" + struct.pack(">i", 0x7E0000)


def properties(*contents: bytes, head: Callable[..., bytes] = java_class, **more: Any) -> bytes:
    fields = [java_field("L", f"f{i}", "LT;") for i in range(len(contents))]
    return snapshot(tail=JAVA + b"\x73" + head(PROPERTIES, *fields, **more) + b"".join(contents))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(properties(), id="empty"),
        pytest.param(properties(b"\x70", b"\x74" + utf("s"), BACK), id="null-string-reference"),
        pytest.param(properties(b"\x7e" + ENUM + b"\x74" + utf("ONE")), id="enum"),
        pytest.param(
            properties(b"\x73" + java_class("T", java_field("I", "i"), java_field("J", "j")) + bytes(12)),
            id="object",
        ),
        pytest.param(
            properties(above=java_class("Above", java_field("D", "d"))) + bytes(8), id="superclass"
        ),
    ],
)  # fmt: skip
def test_properties(data):
    assert parse(data).checkpoint_id == 7


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(snapshot(tail=JAVA + b"\x70"), "no object", id="null"),
        pytest.param(snapshot(tail=JAVA + b"\x73" + java_class("X")), "are of X", id="other-class"),
        pytest.param(properties(b"\x75"), "unknown kind 0x75", id="array"),
        pytest.param(properties(b"\x71" + struct.pack(">i", 0x7E0009)), "refer to nothing", id="reference"),
        pytest.param(properties(flags=3), "writes itself", id="writes-itself"),
        pytest.param(properties(above=BACK), "no class here", id="its-own-superclass"),
        pytest.param(properties(b"\x73\x70"), "no class here", id="no-class"),
        pytest.param(
            snapshot(tail=JAVA + b"\x73" + java_class(PROPERTIES)[:-2] + b"\x77"), "annotated", id="annotated"
        ),
        pytest.param(
            snapshot(tail=JAVA + b"\x73" + java_class(PROPERTIES, b"[" + utf("a"))), "field of kind", id="field"
        ),
        pytest.param(
            properties(*[b"\x73" + java_class("T", java_field("L", "a", "LT;")) for _ in range(1)] * 40),
            "ends|unknown|deeply|nothing", id="short-objects",
        ),
        pytest.param(
            properties((b"\x73" + java_class("T", java_field("L", "a", "LT;"))) * 40), "too deeply", id="deep"
        ),
        pytest.param(properties(*[b"\x74" + utf("s")] * 999), "too many objects", id="objects"),
        pytest.param(
            snapshot(tail=JAVA + b"\x73" + java_class(PROPERTIES, *[java_field("Z", "z")] * 1001)),
            "too many fields", id="fields",
        ),
    ],
)  # fmt: skip
def test_properties_refused(data, message):
    assert any(part in refused(data).message for part in message.split("|"))


def test_the_file_is_bounded():
    begin = head() + bytes(4) + struct.pack(">i", 1) + OPERATOR_ID + struct.pack(">ii", 2, 8)
    begin += b"\x01" + utf("")
    begin += struct.pack(">i", MAX_BYTES - len(begin) - 4)
    pieces = iter([begin])
    block = bytes(64 * 1024)
    served = 0

    def read(_size: int) -> bytes:
        nonlocal served
        piece = next(pieces, block)
        served += len(piece)
        return piece

    with pytest.raises(BadMetadata, match="larger than"):
        parse_metadata(read)
    assert served <= MAX_BYTES + len(block)


def test_the_number_of_files_is_bounded():
    source = io.BytesIO(FILE + FILE + FILE.replace(b"f", b"g"))
    handles = Handles(MetadataStream(source.read), typed_channels=True, most_files=1)
    handles.stream_handle()
    handles.stream_handle()  # the same file again
    with pytest.raises(BadMetadata, match="more than 1 files"):
        handles.stream_handle()
