"""One installed version of Flink: where its files are, and which class archive fits.

Called by everything in `local` that starts Java. Only reads.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from rheostat.local.java import Java

RECIPE = 2
"""Raise it when `training.py` makes archives that hold more: the next installation makes them anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """One installed version of Flink."""

    version: str
    """`2.3`, as jobs name it."""
    release: str
    """`2.3.0`."""
    path: Path

    @property
    def jars(self) -> tuple[str, ...]:
        """The class path, in an order that never changes: archives depend on it."""
        return tuple(str(jar) for jar in sorted((self.path / "lib").glob("*.jar")))

    def archive_folder(self, java: Java) -> Path:
        """Where the class archives for this Java are, or would be."""
        what = f"{RECIPE}\n{java.version}\n{digest_jars(self.jars)}"
        key = hashlib.sha256(what.encode()).hexdigest()
        return self.path / "archives" / key[:16]

    def base_archive(self, java: Java) -> Path:
        """Where the archive of Java's own classes is, for a Java that came without one.

        Archives made on top of it hold its path, so it never moves.
        """
        return self.archive_folder(java).with_suffix(".base.jsa")

    def has_archives(self, java: Java) -> bool:
        """Whether both class archives for this Java are there."""
        return all((self.archive_folder(java) / f"{role}.jsa").exists() for role in ("jm", "tm"))

    def archive_flags(self, java: Java, role: str) -> tuple[str, ...]:
        """The flag that uses the class archive of `jm` or `tm`; none when there is no archive."""
        archive, base = self.archive_folder(java) / f"{role}.jsa", self.base_archive(java)
        if not archive.exists():
            return ()
        files = f"{base}:{archive}" if base.exists() else str(archive)
        return (f"-XX:SharedArchiveFile={files}",)


def digest_jars(jars: tuple[str, ...]) -> str:
    """SHA-256 over names and sizes; contents are pinned by the lock's hash."""
    lines = (f"{os.path.basename(jar)} {os.path.getsize(jar)}\n" for jar in jars)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
