"""Snapshots on a file system of this host. The control loop calls it; it only ever reads."""

import asyncio
import datetime as dt
import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from rheostat.core.metadata import FileRef, Metadata, parse_metadata
from rheostat.errors import BadMetadata, CannotLook
from rheostat.ports import Proof

METADATA = "_metadata"
DEPTH = 3
"""`<directory>/<job id>/chk-n` and `<directory>/<operation>/savepoint-*`, with one to spare."""
FILES_LIMIT = 10_000
"""So many files of one snapshot are looked at; of more, so many in even steps, the first and the last too."""
T = TypeVar("T")
_CHECKPOINT_FOLDER = re.compile(r"chk-(\d+)")


class FileSnapshots:
    """Fits `ports.Snapshots` for `file:` URIs and plain absolute paths."""

    def __init__(self, *, roots: tuple[str, ...]) -> None:
        """Files that a snapshot names absolutely are looked at only below `roots` (URIs or paths)."""
        self._roots = tuple(
            os.path.realpath(path) for root in roots if (path := _parse_path(root)) is not None
        )

    async def list(self, directory: str) -> tuple[str, ...]:
        """URIs of the folders below `directory` that hold a `_metadata`, sorted by name.

        Raises `CannotLook` when a folder is there and cannot be read.
        """
        path = _parse_path(directory)
        if path is None:
            raise CannotLook(f"not a file system path: {directory}")
        return await asyncio.to_thread(_list, path)

    async def prove(self, path: str, *, level: int) -> Proof:
        """Read `_metadata` to its end (level 1) and look at every file it names (level 2).

        A broken or missing snapshot is an answer, with `fault`; its `proven` is then the level
        that holds. Raises `CannotLook` when permission or the disk is in the way.
        """
        folder = _parse_path(path)
        if folder is None:
            return _unproven(path, f"not a file system path: {path}")
        return await asyncio.to_thread(self._prove, path, folder, level)

    def _prove(self, uri: str, folder: Path, level: int) -> Proof:
        target = folder / METADATA
        try:
            with target.open("rb") as stream:
                about = os.fstat(stream.fileno())
                metadata = parse_metadata(stream.read)
        except (FileNotFoundError, NotADirectoryError):
            return _unproven(uri, "not there")
        except BadMetadata as err:
            return _unproven(uri, err.message)
        except OSError as err:
            raise _cannot_look(target, err) from err
        fault = _wrong_id(folder, metadata)
        proven = 0 if fault else 1
        if proven and level >= 2:
            fault = self._missing(folder, metadata)
            proven = 1 if fault else 2
        return Proof(
            path=uri,
            proven=proven,
            checkpoint_id=metadata.checkpoint_id,
            size_bytes=about.st_size + sum(file.size for file in metadata.files),
            modified_at=dt.datetime.fromtimestamp(about.st_mtime, dt.UTC),
            fault=fault,
            note=None if fault else _note(level, metadata),
            max_parallelism=metadata.lowest_max_parallelism(),
            metadata_version=metadata.version,
        )

    def _missing(self, folder: Path, metadata: Metadata) -> str | None:
        """Why level 2 does not hold; None = every file is there and long enough."""
        for file in choose_sample(metadata.files, FILES_LIMIT):
            if (fault := self._fault_of(folder, file)) is not None:
                return fault
        return None

    def _fault_of(self, folder: Path, file: FileRef) -> str | None:
        path = folder / file.path if file.relative else _parse_path(file.path)
        roots = (os.path.realpath(folder),) if file.relative else self._roots
        if path is None or not _is_below(path, roots):
            return f"not proven: {file.path} is outside the known storage"
        try:
            about = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return f"{file.path} is missing"
        except OSError as err:
            raise _cannot_look(path, err) from err
        if not stat.S_ISREG(about.st_mode):
            return f"{file.path} is not a file"
        if about.st_size < file.size:
            return f"{file.path} has {about.st_size:,} bytes, not {file.size:,}"
        return None


def choose_sample(files: Sequence[T], limit: int) -> Sequence[T]:
    """All, or `limit` of them: the first, the last, and even steps between; always the same ones."""
    if len(files) <= limit:
        return files
    last = len(files) - 1
    return [files[number * last // (limit - 1)] for number in range(limit)]


def _note(level: int, metadata: Metadata) -> str | None:
    count = len(metadata.files)
    if level < 2 or count <= FILES_LIMIT:
        return None
    return f"{FILES_LIMIT:,} of its {count:,} files were looked at"


def _list(directory: Path) -> tuple[str, ...]:
    try:
        return tuple(sorted(_uri(folder) for folder in _walk(directory, DEPTH)))
    except OSError as err:
        raise _cannot_look(directory, err) from err


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    """Folders with a `_metadata`; links are not followed, and a folder that vanishes is skipped."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    if any(entry.name == METADATA and entry.is_file(follow_symlinks=False) for entry in entries):
        yield folder
        return
    if depth == 0:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), depth - 1)


def _wrong_id(folder: Path, metadata: Metadata) -> str | None:
    named = _CHECKPOINT_FOLDER.fullmatch(folder.name)
    if named is None or int(named[1]) == metadata.checkpoint_id:
        return None
    return f"{folder.name} holds checkpoint {metadata.checkpoint_id}"


def _is_below(path: Path, roots: tuple[str, ...]) -> bool:
    real = os.path.realpath(path)
    return any(os.path.commonpath((real, root)) == root for root in roots)


def _parse_path(uri: str) -> Path | None:
    """The path of `file:/x`, `file:///x` or `/x`; None for anything else.

    Nothing is percent-decoded: Flink's paths are not encoded, whatever `Path.as_uri` may do.
    """
    path = uri.removeprefix("file://") if uri.startswith("file:///") else uri.removeprefix("file:")
    return Path(path) if path.startswith("/") and "\0" not in path else None


def _uri(path: Path) -> str:
    return f"file://{path}"


def _unproven(uri: str, fault: str) -> Proof:
    return Proof(
        path=uri, proven=0, checkpoint_id=None, size_bytes=None, modified_at=None, fault=fault
    )


def _cannot_look(path: Path, err: OSError) -> CannotLook:
    return CannotLook(f"cannot read {path}: {err.strerror or err}")
