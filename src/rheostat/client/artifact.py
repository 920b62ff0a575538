"""Artifacts, over the API: JARs are hashed here first, and sent only when the server lacks them."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from rheostat.client.connection import Connection, Request, Upload, render_path
from rheostat.errors import Invalid, NotFound, TooLarge
from rheostat.wire.artifact import LIMIT_BYTES, ArtifactView
from rheostat.wire.common import Page

_BLOCK_BYTES = 1024 * 1024


def read_digest(file: Path) -> tuple[str, int]:
    """SHA-256 in hex and size in bytes, block by block; `Invalid` when it cannot be read."""
    found, size = hashlib.sha256(), 0
    for block in _blocks(file):
        found.update(block)
        size += len(block)
    return found.hexdigest(), size


class Artifacts:
    """What can be asked about the JARs of a project."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, project: str, *, limit: int | None = None) -> Iterator[ArtifactView]:
        """Yield all artifacts of a project, newest first; `limit` is the size of a page."""
        path = render_path("projects", project, "artifacts")
        return self._connection.pages(Page[ArtifactView], path, limit=limit)

    def get(self, project: str, digest: str) -> ArtifactView:
        """Load one artifact by its SHA-256 in hex."""
        path = render_path("projects", project, "artifacts", digest)
        return self._connection.fetch(ArtifactView, path)

    def upload(
        self, project: str, file: Path, *, progress: Callable[[int, int], None] | None = None
    ) -> ArtifactView:
        """Bring a JAR to the project; one that it has already is not sent. Repeating is harmless.

        `progress` is called with the bytes sent and the bytes of the file.

        Raises:
            Invalid: the file cannot be read; `NotAJar` and `JarUnsafe` are among these.
            TooLarge: it has more than 512 MiB.
        """
        digest, size = read_digest(file)
        if size > LIMIT_BYTES:
            raise TooLarge(f"{file} has {size:,} bytes; at most {LIMIT_BYTES:,} are taken")
        try:
            return self.get(project, digest)
        except NotFound:
            pass  # of the project, too: the upload says so
        request = Request(
            "POST",
            render_path("projects", project, "artifacts"),
            upload=Upload(lambda: _read_blocks(file, size, progress), size),
            query={"name": file.name},
            repeatable=True,
        )
        return self._connection.call(ArtifactView, request)


def _read_blocks(
    file: Path, size: int, progress: Callable[[int, int], None] | None
) -> Iterator[bytes]:
    sent = 0
    for block in _blocks(file):
        yield block
        sent += len(block)
        if progress:
            progress(sent, size)


def _blocks(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as open_file:
            while block := open_file.read(_BLOCK_BYTES):
                yield block
    except OSError as err:
        raise Invalid(f"{file} cannot be read: {err.strerror}.") from err
