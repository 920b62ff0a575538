"""The data directory: one server at a time, keys that only its owner reads."""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from rheostat.errors import Conflict, Unusable


@dataclass(frozen=True, slots=True)
class DataDir:
    """Where everything is that a server keeps on disk."""

    root: Path

    @property
    def runs(self) -> Path:
        """A folder for each live attempt."""
        return self.root / "runs"

    @property
    def logs(self) -> Path:
        """A folder for each ended attempt."""
        return self.root / "logs"

    @property
    def state(self) -> Path:
        """Checkpoints and savepoints, by job."""
        return self.root / "state"

    @property
    def artifacts(self) -> Path:
        """JARs, by digest."""
        return self.root / "artifacts"

    @property
    def endpoint(self) -> Path:
        """Holds the server's present URL, for agents that outlive a server."""
        return self.root / "endpoint"

    def read_place(self) -> str:
        """The random name of this directory, made once; a copied directory keeps it."""
        return read_or_make_key(self.root / "place").hex()


@contextlib.contextmanager
def lock_data_dir(root: Path) -> Generator[DataDir]:
    """Make it if it is not there, and hold it until the end of the process.

    Raises:
        Conflict: another server has it.
        Unusable: it cannot be made or written.
    """
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as err:
        raise Unusable(f"the data directory {root} cannot be used: {err.strerror}") from err
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as err:
        os.close(handle)
        raise Conflict(
            f"another server uses the data directory {root}",
            hint="stop that one, or choose another --data-dir",
        ) from err
    try:
        data = DataDir(root.resolve())
        data.state.mkdir(mode=0o700, exist_ok=True)
        yield data
    finally:
        os.close(handle)


def read_or_make_key(path: Path) -> bytes:
    """256 random bits that stay the same for ever; the file is readable by its owner alone."""
    with contextlib.suppress(FileExistsError):
        write_secret(path, secrets.token_hex(32))
    return bytes.fromhex(path.read_text())


def write_secret(path: Path, text: str) -> None:
    """A new file, mode 0600, whole or not at all; `FileExistsError` if there is one."""
    making = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(making, path)
    finally:
        making.unlink()


def replace_secret(path: Path, text: str) -> None:
    """As `write_secret`, in place of whatever is there: what an interrupted first start left."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    write_secret(path, text)


def write_endpoint(path: Path, url: str) -> None:
    """Tell agents where the server is now; readers see the old text or the new one."""
    making = path.with_name(f".{path.name}.new")
    making.write_text(url)
    making.rename(path)
