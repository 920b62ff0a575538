"""The Flink configuration keys that Rheostat sets itself, each with the reason why nobody else may.

One table for every place where a key can be written: a job's own configuration, `SET` and `RESET` in
a script, and the configuration that a running job reports. Key spellings, deprecated and fallback
ones included, are those of the `ConfigOption` constants of Flink 1.20.5 and 2.3.0. This module only
answers; who refuses, and when, is the caller's matter.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rheostat.errors import FieldProblem


@dataclass(frozen=True, slots=True)
class Reserved:
    """One reserved key, or all keys with a common beginning."""

    pattern: str
    """An exact key, or the beginning of keys when it ends in `*`."""
    reason: str
    """One sentence for the person who tried to set it."""
    minimum: int | None = None
    """The key is free for whole numbers from here on; None: no number frees it."""
    only: tuple[str, ...] = ()
    """If not empty, only these values (in any case) are reserved, every other one is free."""

    @property
    def way_out(self) -> str:
        """What to do instead, as one imperative sentence."""
        if self.minimum is not None:
            return f"Set {self.minimum} or more, or leave it out."
        return "Choose another value." if self.only else "Leave it out."


_IDENTITY = (
    "Rheostat gives every attempt its own job, application and cluster id, and finds it by them."
)
_PLACE = "Rheostat decides where a job runs and what its main class is."
_HA = "Rheostat sets up high availability per job; shared or missing metadata would start a job twice."
_STORAGE = "Rheostat finds a job's snapshots by the folder that it chose for them."
_RETENTION = (
    "Rheostat restores from retained checkpoints, so Flink must not delete them at the end."
)
_RETAINED = (
    "Rheostat needs at least 3 retained checkpoints to have an older one when the newest is broken."
)
_RECOVERY = "Rheostat chooses the snapshot that a job starts from, and always claims nothing of it."
_ENDING = "Rheostat reads how a job ended before it lets the cluster go."
_RESULTS = (
    "Rheostat keeps the result of each launch apart, so that an ended job is never started again."
)
_LISTENER = "Rheostat hears of a job's state through its own listener."
_NETWORK = "Rheostat assigns addresses and ports, and reaches the job through them."
_WORKERS = (
    "Rheostat sets how long a restarted JobManager waits for its TaskManagers, and their number."
)
_JARS = "Rheostat puts a version's jar files in place, so that a version always runs the same code."
_DML = "Rheostat's runner submits the job and does not wait for it, which this key would change."
_UNTESTED = "It moves state files in ways that Rheostat cannot yet protect from deletion."
_OURS = "It belongs to Rheostat."

_FORST = (
    "forst",
    "org.apache.flink.state.forst.ForStStateBackend",
    "org.apache.flink.state.forst.ForStStateBackendFactory",
)

_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (_OURS, ("rheostat.*",)),
    (
        _IDENTITY,
        (
            "$internal.*",
            "cluster.id",
            "kubernetes.cluster-id",
            "kubernetes.namespace",
            "jobmanager.resource-id",
            "taskmanager.resource-id",
        ),
    ),
    (
        _PLACE,
        (
            "execution.target",
            "kubernetes.context",
            "kubernetes.config.file",
            "kubernetes.entry.path",
            "kubernetes.internal.*",
            "kubernetes.jobmanager.entrypoint.args",
            "kubernetes.taskmanager.entrypoint.args",
        ),
    ),
    (_HA, ("high-availability*", "recovery.*")),
    (
        _STORAGE,
        (
            "execution.checkpointing.dir",
            "state.checkpoints.dir",
            "state.backend.fs.checkpointdir",
            "execution.checkpointing.savepoint-dir",
            "state.savepoints.dir",
            "savepoints.state.backend.fs.dir",
            "execution.checkpointing.create-subdir",
            "state.checkpoints.create-subdir",
            "execution.checkpointing.storage",
            "state.checkpoint-storage",
        ),
    ),
    (_RETENTION, ("execution.checkpointing.externalized-checkpoint-retention",)),
    (
        _RECOVERY,
        (
            "execution.state-recovery.path",
            "execution.savepoint.path",
            "execution.state-recovery.claim-mode",
            "execution.savepoint-restore-mode",
            "execution.state-recovery.ignore-unclaimed-state",
            "execution.savepoint.ignore-unclaimed-state",
            "execution.state-recovery.without-channel-state.*",
            "execution.checkpointing.recover-without-channel-state.*",
        ),
    ),
    (
        _ENDING,
        (
            "execution.shutdown-on-application-finish",
            "execution.shutdown-on-attached-exit",
            "execution.submit-failed-job-on-application-error",
            "execution.terminate-application-on-any-job-terminated-exceptionally",
        ),
    ),
    (_RESULTS, ("job-result-store.*", "application-result-store.*")),
    (_LISTENER, ("execution.job-status-changed-listeners", "execution.job-listeners")),
    (
        _NETWORK,
        (
            "rest.address",
            "rest.port",
            "rest.bind-address",
            "rest.bind-port",
            "rest.path",
            "rest.url-prefix",
            "web.address",
            "web.port",
            "jobmanager.web.address",
            "jobmanager.web.port",
            "jobmanager.rpc.*",
            "jobmanager.bind-host",
            "resourcemanager.rpc.port",
            "blob.server.port",
            "taskmanager.host",
            "taskmanager.bind-host",
            "taskmanager.rpc.*",
            "taskmanager.data.port",
            "taskmanager.data.bind-port",
            "taskmanager.network.bind-policy",
            "taskmanager.collect-sink.port",
            "metrics.internal.query-service.port",
            "queryable-state.server.ports",
            "queryable-state.proxy.ports",
            "query.server.ports",
            "query.proxy.ports",
            "jmx.server.port",
        ),
    ),
    (
        _WORKERS,
        ("resourcemanager.previous-worker.recovery.timeout", "kubernetes.jobmanager.replicas"),
    ),
    (_JARS, ("pipeline.jars", "pipeline.classpaths")),
    (_DML, ("table.dml-sync", "execution.attached")),
    (
        _UNTESTED,
        (
            "state.changelog.*",
            "state.backend.changelog.*",
            "dstl.*",
            "execution.checkpointing.file-merging.*",
            "state.checkpoints.file-merging.*",
            "state.backend.forst.*",
        ),
    ),
)

RESERVED: tuple[Reserved, ...] = (
    *(Reserved(pattern, reason) for reason, patterns in _GROUPS for pattern in patterns),
    Reserved("execution.checkpointing.num-retained", _RETAINED, minimum=3),
    Reserved("state.checkpoints.num-retained", _RETAINED, minimum=3),
    Reserved("state.backend.type", _UNTESTED, only=_FORST),
    Reserved("state.backend", _UNTESTED, only=_FORST),
)
"""Every reserved key. No two patterns match the same key."""

_EXACT = {entry.pattern: entry for entry in RESERVED if not entry.pattern.endswith("*")}
_PREFIXES = tuple(entry for entry in RESERVED if entry.pattern.endswith("*"))


def find_reserved(key: str, value: str | None = None) -> Reserved | None:
    """Find the entry that forbids setting `key`, or None when it is free.

    `value` is what the key would be set to; None means that it would be removed or is not known. An
    entry with a minimum frees whole numbers from it on, an entry with `only` frees every value but
    those listed. Blanks around the key are ignored; its case is not, as in Flink.
    """
    name = key.strip()
    entry = _EXACT.get(name)
    if entry is None:
        return next((e for e in _PREFIXES if name.startswith(e.pattern[:-1])), None)
    if entry.only:
        return entry if value is not None and value.strip().lower() in _lowered(entry) else None
    if entry.minimum is not None and _reaches(value, entry.minimum):
        return None
    return entry


def check_configuration(conf: Mapping[str, str]) -> tuple[FieldProblem, ...]:
    """Name every reserved key of a job's Flink configuration, in the order given."""
    found = ((key, find_reserved(key, value)) for key, value in conf.items())
    return tuple(
        FieldProblem(
            where=f"flink_configuration.{key}",
            message=f"{key} is reserved: {entry.reason} {entry.way_out}",
        )
        for key, entry in found
        if entry is not None
    )


def _lowered(entry: Reserved) -> frozenset[str]:
    return frozenset(value.lower() for value in entry.only)


def _reaches(value: str | None, minimum: int) -> bool:
    """Whether `value` is a whole number of at least `minimum` that a Java int can hold."""
    text = (value or "").strip()
    if not text.isascii() or not text.isdigit() or len(text) > 10:
        return False
    return minimum <= int(text) <= 2**31 - 1
