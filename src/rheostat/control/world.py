"""What the loop works with: the store, the ports, and a few settings."""

from collections.abc import Callable
from dataclasses import dataclass

from rheostat.model.ids import FlinkJobId, JobId, OperationId
from rheostat.ports import Engines, JobManagers, Snapshots
from rheostat.store.database import Database


def no_crash(point: str) -> None:
    """The crash hook of every server that is not under test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Built once by `app.py`."""

    db: Database
    engines: Engines
    jobmanagers: JobManagers
    snapshots: Snapshots
    ingest_key: bytes
    state_uri: str
    """Where checkpoints and savepoints go; no trailing slash."""
    runs_limit: int
    crash: Callable[[str], None] = no_crash
    """Called at `<action>:before|written|acted`; tests end the process there."""

    def checkpoint_dir(self, job_id: JobId) -> str:
        """Flink adds `<flink job id>/chk-<n>`."""
        return f"{self.state_uri}/{job_id}/checkpoints"

    def attempt_checkpoint_dir(self, job_id: JobId, flink_job_id: FlinkJobId) -> str:
        """Where one attempt's checkpoints are."""
        return f"{self.checkpoint_dir(job_id)}/{flink_job_id}"

    def savepoint_dir(self, job_id: JobId) -> str:
        """Each operation has its own folder below."""
        return f"{self.state_uri}/{job_id}/savepoints"

    def operation_dir(self, job_id: JobId, operation_id: OperationId) -> str:
        """Where exactly one operation may write."""
        return f"{self.savepoint_dir(job_id)}/{operation_id}"
