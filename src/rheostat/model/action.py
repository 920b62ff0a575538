"""What the control loop can do to the world: each idempotent, keyed by (attempt, action)."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class ResolveRestore:
    """List and prove the branch's snapshots, and choose what the next attempt starts from."""


@dataclass(frozen=True, slots=True)
class WriteAttempt:
    """Write the next attempt, with ids, ports and restore point, ahead of everything it makes."""


@dataclass(frozen=True, slots=True)
class Materialise:
    """Make what the engine needs before it starts: configuration, SQL, agent, token."""


@dataclass(frozen=True, slots=True)
class WritePermit:
    """Make the launch permit: once per attempt, before the first launch."""


@dataclass(frozen=True, slots=True)
class Launch:
    """Start the JobManager, if its permit is unused, and every TaskManager that is not alive."""


@dataclass(frozen=True, slots=True)
class TriggerStop:
    """Ask the JobManager to stop the job with a savepoint, under a trigger id of ours."""


@dataclass(frozen=True, slots=True)
class TriggerSavepoint:
    """Ask the JobManager for a savepoint of the running job, under a trigger id of ours."""


@dataclass(frozen=True, slots=True)
class CancelJob:
    """Ask the JobManager to cancel the job."""


@dataclass(frozen=True, slots=True)
class RevokePermit:
    """Take the permit away: from here on no JobManager of this attempt can start."""


@dataclass(frozen=True, slots=True)
class Terminate:
    """End every process of the attempt."""


@dataclass(frozen=True, slots=True)
class VerifyGone:
    """Look that nothing of the attempt is left alive; raises if something is."""


@dataclass(frozen=True, slots=True)
class ListSnapshots:
    """Read what the attempt left in storage, and record what is proven about it."""


@dataclass(frozen=True, slots=True)
class ArchiveLogs:
    """Move the logs to where they outlive the attempt, and remove the rest of what it made."""


Action: TypeAlias = (
    ResolveRestore
    | WriteAttempt
    | Materialise
    | WritePermit
    | Launch
    | TriggerStop
    | TriggerSavepoint
    | CancelJob
    | RevokePermit
    | Terminate
    | VerifyGone
    | ListSnapshots
    | ArchiveLogs
)

NAMES: dict[type[Action], str] = {
    ResolveRestore: "resolve_restore",
    WriteAttempt: "write_attempt",
    Materialise: "materialise",
    WritePermit: "write_permit",
    Launch: "launch",
    TriggerStop: "trigger_stop",
    TriggerSavepoint: "trigger_savepoint",
    CancelJob: "cancel",
    RevokePermit: "revoke_permit",
    Terminate: "terminate",
    VerifyGone: "verify_gone",
    ListSnapshots: "list_snapshots",
    ArchiveLogs: "archive_logs",
}
"""The names under which actions appear in events and plans."""
