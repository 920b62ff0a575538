"""Logs of an attempt, live or kept: which there are, and parts of one.

Called by the API through `engines.py`. Never opens a file that its own listing does not name. A log that
is rolled (`x.log` becomes `x.log.1`, `x.log.2`, …) is followed by what file it is, not by its name.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rheostat.errors import NotFound
from rheostat.ports import LogPart

MAX_PART_BYTES = 8 * 1024 * 1024
"""Most that one call returns; a log file has ten megabytes at most."""
CHUNK_BYTES = 256 * 1024
_FOLDER = re.compile(r"jobmanager|taskmanager-\d{1,4}", re.ASCII)
_FILE = re.compile(r"[A-Za-z0-9][\w.-]{0,99}", re.ASCII)
_ROLLED = re.compile(r"\.\d{1,4}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFile:
    """One file that can be read."""

    name: str
    """Unique within the attempt: `jobmanager.log`, `taskmanager-0.out`, `taskmanager-0.log.1`."""
    path: Path
    size: int
    """Bytes, just now."""
    identity: str = ""
    """The same for the same file, whatever it is called."""
    modified_ns: int = 0


def list_logs(folders: tuple[Path, ...]) -> tuple[LogFile, ...]:
    """List the logs below several places of one attempt; the first that has a name wins."""
    found: dict[str, LogFile] = {}
    for folder in folders:
        for process in _list(folder):
            if process.is_dir() and _FOLDER.fullmatch(process.name):
                for file in _list(process):
                    log = _describe(file)
                    if log is not None:
                        found.setdefault(log.name, log)
    return tuple(found[name] for name in sorted(found))


def find_log(logs: tuple[LogFile, ...], name: str) -> LogFile:
    """A listed log. Raises `NotFound`."""
    log = next((each for each in logs if each.name == name), None)
    if log is None:
        raise NotFound(f"There is no log {name[:100]!r}.", hint="list them: rheostat run logs")
    return log


def read_tail(logs: tuple[LogFile, ...], name: str, limit: int) -> LogPart:
    """Read the end of a listed log, at most 8 MiB. Raises `NotFound`."""
    return _read(find_log(logs, name), None, limit)


def read_part(
    logs: tuple[LogFile, ...], name: str, offset: int, limit: int, identity: str = ""
) -> LogPart:
    """Read on in a listed log from an offset, at most 8 MiB. Raises `NotFound`.

    With `identity`, the file that was read before: if it was rolled since, the rest of it is read, and
    `next_identity` names the file that came after it. Without, an offset beyond the end tells of a roll.
    """
    line = _line_of(logs, find_log(logs, name))
    place = next((n for n, log in enumerate(line) if log.identity == identity), None)
    if identity and place is None:  # rolled so often that it is gone
        return _read(line[0], 0, limit, is_rolled=True)
    at = len(line) - 1 if place is None else place
    if at < len(line) - 1:
        return _read(line[at], offset, limit, is_rolled=True, successor=line[at + 1].identity)
    is_beyond = offset > line[at].path.stat().st_size
    return _read(line[at], 0 if is_beyond else offset, limit, is_rolled=is_beyond)


def iterate(log: LogFile) -> Iterator[bytes]:
    """Yield a log's bytes as they are now, chunk by chunk. Raises `NotFound`."""
    try:
        with log.path.open("rb") as file:
            left = os.fstat(file.fileno()).st_size
            while left > 0:
                chunk = file.read(min(CHUNK_BYTES, left))
                if not chunk:
                    return
                left -= len(chunk)
                yield chunk
    except FileNotFoundError as err:
        raise NotFound(f"The log {log.name!r} was just removed.") from err


def read_last_lines(logs: tuple[LogFile, ...], names: tuple[str, ...], count: int) -> str | None:
    """The last lines of the first of the named logs that is not empty."""
    for name in names:
        if any(log.name == name and log.size > 0 for log in logs):
            text = read_tail(logs, name, 16 * 1024).data.decode(errors="replace").strip()
            if text:
                return "\n".join(text.splitlines()[-count:])
    return None


def read_end_of_jvm(logs: tuple[LogFile, ...], name: str) -> str | None:
    """What HotSpot itself said when it ended a process for want of memory (`ExitOnOutOfMemoryError`)."""
    text = read_last_lines(logs, (name,), 50) or ""
    said = [line for line in text.splitlines() if line.startswith("Terminating due to ")]
    return said[-1] if said else None


def _line_of(logs: tuple[LogFile, ...], newest: LogFile) -> list[LogFile]:
    """The files that were this log, the oldest first, itself last."""
    rolled = [
        log
        for log in logs
        if log.name.startswith(newest.name) and _ROLLED.fullmatch(log.name[len(newest.name) :])
    ]
    return [*sorted(rolled, key=lambda log: log.modified_ns), newest]


def _read(
    log: LogFile, offset: int | None, limit: int, *, is_rolled: bool = False, successor: str = ""
) -> LogPart:
    """Read from an offset, or with None the end."""
    limit = max(0, min(limit, MAX_PART_BYTES))
    try:
        with log.path.open("rb") as file:
            fact = os.fstat(file.fileno())
            begin = max(fact.st_size - limit, 0) if offset is None else offset
            file.seek(begin)
            data = file.read(min(limit, max(fact.st_size - begin, 0)))
    except FileNotFoundError as err:
        raise NotFound(f"The log {log.name!r} was just removed.") from err
    return LogPart(
        size_bytes=fact.st_size,
        offset=begin,
        data=data,
        identity=_identity(fact),
        is_rolled=is_rolled,
        next_identity=successor,
    )


def _list(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _describe(file: Path) -> LogFile | None:
    """The file as a log; None for what is no plain file. A link could lead anywhere."""
    owner = file.parent.name
    name = file.name if file.name.startswith(owner) else f"{owner}.{file.name}"
    if file.is_symlink() or not file.is_file() or not _FILE.fullmatch(file.name):
        return None
    try:
        fact = file.stat()
    except FileNotFoundError:
        return None
    return LogFile(
        name=name,
        path=file,
        size=fact.st_size,
        identity=_identity(fact),
        modified_ns=fact.st_mtime_ns,
    )


def _identity(fact: os.stat_result) -> str:
    return f"{fact.st_ino:x}"
