"""Bodies about logs: which there are, a part of one by byte offset, what a search found."""

from msgspec import Struct


class LogFileView(Struct, frozen=True, kw_only=True):
    """One log file of an attempt."""

    attempt: int
    name: str
    size_bytes: int
    live: bool


class LogView(Struct, frozen=True, kw_only=True):
    """A part of one log file: whole characters, and whole lines but for the file's last one."""

    attempt: int
    name: str
    size_bytes: int
    """Of the file, when it was read."""
    offset: int
    """Where `text` begins, in bytes."""
    next_offset: int
    """Where to go on reading."""
    truncated: bool
    """The file holds something before `offset` or behind `next_offset`."""
    rolled: bool
    """The file was rolled since `file` was given: `text` is the rest of the old one, as far as it is there."""
    file: str
    """Which file this is, whatever it is called: give it back as `file` with `next_offset`."""
    text: str
    live: bool
    """The attempt has not ended: the file may grow."""


class LogLines(Struct, frozen=True, kw_only=True):
    """What a followed log grew by: the data of an event `lines`."""

    offset: int
    next_offset: int
    text: str
    rolled: bool
    file: str


class LogEnd(Struct, frozen=True, kw_only=True):
    """Of an event `end`: the attempt has ended, and everything was told."""


class LogMatch(Struct, frozen=True, kw_only=True):
    """One line that holds what was searched for."""

    offset: int
    """Where `text` begins: the line's first byte, or one near the match in a line that is very long."""
    line: int
    """Counted from 1."""
    text: str
