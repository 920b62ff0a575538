"""Whether a version can be started from a snapshot, as far as that is known without Flink. Pure.

Flink's own rules are its table of what savepoints and checkpoints are good for ("Checkpoints vs.
savepoints", 1.20 and 2.x), and what its `Checkpoints.loadAndValidateCheckpoint` refuses.
"""

from dataclasses import dataclass

from rheostat.core.effective import effective_conf, parallelism_in
from rheostat.model.job import Content
from rheostat.model.phase import Reason
from rheostat.model.run import SavepointFormat
from rheostat.model.snapshot import Snapshot, SnapshotKind

READS_UP_TO = {"1.20": 4}
"""The newest format of `_metadata` that a Flink reads and writes; those not named: `NEWEST_FORMAT`."""
NEWEST_FORMAT = 6
BACKEND_KEYS = ("state.backend.type", "state.backend")
BACKEND_DEFAULT = "hashmap"
BACKEND_WORDS = {"rocksdb": "rocksdb", "hashmap": "hashmap", "filesystem": "hashmap",
                 "jobmanager": "hashmap", "forst": "forst"}  # fmt: skip
"""What the name or class of a backend contains, and which one that is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a start would restore, as far as its fit depends on it; None = not known."""

    name: str
    is_bound: bool
    """To the state backend that wrote it: a checkpoint, or a native savepoint."""
    aligned: bool | None = None
    max_parallelism: int | None = None
    metadata_version: int | None = None


def origin_of(snapshot: Snapshot) -> Origin:
    """A snapshot that is there."""
    is_checkpoint = snapshot.kind is SnapshotKind.CHECKPOINT
    return Origin(
        name=snapshot.path.rsplit("/", 1)[-1],
        is_bound=is_checkpoint or snapshot.native is True,
        aligned=snapshot.aligned,
        max_parallelism=snapshot.max_parallelism,
        metadata_version=snapshot.metadata_version,
    )


def origin_to_be(running: Content, newest: Snapshot | None, save_format: SavepointFormat) -> Origin:
    """The savepoint that a stop would make; `newest` is the last snapshot of the same run."""
    return Origin(
        name="the savepoint",
        is_bound=save_format is SavepointFormat.NATIVE,
        max_parallelism=newest.max_parallelism if newest else None,
        metadata_version=READS_UP_TO.get(running.flink, NEWEST_FORMAT),
    )


def judge_fit(origin: Origin, made_by: Content, target: Content) -> Reason | None:
    """Why `target` cannot start from it; None = nothing speaks against it.

    Args:
        origin: what it would start from.
        made_by: the content of the version that made it.
        target: the content that would be started.
    """
    flinks = {"snapshot": origin.name, "made_by": made_by.flink, "flink": target.flink}
    readable = READS_UP_TO.get(target.flink, NEWEST_FORMAT)
    if origin.metadata_version is not None and origin.metadata_version > readable:
        return Reason("snapshot_of_newer_flink", flinks)
    if origin.aligned is False and made_by.flink != target.flink:
        return Reason("unaligned_other_flink", flinks)
    highest, parallelism = origin.max_parallelism, parallelism_of(target)
    if highest is not None and parallelism > highest:
        fields = {"parallelism": str(parallelism), "max": str(highest), "snapshot": origin.name}
        return Reason("parallelism_above_max", fields)
    before, after = backend_of(made_by), backend_of(target)
    if origin.is_bound and before != after:
        fields = {"snapshot": origin.name, "before": before, "after": after}
        return Reason("backend_changed", fields)
    return None


def parallelism_of(content: Content) -> int:
    """What a job's operators run with unless its program's code says otherwise."""
    return parallelism_in(effective_conf(content)) or 1


def backend_of(content: Content) -> str:
    """The state backend that a content asks for, by its short name."""
    conf = effective_conf(content)
    written = next((conf[key] for key in BACKEND_KEYS if key in conf), BACKEND_DEFAULT)
    written = written.strip().lower()
    return next((name for word, name in BACKEND_WORDS.items() if word in written), written)
