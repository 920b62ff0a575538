"""Engine folders: Flink's jar files, one folder per minor version, with class archives.

Called by the CLI (`rheostat engine install`) and by `engines.py`. Layout below the home::

    2.3/lib  opt  plugins  licenses     as released, but with the planner's own jar on the class path
    2.3/aside/                          flink-table-planner-loader, which that jar replaces
    2.3/archives/<key>/{jm,tm}.jsa      class archives; the key is Java's version and the jar list
    2.3/archives/<key>.base.jsa         Java's own classes, where it came without their archive
    2.3/engine.json                     written last: without it the engine is not installed
    .making-2.3/  .lock-2.3             a download or an unpacking under way, and its lock
"""

import contextlib
import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from rheostat.errors import CannotLook, Missing
from rheostat.local.engine_folder import Engine, digest_jars
from rheostat.local.fetch import (
    Lock,
    Progress,
    Report,
    fetch,
    find_installed,
    list_locks,
    load_lock,
)
from rheostat.local.java import Java, find_java
from rheostat.local.material import PACKAGED_AGENT
from rheostat.local.training import train
from rheostat.local.unpack import link, unpack


class EngineHome:
    """The folder that holds every installed engine."""

    def __init__(self, root: Path, agent_jar: Path = PACKAGED_AGENT) -> None:
        self.root = root
        self._agent_jar = agent_jar

    def install(self, version: str, report: Report) -> Engine:
        """Make an engine complete: what is there already is kept, what was interrupted goes on.

        Called again after a change of Java, it makes the class archives for the new one. An archive
        that cannot be made costs only time at each start, so that is reported and not raised. Raises
        `Missing` (no Java, no pip), `CannotLook` (the download failed), `Unusable`.
        """
        java = find_java(version)
        with self._alone(version, report):
            engine = self._unpack(version, report)
            message = "class archives are there"
            if not engine.has_archives(java):
                message = self._make_archives(engine, java, report)
            self._complete(engine, java)
        report(Progress(step="done", message=f"Flink {engine.release}, {message}: {engine.path}"))
        return engine

    def find(self, version: str) -> Engine:
        """Find an installed engine. Raises `Missing` with the command that installs it."""
        path = self.root / version
        hint = f"run: rheostat engine install {version}"
        try:
            facts = json.loads((path / "engine.json").read_text(encoding="utf-8"))
            return Engine(version=facts["version"], release=facts["release"], path=path)
        except FileNotFoundError as err:
            raise Missing(f"Flink {version} is not installed here.", hint=hint) from err
        except (ValueError, KeyError) as err:
            raise Missing(f"The installation of Flink {version} is damaged.", hint=hint) from err

    def list(self) -> tuple[Engine, ...]:
        """Every installed engine, by version."""
        found = []
        for version in list_locks():
            with contextlib.suppress(Missing):
                found.append(self.find(version))
        return tuple(found)

    @contextlib.contextmanager
    def _alone(self, version: str, report: Report) -> Iterator[None]:
        """Hold the version's lock; waits for another installer, and says so."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / f".lock-{version}").open("a", encoding="utf-8") as file:
            is_said = False
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if not is_said:
                        report(Progress(step="wait", message="another installer is at work"))
                        is_said = True
                    time.sleep(0.3)
            yield

    def _unpack(self, version: str, report: Report) -> Engine:
        """Link or fetch what is not there yet; a folder under its final name is whole."""
        lock = load_lock(version)
        final = self.root / version
        if not self._is_whole(final, lock):
            making = self.root / f".making-{version}"
            shutil.rmtree(making / "engine", ignore_errors=True)
            if installed := find_installed(lock):
                report(Progress(step="link", message=f"{lock.title}, as pip has installed it"))
                link(installed, making / "engine")
            else:
                package = fetch(lock, making / "download", report)
                report(Progress(step="unpack", message=package.name))
                unpack(package, making / "engine")
            (making / "engine" / "release").write_text(lock.release, encoding="utf-8")
            if final.exists():
                final.rename(making / f"old-{os.getpid()}")
            (making / "engine").rename(final)
            shutil.rmtree(making, ignore_errors=True)
        return Engine(version=version, release=lock.release, path=final)

    def _complete(self, engine: Engine, java: Java) -> None:
        """Mark the engine installed, atomically."""
        folder = engine.archive_folder(java)
        facts = {
            "version": engine.version,
            "release": engine.release,
            "jars": digest_jars(engine.jars),
            "java": java.version.splitlines()[0],
            "archives": sorted(str(jsa.relative_to(engine.path)) for jsa in folder.glob("*.jsa")),
        }
        temporary = engine.path / f".engine.json-{os.getpid()}"
        temporary.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
        temporary.rename(engine.path / "engine.json")

    def _make_archives(self, engine: Engine, java: Java, report: Report) -> str:
        if java.feature < 13:  # JEP 350
            return "no class archives on this Java"
        try:
            train(engine, java, self._agent_jar, report)
        except (CannotLook, Missing) as err:
            return f"no class archives ({err})"
        return "class archives made"

    @staticmethod
    def _is_whole(final: Path, lock: Lock) -> bool:
        release = final / "release"
        return release.exists() and release.read_text(encoding="utf-8") == lock.release
