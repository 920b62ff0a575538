"""What the control loop needs from the world. Adapters fit by shape; mypy proves it in `app.py`."""

import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rheostat.core.failure import Cause
from rheostat.model.ids import AttemptId, FlinkJobId, OperationId
from rheostat.model.job import Jar
from rheostat.model.observation import Asked, Inspected, Watched
from rheostat.model.run import Operation
from rheostat.model.snapshot import RestorePoint


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchSpec:
    """All that an engine is made from. The same value for the same attempt, always."""

    attempt_id: AttemptId
    flink_job_id: FlinkJobId
    flink: str
    job_name: str
    is_streaming: bool
    sql: str
    """Empty with a JAR."""
    jar: Jar | None = None
    flink_configuration: Mapping[str, str]
    """What the user set, resources included; defaults and reserved keys are added by the adapter."""
    restore: RestorePoint
    checkpoint_dir: str
    savepoint_dir: str
    ports: Mapping[str, int]
    token: str = field(repr=False)
    """The agent's bearer token."""


class Engines(Protocol):
    """A place where Flink runs. Every method is idempotent; raises `CannotLook`, `Missing`, `Unusable`."""

    async def choose_ports(self) -> Mapping[str, int]:
        """Ports that are free now; `Launch` may still find one taken."""

    async def materialise(self, spec: LaunchSpec) -> None:
        """Make what the engine needs, out of sight. Nothing is visible until the permit is written."""

    async def write_permit(self, attempt_id: AttemptId) -> None:
        """Make the unused permit, once; later calls do nothing."""

    async def launch(self, spec: LaunchSpec) -> None:
        """Start the JobManager if the permit is unused, and TaskManagers that are not alive."""

    async def watch(self, attempt_id: AttemptId) -> Watched:
        """Look at the attempt; never raises: a failed look is an answer."""

    async def revoke_permit(self, attempt_id: AttemptId) -> None:
        """From the return on, no JobManager of this attempt can start."""

    async def terminate(self, attempt_id: AttemptId) -> None:
        """End every process of the attempt, politely first; returns when they are gone or after 10 s."""

    async def archive(self, attempt_id: AttemptId) -> None:
        """Keep the logs, remove the rest. Only for an attempt whose processes are gone."""

    async def wait_change(self) -> AttemptId:
        """Return when something about an attempt may have changed: a hint, never a fact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A JAR that is kept, whole."""

    digest: str
    """SHA-256 in hex."""
    size_bytes: int
    main: str | None
    """The manifest's `Main-Class`."""


class Artifacts(Protocol):
    """Where JARs are kept, by digest."""

    async def receive(self, chunks: AsyncIterator[bytes]) -> Received:
        """Keep a JAR whole, or nothing of it; one that is kept already stays.

        Raises:
            TooLarge, NotAJar, JarUnsafe: it is not kept.
        """


class LogFile(Protocol):
    """One log file of an attempt."""

    @property
    def name(self) -> str:
        """Unique within the attempt: `jobmanager.log`, `taskmanager-0.out`."""

    @property
    def size(self) -> int:
        """Bytes, when it was listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPart:
    """A part of one log file, as bytes."""

    size_bytes: int
    """Of the file."""
    offset: int
    data: bytes
    identity: str
    """Which file it is, whatever it is called."""
    is_rolled: bool = False
    """It is not the file that was expected to be read on."""
    next_identity: str = ""
    """The file that came after it; empty = it is the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogMatch:
    """One line that holds what was searched for."""

    offset: int
    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What one search found, and where (offset, line) to go on; None = the end was reached."""

    matches: Sequence[LogMatch]
    next: tuple[int, int] | None


class Logs(Protocol):
    """Logs of live and ended attempts; only names that `log_files` lists. Raises `NotFound`."""

    async def log_files(self, attempt_id: AttemptId) -> Sequence[LogFile]:
        """What there is; empty for an attempt that left nothing."""

    async def read_tail(self, attempt_id: AttemptId, name: str, limit: int) -> LogPart:
        """The last bytes of one file."""

    async def read_log(
        self, attempt_id: AttemptId, name: str, offset: int, limit: int, identity: str = ""
    ) -> LogPart:
        """Bytes from an offset on; with `identity` of the file that had that offset, also if it was rolled."""

    async def search_log(
        self, attempt_id: AttemptId, name: str, text: str, begin: tuple[int, int], limit: int
    ) -> Searched:
        """Lines that hold a text, from the line on that begins at (offset, line)."""

    async def stream_log(self, attempt_id: AttemptId, name: str) -> AsyncIterator[bytes]:
        """The whole file as it is now, chunk by chunk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failure that a JobManager remembers."""

    at: dt.datetime
    """The JobManager's clock."""
    cause: Cause
    task: str | None = None
    location: str | None = None


class Failures(Protocol):
    """What running JobManagers remember of failures. Raises `CannotLook`."""

    async def failures(self, url: str, job_id: FlinkJobId) -> Sequence[Failure]:
        """The newest first; empty for a job that it does not know."""


class JobManagers(Protocol):
    """The REST interface of running JobManagers, by base URL. Raises `CannotLook`."""

    async def ask(
        self, url: str, job_id: FlinkJobId, operation: OperationId | None, *, is_stop: bool
    ) -> Asked:
        """Look at one job, and at one of our operations; never raises."""

    async def stop(self, url: str, job_id: FlinkJobId, operation: Operation) -> None:
        """Trigger stop-with-savepoint as the operation's options say; repeating within five minutes is harmless (`rest.async.store-duration`)."""

    async def savepoint(self, url: str, job_id: FlinkJobId, operation: Operation) -> None:
        """Trigger a savepoint; the job runs on. Repeating as for `stop`."""

    async def cancel(self, url: str, job_id: FlinkJobId) -> None:
        """Cancel the job; harmless when it has ended."""

    async def inspect(self, url: str, job_id: FlinkJobId, asked: Asked) -> Inspected:
        """Look at what a running job really uses; `asked` is the look that found it running."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What reading one snapshot showed."""

    path: str
    proven: int
    checkpoint_id: int | None
    size_bytes: int | None
    modified_at: dt.datetime | None
    fault: str | None = None
    max_parallelism: int | None = None
    metadata_version: int | None = None
    note: str | None = None
    """What the proof leaves open, where it holds: not every file was looked at."""


class Snapshots(Protocol):
    """Storage of snapshots. Raises `CannotLook` when it could not be asked."""

    async def list(self, directory: str) -> tuple[str, ...]:
        """URIs of the folders below `directory` that hold a `_metadata`; empty if there is none."""

    async def prove(self, path: str, *, level: int) -> Proof:
        """Read `_metadata` to its end (level 1) and look at every file it names (level 2)."""
