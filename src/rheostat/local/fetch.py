"""Fetch a package by its lock, with pip itself, and show real progress.

Called by `engine.py`, and by the demo for its data. The lock is in pip's own format, with hashes and without a host: pip's settings
say where packages come from, and pip refuses a file that does not have the hash.
"""

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rheostat.clock import monotonic_s
from rheostat.errors import CannotLook, Missing

LOCKS = Path(__file__).parent / "engines"
FLINK_PACKAGE = "apache-flink-libraries"

_STUB = '''\
"""Names a source archive's metadata without running any of its code."""

import pathlib
import shutil


class _Backend:
    def get_requires_for_build_wheel(self, config_settings=None):
        return []

    def prepare_metadata_for_build_wheel(self, metadata_directory, config_settings=None):
        text = pathlib.Path("PKG-INFO").read_text(encoding="utf-8")
        facts = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
        name = facts["Name"].replace("-", "_") + "-" + facts["Version"] + ".dist-info"
        folder = pathlib.Path(metadata_directory, name)
        folder.mkdir()
        shutil.copy("PKG-INFO", folder / "METADATA")
        return name


__legacy__ = _Backend()
'''
"""Stands in for setuptools while pip looks at 1.20, which has no wheel: `setup.py` is never run."""


_FLAGS = (
    "--no-deps",
    "--no-build-isolation",
    "--use-pep517",
    "--no-cache-dir",
    "--require-hashes",
    "--progress-bar=off",
    "--quiet",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an installation is."""

    step: str
    """`download`, `unpack`, `class archives`, `done`."""
    message: str
    done: int | None = None
    """Bytes so far."""
    total: int | None = None
    eta_s: float | None = None
    """From this download's own rate; None until one is known."""


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """What a lock file of one package says."""

    path: Path
    title: str
    """What people call it: `Flink 2.3.0`."""
    release: str
    """`2.3.0`."""
    size_bytes: int
    sha256: str


def list_locks() -> tuple[str, ...]:
    """Every version of Flink that can be installed."""
    return tuple(sorted(path.stem for path in LOCKS.glob("*.lock")))


def load_lock(version: str) -> Lock:
    """Read the lock of a minor version. Raises `Missing` when there is none."""
    path = LOCKS / f"{version}.lock"
    if version not in list_locks():
        known = ", ".join(list_locks())
        raise Missing(f"Flink {version} cannot be installed here; known: {known}.")
    return read_lock(path, FLINK_PACKAGE, "Flink")


def read_lock(path: Path, package: str, title: str) -> Lock:
    """Read release, size and hash of the one package in a lock. Raises `Missing` when it is damaged."""
    text = path.read_text(encoding="utf-8")
    release = re.search(rf"^{re.escape(package)}==(\S+)", text, re.MULTILINE)
    size = re.search(r"^# size: (\d+)", text, re.MULTILINE)
    sha256 = re.search(r"--hash=sha256:([0-9a-f]{64})", text)
    if not (release and size and sha256):
        raise Missing(f"The lock of {title} is damaged: {path}.")
    return Lock(
        path=path,
        title=f"{title} {release[1]}",
        release=release[1],
        size_bytes=int(size[1]),
        sha256=sha256[1],
    )


def find_fetched(lock: Lock, folder: Path) -> Path | None:
    """Find the locked file in `folder` by its hash, whatever its name; None when it is not there whole."""
    files = [file for file in folder.glob("*") if file.is_file()]
    return next((file for file in files if _digest(file) == lock.sha256), None)


def find_installed(lock: Lock) -> Mapping[str, Path]:
    """Find Flink's files where pip has installed the locked release for us: `rheostat[local]`.

    Names within the package, and where each file is; empty when it is not there, or another release.
    """
    try:
        package = importlib.metadata.distribution(FLINK_PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        return {}
    if package.version != lock.release:
        return {}
    return {str(file): Path(str(file.locate())) for file in package.files or ()}


def fetch(lock: Lock, folder: Path, report: Report) -> Path:
    """Download the locked package into `folder`, or find it there whole; returns the file.

    Raises `Missing` without pip and uv, `CannotLook` when the download failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if (found := find_fetched(lock, folder)) is not None:
        return found
    scratch = folder / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    try:
        _run_pip(lock, folder, scratch, report)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if (found := find_fetched(lock, folder)) is None:
        raise CannotLook(f"The download did not leave {lock.title}.")
    return found


def _pip() -> tuple[str, ...]:
    if importlib.util.find_spec("pip") is not None:
        return (sys.executable, "-m", "pip")
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv is None:
        raise Missing(
            "Neither pip nor uv is here to fetch the package.",
            hint=f"run: {sys.executable} -m ensurepip, or install uv",
        )
    return (uv, "tool", "run", "pip")


def _run_pip(lock: Lock, folder: Path, scratch: Path, report: Report) -> None:
    stub = scratch / "stub" / "setuptools"
    stub.mkdir(parents=True)
    (stub / "__init__.py").write_text("", encoding="utf-8")
    (stub / "build_meta.py").write_text(_STUB, encoding="utf-8")
    command = (*_pip(), "download", *_FLAGS)
    environment = {**os.environ, "TMPDIR": str(scratch), "PYTHONPATH": str(stub.parent)}
    log = scratch / "pip.log"
    with log.open("wb") as out:
        pip = subprocess.Popen(
            (*command, "-r", str(lock.path), "-d", str(folder)),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            _follow(pip, lock, scratch, report)
        finally:
            if pip.poll() is None:
                pip.terminate()
            pip.wait()
    if pip.returncode != 0:
        words = log.read_text(encoding="utf-8", errors="replace").strip()[-2000:]
        raise CannotLook(f"pip could not fetch {lock.title}: {words}")


def _follow(pip: "subprocess.Popen[bytes]", lock: Lock, scratch: Path, report: Report) -> None:
    """Report the growth of the largest file in pip's scratch folder until pip ends."""
    began = monotonic_s()
    shown = -1
    while pip.poll() is None:
        done = min(_largest(scratch), lock.size_bytes)
        elapsed = monotonic_s() - began
        if done > shown:  # pip removes its file at the end
            eta = (lock.size_bytes - done) * elapsed / done if done else None
            report(
                Progress(
                    step="download",
                    message=lock.title,
                    done=done,
                    total=lock.size_bytes,
                    eta_s=eta,
                )
            )
            shown = done
        time.sleep(0.2)


def _largest(folder: Path) -> int:
    largest = 0
    for file in folder.glob("pip-*/*"):
        with contextlib.suppress(OSError):
            largest = max(largest, file.stat().st_size)
    return largest


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
