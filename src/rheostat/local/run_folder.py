"""The run folder of one attempt: permit, processes, outcome; read and changed by renames only.

Called by `engines.py`. A folder under its final name exists since the permit was made, once, ever:
`write_permit` is the rename that makes it, and a tombstone in the logs folder outlives it. The order
of looks and renames here is what `docs/lifecycle.md` (the guard) relies on; change neither lightly.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rheostat.core.local_conf import hide_secrets, parse_yaml, render_yaml
from rheostat.errors import Unusable
from rheostat.local.process import Identity, is_alive
from rheostat.local.shim import JOBMANAGER
from rheostat.model.ids import AttemptId
from rheostat.model.observation import PermitState
from rheostat.model.run import JobEnd, Outcome, WitnessKind

_LIMIT_BYTES = 64 * 1024
"""No file of ours is larger; the agent's outcome has at most 3,500 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """One process of the attempt, by its pid file."""

    name: str
    incarnation: str
    who: Identity


@dataclass(frozen=True, slots=True)
class RunFolder:
    """One attempt's places. Making this value looks at nothing."""

    runs_dir: Path
    logs_dir: Path
    attempt_id: AttemptId

    @property
    def path(self) -> Path:
        """The folder under its final name."""
        return self.runs_dir / self.attempt_id

    @property
    def making(self) -> Path:
        """The folder before there is a permit."""
        return self.runs_dir / f".making-{self.attempt_id}"

    @property
    def tombstone(self) -> Path:
        """Where the logs go at the end; from its existence on, no permit can be made."""
        return self.logs_dir / self.attempt_id

    def write_permit(self) -> None:
        """Make the permit, once. Raises `Unusable` when nothing was prepared, or it was revoked."""
        if self.path.exists():
            return
        if self.tombstone.exists():
            raise Unusable("This attempt's permit was taken away.")
        try:
            self.making.rename(self.path)
        except FileNotFoundError as err:
            if self.path.exists():
                return
            raise Unusable("This attempt was not prepared.") from err
        # A revocation that found no folder left its tombstone first, and looked again after that.
        if self.tombstone.exists():
            self.revoke_permit()
            raise Unusable("This attempt's permit was taken away.")

    def revoke_permit(self) -> None:
        """Rename the permit until none is left. Without a folder: see that none can be made."""
        if not self.path.exists():
            self.tombstone.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(self.making, ignore_errors=True)
        while live := [p for p in self._permits() if not p.startswith("permit.revoked-")]:
            for permit in live:
                number = len(self._permits())
                with contextlib.suppress(FileNotFoundError):
                    (self.path / permit).rename(self.path / f"permit.revoked-{number}")

    def read_permit(self) -> PermitState:
        """Read the permit's state now."""
        permits = self._permits()
        if any(p.startswith("permit.revoked-") for p in permits):
            return PermitState.REVOKED
        if any(p.startswith("permit.claimed-") for p in permits):
            return PermitState.CLAIMED
        return PermitState.UNUSED if permits else PermitState.NONE

    def was_refused(self) -> bool:
        """Whether every JobManager that was ever started here was refused, and there was one."""
        refused = self._refused()
        incarnations = [s.incarnation for s in self.started() if s.name == JOBMANAGER]
        return bool(refused) and all(each in refused for each in incarnations)

    def started(self) -> tuple[Started, ...]:
        """Every process that ever got as far as its pid file; the oldest first."""
        found = []
        for entry in self._entries():
            if not entry.startswith("pid-"):
                continue
            name, _, incarnation = entry.removeprefix("pid-").rpartition("-")
            with contextlib.suppress(FileNotFoundError):
                file = self.path / entry
                facts = json.loads(file.read_bytes())
                who = Identity(pid=facts["pid"], start=facts["start"], boot=facts["boot"])
                started = Started(name=name, incarnation=incarnation, who=who)
                found.append((file.stat().st_mtime_ns, started))
        return tuple(started for _, started in sorted(found, key=lambda pair: pair[0]))

    def alive(self) -> tuple[Started, ...]:
        """The processes that live now; refused ones on their way out among them."""
        return tuple(started for started in self.started() if is_alive(started.who))

    def choose(self, name: str, started: tuple[Started, ...]) -> Started | None:
        """The process that counts under a name: one that was not refused, alive, the newest."""
        own = [each for each in started if each.name == name]
        refused = self._refused()
        own = [each for each in own if each.incarnation not in refused] or own
        living = [each for each in own if is_alive(each.who)]
        candidates = living or own
        return candidates[-1] if candidates else None

    def list_taskmanagers(self) -> tuple[str, ...]:
        """Name the TaskManagers that belong to the attempt."""
        with contextlib.suppress(FileNotFoundError):
            count = json.loads((self.path / "run.json").read_bytes())["taskmanagers"]
            return tuple(f"taskmanager-{i}" for i in range(count))
        return ()

    def read_outcome(self) -> Outcome | None:
        """Read what the agent wrote down at the end; raises ValueError when it is damaged."""
        try:
            with (self.path / "outcome.json").open("rb") as file:
                return parse_outcome(json.loads(file.read(_LIMIT_BYTES)))
        except FileNotFoundError:
            return None

    def archive(self) -> None:
        """Move the logs to the tombstone, remove the rest. Raises `Unusable` while something lives."""
        if self.alive():
            raise Unusable("A process of this attempt is alive; its folder stays.")
        self.tombstone.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self.making, ignore_errors=True)
        removing = self.runs_dir / f".removing-{self.attempt_id}"
        if self.path.exists():
            self._keep()
            self.path.rename(removing)
        shutil.rmtree(removing, ignore_errors=True)

    def _keep(self) -> None:
        for log in self._subfolders(self.path / "log"):
            if not (self.tombstone / log.name).exists():
                shutil.move(log, self.tombstone / log.name)
        with contextlib.suppress(FileNotFoundError):
            shutil.copy(self.path / "outcome.json", self.tombstone / "outcome.json")
        with contextlib.suppress(FileNotFoundError):
            conf = parse_yaml((self.path / "conf" / "config.yaml").read_text(encoding="utf-8"))
            text = render_yaml(hide_secrets(conf))
            (self.tombstone / "config.yaml").write_text(text, encoding="utf-8")

    @staticmethod
    def _subfolders(folder: Path) -> Iterator[Path]:
        with contextlib.suppress(FileNotFoundError):
            yield from [entry for entry in folder.iterdir() if entry.is_dir()]

    def _entries(self) -> list[str]:
        try:
            return os.listdir(self.path)
        except FileNotFoundError:
            return []

    def _refused(self) -> frozenset[str]:
        prefix = "refused-"
        entries = (entry for entry in self._entries() if entry.startswith(prefix))
        return frozenset(entry.removeprefix(prefix) for entry in entries)

    def _permits(self) -> list[str]:
        return [entry for entry in self._entries() if entry.startswith("permit.")]


def parse_outcome(facts: Any) -> Outcome:
    """Read the agent's outcome. Raises ValueError when it is none."""
    if not isinstance(facts, dict):
        raise ValueError("the outcome is not an object")  # noqa: TRY004  the caller handles one error

    def text(key: str) -> str | None:
        value = facts.get(key)
        return None if value is None else str(value)

    def number(key: str) -> int | None:
        value = facts.get(key)
        return value if isinstance(value, int) else None

    return Outcome(
        status=JobEnd(str(facts.get("status"))),
        witness=WitnessKind.ENGINE,
        source="watched",
        code=text("code"),
        message=text("message"),
        cause=text("cause"),
        statement=number("statement"),
        line=number("line"),
        column=number("column"),
    )
