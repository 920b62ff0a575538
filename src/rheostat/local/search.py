"""Search one log for a text, without holding the file, or a line of any length, in memory."""

import re
from collections.abc import Sequence
from pathlib import Path

from rheostat.errors import NotFound
from rheostat.ports import LogMatch, Searched

CHUNK_BYTES = 1024 * 1024
TEXT_BYTES = 2000
"""Most that is shown of one line."""
BUDGET_BYTES = 128 * 1024 * 1024
"""Most that one call reads: an answer comes within a second, and the next call goes on behind it."""


class _Scan:
    """Goes through a file line by line; of a line longer than a chunk it holds only the end."""

    def __init__(self, needle: bytes, line: int) -> None:
        self._pattern = re.compile(re.escape(needle), re.IGNORECASE)
        self._keep = len(needle) + TEXT_BYTES
        self._needs = len(needle) - 1
        self.line = line
        """Number of the line that begins the buffer, or that it is in the middle of."""
        self.matches: list[LogMatch] = []
        self._has_matched = False
        """The line in whose middle the buffer begins was found already."""
        self._checked = 0
        """So many bytes at the buffer's beginning were searched before."""

    def take(self, buffer: bytes, base: int, *, is_last: bool) -> int:
        """Search what is whole; return how many bytes are done with."""
        done = buffer.rfind(b"\n") + 1
        begin = 0
        while begin < done:
            end = buffer.index(b"\n", begin)
            self._look(buffer, base, begin, end)
            begin, self.line, self._has_matched, self._checked = end + 1, self.line + 1, False, 0
        rest = len(buffer) - begin
        if is_last and rest:
            self._look(buffer, base, begin, len(buffer))
            return len(buffer)
        if rest <= CHUNK_BYTES:
            return begin
        self._look(buffer, base, begin, len(buffer))
        kept = min(self._keep, rest)
        self._checked = max(kept - self._needs, 0)
        return len(buffer) - kept

    def _look(self, buffer: bytes, base: int, begin: int, end: int) -> None:
        if self._has_matched:
            return
        found = self._pattern.search(buffer, begin + (self._checked if begin == 0 else 0), end)
        if found is None:
            return
        self._has_matched = True
        first = begin if end - begin <= TEXT_BYTES else max(begin, found.start() - TEXT_BYTES // 4)
        while first > begin and first < end and buffer[first] & 0xC0 == 0x80:
            first += 1  # not in the middle of a character
        text = buffer[first : min(end, first + TEXT_BYTES)]
        self.matches.append(
            LogMatch(offset=base + first, line=self.line, text=_decode(text)),
        )


def search(path: Path, text: str, begin: tuple[int, int], limit: int) -> Searched:
    """Find lines that hold a text; ASCII letters match in upper and lower case.

    `begin` is an offset at which a line begins, and that line's number. Raises `NotFound`.
    """
    base, line = begin
    scan = _Scan(text.encode("utf-8", "surrogatepass"), line)
    buffer, read = b"", 0
    try:
        with path.open("rb") as file:
            file.seek(base)
            while True:
                chunk = file.read(CHUNK_BYTES)
                read += len(chunk)
                buffer += chunk
                done = scan.take(buffer, base, is_last=not chunk)
                base, buffer = base + done, buffer[done:]
                is_over = not chunk
                if is_over or len(scan.matches) > limit or read >= BUDGET_BYTES:
                    break
    except FileNotFoundError as err:
        raise NotFound("The log was just removed.") from err
    return _cut(scan.matches, limit, None if is_over else (base, scan.line))


def _cut(matches: Sequence[LogMatch], limit: int, rest: tuple[int, int] | None) -> Searched:
    """At most `limit`; what was found beyond is found again by the next call."""
    if len(matches) > limit:
        first_left = matches[limit]
        return Searched(matches=tuple(matches[:limit]), next=(first_left.offset, first_left.line))
    return Searched(matches=tuple(matches), next=rest)


def _decode(text: bytes) -> str:
    return text.removesuffix(b"\r").decode("utf-8", "replace")
