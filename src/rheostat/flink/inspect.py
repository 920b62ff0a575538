"""What a running job really uses, whatever it was configured with: code may override configuration.

Called by `rest.py`, once per incarnation and after a rescaling. Bodies as answered by 1.20.5 and 2.3.0.
"""

from collections.abc import Awaitable
from typing import Protocol, TypeVar

from rheostat.flink import body
from rheostat.model.ids import FlinkJobId
from rheostat.model.observation import Asked, Inspected

INTERVAL = "execution.checkpointing.interval"
NEVER_MS = 2**62
"""An interval above this is Java's largest number: no checkpoint is ever triggered."""
T = TypeVar("T")


class Get(Protocol):
    """Ask a JobManager."""

    def __call__(self, url: str, path: str, shape: type[T], /) -> Awaitable[T | None]:
        """Get and decode one path; None for 404. Raises `CannotLook`."""


async def inspect_job(get: Get, url: str, job_id: FlinkJobId, asked: Asked) -> Inspected:
    """Ask for the checkpoint and job configuration and, of the adaptive scheduler, for the parallelism."""
    checkpoints = await get(url, f"/jobs/{job_id}/checkpoints/config", body.CheckpointConfig)
    config = await get(url, f"/jobs/{job_id}/config", body.JobConfig)
    settings = {INTERVAL: "0 ms"} if checkpoints is None else _checkpointing(checkpoints)
    parallelism = config.execution.parallelism if config is not None else None
    if parallelism is not None and parallelism > 0:
        settings["parallelism.default"] = str(parallelism)
    running, wanted = await _reduced(get, url, job_id) if asked.is_adaptive else (None, None)
    return Inspected(
        tasks_total=asked.tasks.get("total", 0),
        settings=settings,
        parallelism=running,
        wanted=wanted,
    )


def _checkpointing(found: body.CheckpointConfig) -> dict[str, str]:
    kept = found.externalization
    retention = "DELETE" if kept.delete_on_cancellation else "RETAIN"
    settings = {
        INTERVAL: f"{found.interval} ms" if 0 < found.interval < NEVER_MS else "0 ms",
        "execution.checkpointing.externalized-checkpoint-retention": f"{retention}_ON_CANCELLATION"
        if kept.enabled
        else "NO_EXTERNALIZED_CHECKPOINTS",
        "state.changelog.enabled": "true" if found.changelog else "false",
    }
    if found.storage is not None:
        settings["execution.checkpointing.storage"] = (
            "filesystem" if found.storage == "FileSystemCheckpointStorage" else found.storage
        )
    return settings


async def _reduced(get: Get, url: str, job_id: FlinkJobId) -> tuple[int | None, int | None]:
    """Parallelism and wish of the vertex that lacks most; both None when nothing is known."""
    detail = await get(url, f"/jobs/{job_id}", body.JobDetail)
    wishes = await get(url, f"/jobs/{job_id}/resource-requirements", dict[str, body.Requirement])
    found = [
        (vertex.parallelism, wishes[vertex.id].parallelism.upper)
        for vertex in (detail.vertices if detail is not None else ())
        if wishes is not None and vertex.id in wishes
    ]
    return max(found, key=lambda pair: pair[1] - pair[0], default=(None, None))
