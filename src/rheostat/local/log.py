"""Logs of an attempt, live or kept: which there are, and the end of one.

Called by the API through `engines.py`. Never opens a file that its own listing does not name.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from rheostat.errors import NotFound

_MAX_TAIL_BYTES = 8 * 1024 * 1024
"""Most that one call returns; a log file has ten megabytes at most."""
_FOLDER = re.compile(r"jobmanager|taskmanager-\d{1,4}")
_FILE = re.compile(r"[A-Za-z0-9][\w.-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFile:
    """One file that can be read."""

    name: str
    """Unique within the attempt: `jobmanager.log`, `taskmanager-0.out`, `taskmanager-0.log.1`."""
    path: Path
    size: int
    """Bytes, just now."""


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


def read_log(logs: tuple[LogFile, ...], name: str, tail_bytes: int) -> bytes:
    """Read the end of a listed log, at most 8 MiB. Raises `NotFound`."""
    log = next((each for each in logs if each.name == name), None)
    if log is None:
        raise NotFound(f"There is no log {name!r}.")
    try:
        with log.path.open("rb") as file:
            size = file.seek(0, 2)
            wanted = max(0, min(tail_bytes, _MAX_TAIL_BYTES, size))
            file.seek(size - wanted)
            return file.read(wanted)
    except FileNotFoundError as err:
        raise NotFound(f"The log {name!r} was just removed.") from err


def read_last_lines(logs: tuple[LogFile, ...], names: tuple[str, ...], count: int) -> str | None:
    """The last lines of the first of the named logs that is not empty."""
    for name in names:
        if any(log.name == name and log.size > 0 for log in logs):
            text = read_log(logs, name, 16 * 1024).decode(errors="replace").strip()
            if text:
                return "\n".join(text.splitlines()[-count:])
    return None


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
        return LogFile(name=name, path=file, size=file.stat().st_size)
    except FileNotFoundError:
        return None
