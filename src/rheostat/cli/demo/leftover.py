"""What a demo that was killed has left running: noted while it runs, ended by the next demo.

One file for each demo that runs, in the user's cache. Processes are known by pid and start stamp, so that
nothing is ended but what the demo had started.
"""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rheostat.cli.demo.archive import cache_folder
from rheostat.local.process import Identity, end_all, identify, is_alive
from rheostat.local.run_folder import RunFolder
from rheostat.model.ids import AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What was left of one demo, and is no more."""

    folder: Path
    has_server: bool
    engines: int
    """Processes of Flink."""
    is_removed: bool
    """The folder was a temporary one."""


class Note:
    """The note of the demo that runs now."""

    def __init__(self, folder: Path, *, is_kept: bool) -> None:
        """Written at once, without a server."""
        self._path = notes_folder() / f"{os.getpid()}.json"
        self._facts: dict[str, Any] = {
            "folder": str(folder),
            "is_kept": is_kept,
            "demo": _facts(os.getpid()),
        }
        self._write()

    def add_server(self, pid: int) -> None:
        """Note the server as soon as it is there."""
        self._facts["server"] = _facts(pid)
        self._write()

    def remove(self) -> None:
        """Forget it all: nothing is left running."""
        self._path.unlink(missing_ok=True)

    def _write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_suffix(".new")
        temporary.write_text(json.dumps(self._facts), encoding="utf-8")
        temporary.rename(self._path)


def notes_folder() -> Path:
    """Where notes are kept."""
    return cache_folder().parent / "demos"


def end_leftovers() -> Iterator[Ended]:
    """End what demos have left that do not run any more: the server first, for it would start engines again."""
    for note in sorted(notes_folder().glob("*.json")):
        try:
            facts = json.loads(note.read_bytes())
            demo, server = _identity(facts["demo"]), _identity(facts.get("server"))
            folder, is_kept = Path(facts["folder"]), bool(facts["is_kept"])
        except FileNotFoundError:
            continue
        except (ValueError, KeyError, TypeError):
            note.unlink(missing_ok=True)
            continue
        if demo is not None and is_alive(demo):
            continue
        has_server = server is not None and is_alive(server)
        end_all([server] if server is not None else [])
        engines = list(_engines(folder / "server"))
        end_all(engines)
        if not is_kept:
            shutil.rmtree(folder, ignore_errors=True)
        note.unlink(missing_ok=True)
        if has_server or engines:
            yield Ended(
                folder=folder,
                has_server=has_server,
                engines=len(engines),
                is_removed=not is_kept,
            )


def _engines(data: Path) -> Iterator[Identity]:
    """Every live process of Flink below a data directory, by the pid files of its run folders."""
    runs = data / "runs"
    for path in sorted(runs.glob("*")):
        folder = RunFolder(runs, data / "logs", AttemptId(path.name))
        yield from (started.who for started in folder.alive())


def _facts(pid: int) -> dict[str, Any] | None:
    who = identify(pid)
    return None if who is None else asdict(who)


def _identity(facts: dict[str, Any] | None) -> Identity | None:
    return None if facts is None else Identity(**facts)
