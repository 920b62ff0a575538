"""Prove that a Flink snapshot's `_metadata` file is whole, and say what it refers to.

This is the first level of proof: the file is read to its end, every operator and every state handle
of it, without opening one state file and without deserialising a Java object. The caller looks
after the second level, that the files named here exist. Formats 4 (Flink 1.20), 5 and 6 (2.x) are
read as Flink's `MetadataV3Serializer` to `MetadataV6Serializer` write them; every other one is
refused by its number. Nothing but BadMetadata is raised, whatever the bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass

from rheostat.core.metadata_handles import (
    MAX_BYTES,
    MAX_KEY_GROUPS,
    Handles,
    MetadataStream,
)

__all__ = ["MAX_BYTES", "FileRef", "Metadata", "OperatorState", "parse_metadata"]

_MAGIC = 0x4960672D  # Checkpoints.HEADER_MAGIC_NUMBER
_MASTER_MAGIC = 0xC96B1696  # MetadataV2V3SerializerBase.MASTER_STATE_MAGIC_NUMBER
_VERSIONS = (4, 5, 6)
_PROPERTIES = "org.apache.flink.runtime.checkpoint.CheckpointProperties"
_SIZES = {"B": 1, "C": 2, "D": 8, "F": 4, "I": 4, "J": 8, "S": 2, "Z": 1}
_MOST = 1000  # Java objects, and fields of a class: CheckpointProperties has about 10 of each
_DEPTH = 12  # of Java objects and classes in one another: CheckpointProperties needs 4


@dataclass(frozen=True, slots=True)
class OperatorState:
    """What a snapshot holds of one operator."""

    operator_id: str
    """32 hexadecimal digits, as Flink prints them."""
    name: str | None
    """None before format 5, and when the job gave none."""
    uid: str | None
    parallelism: int
    max_parallelism: int
    subtasks: int
    """Subtasks that reported, the finished ones included; 0 when all of them had finished."""
    finished: bool
    """Whether the whole operator had finished, so that there is no state to restore."""
    has_state: bool
    """Whether anything would be lost by leaving the operator out."""


@dataclass(frozen=True, slots=True)
class FileRef:
    """A state file that the snapshot cannot be restored without."""

    path: str
    """As recorded: a URI, or relative to the folder that holds `_metadata`."""
    size: int
    """The least number of bytes that the file must have."""
    relative: bool


@dataclass(frozen=True, slots=True)
class Metadata:
    """The content of a `_metadata` file that was read to its end."""

    version: int
    """Of the format: 4, 5 or 6."""
    checkpoint_id: int
    operators: tuple[OperatorState, ...]
    files: tuple[FileRef, ...]
    """Each file once, in order of first mention."""
    state_bytes: int
    """What the snapshot keeps alive: every file once, and the state inside `_metadata` itself."""

    def lowest_max_parallelism(self) -> int | None:
        """How far the job can be scaled; operators that can only run once (Flink's committers) do not count."""
        limits = [each.max_parallelism for each in self.operators if each.max_parallelism > 1]
        return min(limits, default=None)


def parse_metadata(read: Callable[[int], bytes]) -> Metadata:
    """Parse a `_metadata` file, from the first byte to the last.

    `read(n)` gives at most `n` bytes and none at the end; it is called until the end, in pieces, so
    memory does not grow with the file but with the number of files and operators that it names.
    Raises BadMetadata with the offset of what is wrong, and lets errors of `read` pass.
    """
    stream = MetadataStream(read)
    if stream.int32() != _MAGIC:
        stream.fail("it does not begin like a _metadata file of Flink", 4)
    version = stream.int32()
    if version not in _VERSIONS:
        stream.fail(f"format {version} is not supported, only 4 (Flink 1.20), 5 and 6 (2.x)", 4)
    checkpoint_id = stream.int64()
    if checkpoint_id < 0:
        stream.fail(f"checkpoint id {checkpoint_id} cannot be", 8)
    for _ in range(stream.count("master states", 18)):
        _skip_master_state(stream)
    handles = Handles(stream, typed_channels=version >= 6)
    operators = _parse_operators(stream, handles, named=version >= 5)
    _skip_properties(stream)
    if not stream.is_at_end():
        stream.fail("something follows the end")
    files = tuple(FileRef(path, size, relative) for (path, relative), size in handles.files.items())
    state_bytes = handles.inline_bytes + sum(file.size for file in files)
    return Metadata(version, checkpoint_id, operators, files, state_bytes)


def _skip_master_state(stream: MetadataStream) -> None:
    if stream.int32() & 0xFFFFFFFF != _MASTER_MAGIC:
        stream.fail("a master state does not begin like one", 4)
    end = stream.int32()
    end += stream.offset
    stream.int32()  # its own version
    stream.text()
    stream.skip(stream.count("bytes of master state", 1))
    if stream.offset != end:
        stream.fail("a master state is not as long as it says")


def _parse_operators(
    stream: MetadataStream, handles: Handles, *, named: bool
) -> tuple[OperatorState, ...]:
    # 100,000 is ten times what any job graph can carry, and bounds memory.
    operators: dict[str, OperatorState] = {}
    for _ in range(stream.count("operators", 29, most=100_000)):
        name, uid = (stream.text(), stream.text()) if named else ("", "")
        operator_id = stream.take(16).hex()
        if operator_id in operators:
            stream.fail(f"operator {operator_id} occurs twice", 16)
        parallelism, max_parallelism = stream.int32(), stream.int32()
        if not 0 < parallelism <= max_parallelism <= MAX_KEY_GROUPS:
            stream.fail(f"parallelism {parallelism} of {max_parallelism} cannot be", 8)
        has_state = handles.inline_or_null()
        subtasks = stream.int32()
        finished = subtasks == -1
        if finished and has_state:
            stream.fail("a finished operator has coordinator state", 4)
        if not finished and not 0 <= subtasks <= parallelism:
            stream.fail(f"{subtasks} subtasks of {parallelism} cannot be", 4)
        found = _parse_subtasks(stream, handles, max(subtasks, 0), parallelism)
        operators[operator_id] = OperatorState(
            operator_id=operator_id,
            name=name or None,
            uid=uid or None,
            parallelism=parallelism,
            max_parallelism=max_parallelism,
            subtasks=max(subtasks, 0),
            finished=finished,
            has_state=has_state or found,
        )
    return tuple(operators.values())


def _parse_subtasks(
    stream: MetadataStream, handles: Handles, subtasks: int, parallelism: int
) -> bool:
    """Read an operator's subtasks; True when any of them has state."""
    seen: set[int] = set()
    found = False
    for _ in range(subtasks):
        stored = stream.int32()
        index = stored if stored >= 0 else -stored - 1  # negative: that subtask had finished
        if index >= parallelism or index in seen:
            stream.fail(f"subtask {index} cannot be, or occurs twice", 4)
        seen.add(index)
        if stored >= 0:
            found = _parse_subtask(stream, handles) or found
    return found


def _parse_subtask(stream: MetadataStream, handles: Handles) -> bool:
    before = stream.offset
    for _ in ("managed", "raw"):
        if stream.flag(4):
            handles.operator_handle()
    for _ in ("managed", "raw"):
        handles.keyed_handle()
    handles.channels(inputs=True)
    handles.channels(inputs=False)
    return stream.offset - before > 18  # what two flags, two kinds and two counts take when empty


def _skip_properties(stream: MetadataStream) -> None:
    """Walk over the serialized CheckpointProperties, building nothing of it."""
    if stream.take(4) != b"\xac\xed\x00\x05":
        stream.fail("no Java object follows the operators", 4)
    _JavaObject(stream).skip_root()


class _JavaObject:
    """The part of Java's serialization grammar that CheckpointProperties needs.

    Source: Java Object Serialization Specification, chapter 6. Only plain fields, strings and enum
    constants: no class that writes itself, no array, no exception.
    """

    def __init__(self, stream: MetadataStream) -> None:
        self._stream = stream
        self._handles: list[tuple[str, str] | None] = []  # of a class: name, its fields' types

    def skip_root(self) -> None:
        """Walk over the one object."""
        if self._stream.byte() != 0x73:
            self._stream.fail("the checkpoint's properties are no object", 1)
        name = self._object(0)
        if name != _PROPERTIES:
            self._stream.fail(f"the checkpoint's properties are of {name}")

    def _content(self, depth: int) -> None:
        stream = self._stream
        tag = stream.byte()
        if depth > _DEPTH:
            stream.fail("the checkpoint's properties nest too deeply", 1)
        if tag == 0x71:
            self._reference()
        elif tag == 0x73:
            self._object(depth)
        elif tag == 0x74:
            self._remember(None)
            stream.text()
        elif tag == 0x7E:
            self._class(depth)
            self._remember(None)
            self._content(depth + 1)
        elif tag != 0x70:
            stream.fail(f"the checkpoint's properties hold an unknown kind {tag:#x}", 1)

    def _object(self, depth: int) -> str:
        name, types = self._class(depth)
        self._remember(None)
        for kind in types:
            if kind == "L":
                self._content(depth + 1)
            else:
                self._stream.skip(_SIZES[kind])
        return name

    def _class(self, depth: int, *, above: bool = False) -> tuple[str, str]:
        """Read a class's name and the types of its fields; with `above`, there may be none."""
        stream = self._stream
        tag = stream.byte()
        if tag == 0x70 and above:
            return "", ""
        if tag == 0x71:
            known = self._reference()
            if known is not None:
                return known
        if tag != 0x72 or depth > _DEPTH:
            stream.fail(f"the checkpoint's properties have no class here but {tag:#x}", 1)
        name = stream.text()
        stream.skip(8)  # serialVersionUID
        place = self._remember(None)
        flags = stream.byte()
        if flags not in (0x02, 0x12):  # serializable, and enum
            stream.fail(f"class {name} of the checkpoint's properties writes itself", 1)
        types = "".join(self._field(depth) for _ in range(int.from_bytes(stream.take(2), "big")))
        if stream.byte() != 0x78:
            stream.fail("a class of the checkpoint's properties is annotated", 1)
        known = (name, self._class(depth + 1, above=True)[1] + types)
        if len(known[1]) > _MOST:
            stream.fail(f"class {name} of the checkpoint's properties has too many fields")
        self._handles[place] = known
        return known

    def _field(self, depth: int) -> str:
        kind = chr(self._stream.byte())
        self._stream.text()
        if kind == "L":
            self._content(depth + 1)  # the name of its type
        elif kind not in _SIZES:
            self._stream.fail(f"the checkpoint's properties have a field of kind {kind!r}")
        return kind

    def _reference(self) -> tuple[str, str] | None:
        place = self._stream.int32() - 0x7E0000  # ObjectStreamConstants.baseWireHandle
        if not 0 <= place < len(self._handles):
            self._stream.fail("the checkpoint's properties refer to nothing", 4)
        return self._handles[place]

    def _remember(self, known: tuple[str, str] | None) -> int:
        if len(self._handles) >= _MOST:
            self._stream.fail("the checkpoint's properties have too many objects")
        self._handles.append(known)
        return len(self._handles) - 1
