"""JARs in the data directory, by digest: fits `rheostat.ports.Artifacts`; engines take theirs from here.

Built by `app`. A file under its final name is whole: it is written under another, checked, and renamed.
"""

import asyncio
import contextlib
import errno
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from typing import ParamSpec, TypeVar

from rheostat.clock import new_id
from rheostat.errors import ArtifactGone, RheostatError, TooLarge, Unusable
from rheostat.local.jar import check_jar
from rheostat.ports import Received
from rheostat.wire.artifact import LIMIT_BYTES

P = ParamSpec("P")
T = TypeVar("T")

_BLOCK_BYTES = 1024 * 1024
_UPLOAD = ".upload-"


@dataclass(slots=True)
class _Upload:
    """A file under way. Nothing is buffered: what a full disk refuses is told by the write itself."""

    path: Path
    file: FileIO
    size: int = 0
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def write(self, block: bytes) -> None:
        self.size += len(block)
        if self.size > LIMIT_BYTES:
            raise TooLarge(f"the JAR has more than {LIMIT_BYTES // 1024**2} MiB")
        self.digest.update(block)
        left = memoryview(block)
        while left:
            left = left[self.file.write(left) :]

    def finish(self, folder: Path) -> Received:
        """Check it, make it durable, and give it its name."""
        main = check_jar(self.path)
        os.fsync(self.file.fileno())
        digest = self.digest.hexdigest()
        self.path.rename(folder / f"{digest}.jar")
        _sync_folder(folder)
        return Received(digest=digest, size_bytes=self.size, main=main)

    def discard(self) -> None:
        """Leave nothing under the first name, whatever the disk says. What is kept was synced before."""
        with contextlib.suppress(OSError):
            self.file.close()
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)


class LocalArtifacts:
    """A folder of JARs. Only one server writes it: the data directory is locked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in folder.glob(f"{_UPLOAD}*"):  # by a server that was ended while it received
            left.unlink(missing_ok=True)

    async def receive(self, chunks: AsyncIterator[bytes]) -> Received:
        """Write, hash and check it block by block; memory holds one block. A broken upload leaves nothing."""
        upload = await _in_thread(self._begin)
        try:
            block = bytearray()
            async for chunk in chunks:
                block += chunk
                if len(block) >= _BLOCK_BYTES:
                    await _in_thread(upload.write, bytes(block))
                    block.clear()
            await _in_thread(upload.write, bytes(block))
            return await _in_thread(upload.finish, self.folder)
        finally:
            upload.discard()

    def _begin(self) -> _Upload:
        path = self.folder / f"{_UPLOAD}{new_id()}"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        return _Upload(path=path, file=FileIO(handle, "wb"))


def copy_artifact(folder: Path, digest: str, name: str, target: Path) -> None:
    """Copy a JAR to where an engine takes it, and prove on the way that it is the one.

    Raises:
        ArtifactGone: it is not there, or its bytes have another digest. The target is not left behind.
    """
    found = hashlib.sha256()
    try:
        with (folder / f"{digest}.jar").open("rb") as source, target.open("xb") as copy:
            while block := source.read(_BLOCK_BYTES):
                found.update(block)
                copy.write(block)
    except FileNotFoundError as err:
        raise _gone(f"{name} is not in the artifacts any more", digest) from err
    if found.hexdigest() != digest:
        with contextlib.suppress(FileNotFoundError):
            target.unlink()
        raise _gone(f"{name} was changed on disk: its digest is {found.hexdigest()[:12]}", digest)


async def _in_thread(function: Callable[P, T], *args: P.args, **given: P.kwargs) -> T:
    """Work on a disk that may be slow, or full."""
    try:
        return await asyncio.to_thread(function, *args, **given)
    except OSError as err:
        is_full = err.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        what = "make room where the server's data directory is" if is_full else "see to that disk"
        raise Unusable(
            f"the JAR cannot be kept: {err.strerror}", hint=f"{what}, then upload it again"
        ) from err


def _gone(what: str, digest: str) -> RheostatError:
    return ArtifactGone(f"{what} ({digest[:12]}…).", hint="Upload it again, then start again.")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
