"""The state handles inside a Flink `_metadata` file, and the bounded stream that they are read from.

Only `metadata.py` calls this. The layout is that of `MetadataV2V3SerializerBase`,
`ChannelStateHandleSerializerV1` and `V2` of Flink 1.20.5 and 2.3.0, read strictly: whatever those
writers cannot write is refused, even where their readers would let it pass. Nothing is
deserialised; lengths are checked before they are trusted, and content is skipped, not kept.
"""

from collections.abc import Callable
from typing import NoReturn

from rheostat.errors import BadMetadata

MAX_BYTES = 512 * 1024 * 1024
"""A `_metadata` file beyond this is refused; real ones are kilobytes to some megabytes."""
MAX_FILES = 2_000_000
"""Bounds memory: a thousand subtasks with a thousand RocksDB files each are half of it."""
MAX_KEY_GROUPS = 1 << 15
"""Flink's upper bound of max parallelism (`KeyGroupRangeAssignment`)."""
MAX_DEPTH = 8
"""Handles nest changelog > keyed > stream > key groups in a stream > stream; no deeper."""
_CHUNK = 64 * 1024


class MetadataStream:
    """Big-endian values from a source of bytes, never more than `MAX_BYTES` of them."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._chunk = b""
        self._at = 0
        self._before = 0

    @property
    def offset(self) -> int:
        """How many bytes were consumed."""
        return self._before + self._at

    def fail(self, message: str, back: int = 0) -> NoReturn:
        """Raise BadMetadata for what began `back` bytes ago."""
        raise BadMetadata(message, offset=self.offset - back)

    def take(self, size: int) -> bytes:
        """Consume exactly `size` bytes, at most 64 KiB."""
        piece = self._chunk[self._at : self._at + size]
        self._at += len(piece)
        while len(piece) < size:
            self._refill()
            more = self._chunk[: size - len(piece)]
            self._at = len(more)
            piece += more
        return piece

    def skip(self, size: int) -> None:
        """Consume `size` bytes without keeping them."""
        while size > len(self._chunk) - self._at:
            size -= len(self._chunk) - self._at
            self._refill()
        self._at += size

    def is_at_end(self) -> bool:
        """Whether no byte is left."""
        if self._at < len(self._chunk):
            return False
        self._before, self._at, self._chunk = self.offset, 0, self._read(_CHUNK)
        return not self._chunk

    def _refill(self) -> None:
        self._at = len(self._chunk)
        if self.is_at_end():
            self.fail("the file ends too early")
        if self._before + len(self._chunk) > MAX_BYTES:
            self.fail(f"the file is larger than {MAX_BYTES} bytes")

    def byte(self) -> int:
        """Read one byte, unsigned."""
        return self.take(1)[0]

    def int32(self) -> int:
        """Read a signed 32-bit number."""
        return int.from_bytes(self.take(4), "big", signed=True)

    def int64(self) -> int:
        """Read a signed 64-bit number."""
        return int.from_bytes(self.take(8), "big", signed=True)

    def size(self) -> int:
        """Read a 64-bit number of bytes; no negative one."""
        size = self.int64()
        if size < 0:
            self.fail(f"a size of {size} cannot be", 8)
        return size

    def count(self, of: str, least: int, most: int = MAX_BYTES) -> int:
        """Read how many elements of at least `least` bytes each follow."""
        count = self.int32()
        if not 0 <= count <= min(most, (MAX_BYTES - self.offset) // least):
            self.fail(f"{count} {of} cannot be", 4)
        return count

    def flag(self, size: int) -> bool:
        """Read a yes or no that is `size` bytes wide."""
        value = int.from_bytes(self.take(size), "big")
        if value > 1:
            self.fail(f"{value} is neither yes nor no", size)
        return value == 1

    def text(self) -> str:
        """Read a string as `DataOutput.writeUTF` writes it: 16-bit length, modified UTF-8."""
        raw = self.take(int.from_bytes(self.take(2), "big"))
        try:
            # CESU-8: pairs of surrogates, each in three bytes; and NUL in two bytes.
            units = raw.replace(b"\xc0\x80", b"\0").decode("utf-8", "surrogatepass")
            return units.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        except UnicodeDecodeError:
            self.fail("a string is not modified UTF-8", len(raw))


class Handles:
    """Reads state handles of one file and gathers what they refer to."""

    def __init__(
        self, stream: MetadataStream, *, typed_channels: bool, most_files: int = MAX_FILES
    ) -> None:
        """Begin with nothing gathered; `typed_channels` is true from format version 6 on."""
        self.files: dict[tuple[str, bool], int] = {}
        """Path and whether it is relative, to the least number of bytes that the file holds."""
        self.inline_bytes = 0
        self._stream = stream
        self._typed_channels = typed_channels
        self._most_files = most_files
        self._keyed: dict[int, Callable[[int, int], None]] = {
            3: self._key_groups,
            7: self._key_groups,
            12: self._key_groups,
            5: self._incremental,
            11: self._incremental,
            8: self._changelog,
            14: self._changelog,
            9: self._changelog_bytes,
            10: self._changelog_files,
            13: self._changelog_files,
        }

    def inline_or_null(self) -> bool:
        """Read a coordinator's state, which Flink keeps inline; False when there is none."""
        tag = self._stream.byte()
        if tag > 1:
            self._stream.fail(f"a coordinator's state cannot have handle kind {tag}", 1)
        if tag:
            self._inline()
        return tag == 1

    def stream_handle(self, depth: int = 0) -> int:
        """Read a handle of bytes somewhere; give its kind."""
        stream = self._stream
        tag = stream.byte()
        if tag == 1:
            self._inline()
        elif tag == 2:
            size = stream.size()
            self._file(stream.text(), size, relative=False)
        elif tag == 6:
            path = stream.text()
            self._file(path, stream.size(), relative=True)
        elif tag == 3 and depth < MAX_DEPTH:
            self._key_groups(tag, depth + 1)
        elif tag == 15:
            self._segment()
        elif tag != 16:  # 16 is an empty segment and has no content
            stream.fail(f"handle kind {tag} is no known kind of stream", 1)
        return tag

    def operator_handle(self) -> None:
        """Read operator state, which is split or broadcast: kinds 4 and 17."""
        stream = self._stream
        tag = stream.byte()
        if tag not in (4, 17):
            stream.fail(f"handle kind {tag} is no known kind of operator state", 1)
        for _ in range(stream.count("operator states", 7)):
            stream.text()
            mode = stream.byte()
            if mode > 2:  # split, union, broadcast
                stream.fail(f"{mode} is no distribution mode", 1)
            stream.skip(8 * stream.count("offsets", 8))
        if tag == 17:
            stream.text()
            stream.text()
            stream.flag(1)
        delegate = self.stream_handle()
        if tag == 17 and delegate not in (15, 16):
            stream.fail(f"handle kind {delegate} is no segment of a merged file")

    def keyed_handle(self, depth: int = 0) -> int:
        """Read keyed state, any kind; give its kind, 0 for none."""
        tag = self._stream.byte()
        parse = self._keyed.get(tag)
        if tag and (parse is None or depth > MAX_DEPTH):
            self._stream.fail(f"handle kind {tag} is no known kind of keyed state", 1)
        if parse is not None:
            parse(tag, depth + 1)
        return tag

    def channels(self, *, inputs: bool) -> None:
        """Read the in-flight data of an unaligned checkpoint: one side's channels."""
        stream = self._stream
        for _ in range(stream.count("channels", 21)):
            kind = stream.byte() if self._typed_channels else 1 if inputs else 2
            if kind not in ((1, 3) if inputs else (2, 4)):
                stream.fail(f"{kind} is no known kind of channel state", 1)
            stream.int32()  # subtask
            if kind < 3:
                stream.skip(8)  # gate or partition, and channel
                stream.skip(8 * stream.count("offsets", 8))
            stream.size()
            self.stream_handle()
            if kind >= 3:
                stream.skip(stream.count("bytes of channel offsets", 1))

    def _inline(self) -> None:
        self._stream.text()
        size = self._stream.count("bytes of inline state", 1)
        self._stream.skip(size)
        self.inline_bytes += size

    def _segment(self) -> None:
        stream = self._stream
        end = stream.size() + stream.size()
        if stream.int32() not in (0, 1):  # exclusive, shared
            stream.fail("a segment has no such scope", 4)
        self._file(stream.text(), end, relative=False)
        stream.text()

    def _file(self, path: str, size: int, *, relative: bool) -> None:
        leaves = relative and (path.startswith("/") or ".." in path.split("/"))
        if not path or leaves:
            self._stream.fail(f"{path!r} cannot be the path of a state file")
        key = (path, relative)
        self.files[key] = max(size, self.files.get(key, 0))
        if len(self.files) > self._most_files:
            self._stream.fail(f"it refers to more than {self._most_files} files")

    def _key_group_range(self) -> int:
        start, count = self._stream.int32(), self._stream.int32()
        if start < 0 or count < 0 or start + count > MAX_KEY_GROUPS:
            self._stream.fail(f"{count} key groups from {start} on cannot be", 8)
        return count

    def _key_groups(self, tag: int, depth: int) -> None:
        self._stream.skip(8 * self._key_group_range())
        self.stream_handle(depth)
        if tag == 12:
            self._stream.text()

    def _incremental(self, tag: int, depth: int) -> None:
        stream = self._stream
        stream.int64()  # checkpoint
        stream.text()
        self._key_group_range()
        if tag == 11:
            stream.int64()  # checkpointed size, -1 when unknown
        self.stream_handle(depth)
        for _ in ("shared", "private"):
            for _ in range(stream.count("files", 3)):
                stream.text()
                self.stream_handle(depth)
        if tag == 11:
            stream.text()

    def _changelog(self, tag: int, depth: int) -> None:
        stream = self._stream
        self._key_group_range()
        stream.int64()  # checkpointed size, -1 when unknown
        for _ in range(stream.count("materialized states", 1)):
            self.keyed_handle(depth)
        for _ in range(stream.count("changelogs", 1)):
            kind = self.keyed_handle(depth)
            if kind not in (9, 10, 13):
                stream.fail(f"handle kind {kind} is no changelog")
        stream.skip(16 if tag == 14 else 8)  # materialization, and checkpoint
        stream.text()

    def _changelog_bytes(self, _tag: int, _depth: int) -> None:
        stream = self._stream
        self._key_group_range()
        stream.skip(16)  # from and to
        for _ in range(stream.count("changes", 8)):
            stream.int32()  # key group
            size = stream.count("bytes of a change", 1)
            stream.skip(size)
            self.inline_bytes += size
        stream.text()

    def _changelog_files(self, tag: int, depth: int) -> None:
        stream = self._stream
        self._key_group_range()
        for _ in range(stream.count("files", 9)):
            stream.int64()  # offset
            self.stream_handle(depth)
        stream.size()
        stream.int64()  # checkpointed size, -1 when unknown
        stream.text()
        if tag == 13:
            stream.text()
