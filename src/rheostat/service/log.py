"""From bytes of a log to text: whole characters, and whole lines but for the file's last one. Pure."""

from dataclasses import dataclass

from rheostat.ports import LogPart

LONGEST_CHAR = 4
"""Bytes of a character in UTF-8, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Text of a log, and where it stands."""

    text: str
    offset: int
    next_offset: int
    file: str
    """Where `next_offset` counts from."""
    is_rolled: bool
    is_partial: bool
    """The file holds more, before or behind."""


def as_text(part: LogPart, *, is_live: bool, is_tail: bool = False) -> Text:
    """Cut a part where lines end.

    A tail, read from one byte before what is wanted, begins with a whole line, too, if it holds one.
    """
    end = part.offset + len(part.data)
    is_end = end >= part.size_bytes
    data = part.data
    first = _first(data, is_tail=is_tail) if part.offset > 0 else 0
    last = len(data)
    if not is_end:
        last = data.rfind(b"\n", first) + 1 or _whole(data, first)
    elif is_live and not part.next_identity:
        last = _whole(data, first)  # its other bytes are about to come
    goes_on = bool(part.next_identity) and is_end
    return Text(
        text=data[first:last].decode("utf-8", "replace"),
        offset=part.offset + first,
        next_offset=0 if goes_on else part.offset + last,
        file=part.next_identity if goes_on else part.identity,
        is_rolled=part.is_rolled,
        is_partial=part.offset + first > 0 or part.offset + last < part.size_bytes,
    )


def _first(data: bytes, *, is_tail: bool) -> int:
    """Where to begin: behind the line that was cut in two, else behind the character that was."""
    if is_tail:
        newline = data.find(b"\n")
        if 0 <= newline < len(data) - 1:
            return newline + 1
    for place, byte in enumerate(data[: LONGEST_CHAR - 1]):
        if byte & 0xC0 != 0x80:
            return place
    return 0  # four in a row begin nowhere: not UTF-8


def _whole(data: bytes, first: int) -> int:
    """Where the last whole character ends; what can never become one is taken as it is."""
    for back in range(1, min(LONGEST_CHAR, len(data) - first + 1)):
        byte = data[-back]
        if byte & 0xC0 == 0x80:
            continue
        length = 4 if byte >= 0xF0 else 3 if byte >= 0xE0 else 2 if byte >= 0xC0 else 1
        return len(data) - back if back < length and byte < 0xF8 else len(data)
    return len(data)
