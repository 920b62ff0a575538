"""What `decide` is told of a run besides the observations: its rows, and a few facts about them."""

import datetime as dt
from dataclasses import dataclass, field

from rheostat.core.wish import cancels
from rheostat.model.decision import Desired
from rheostat.model.job import GuardPolicy, Mode, Policies
from rheostat.model.run import Attempt, Intent, IntentKind, Operation, OperationKind, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One run as the store has it."""

    run: Run
    guard: GuardPolicy = GuardPolicy.RESUME_LATEST_PROVEN
    policies: Policies = field(default_factory=Policies)
    attempt: Attempt | None = None
    """The newest."""
    operation: Operation | None = None
    """The newest of that attempt."""
    intent: Intent | None = None
    """The open one."""
    has_room: bool = True
    lost: int = 0
    """How many attempts in a row were lost without a word from the engine, within `LOST_WINDOW`."""
    failed: int = 0
    """How many attempts Flink itself has called FAILED within `LOST_WINDOW`; restores that failed left out."""
    has_vanished: bool = False
    """That attempt completed checkpoints, and a look found none of them any more."""
    newest_checkpoint_id: int | None = None
    """The highest proven one of that attempt, savepoints left out."""
    savepoint_checkpoint_id: int | None = None
    """The checkpoint id of the open operation's savepoint, once it is proven."""
    checkpoint_interval: dt.timedelta | None = None
    """None = the job takes no checkpoints."""
    is_interval_chosen: bool = False
    """The version names it; else it is our default."""
    parallelism: int | None = None
    """As the version names it; None = it does not."""

    @property
    def desired(self) -> Desired:
        """What the open intent says, else that it runs."""
        if self.intent is None:
            return Desired.RUN
        match self.intent.kind:
            case IntentKind.STOP:
                return Desired.STOP
            case IntentKind.CANCEL:
                return Desired.CANCEL
            case IntentKind.SAVEPOINT:
                return Desired.SAVEPOINT
            case IntentKind.RESTART:
                is_batch = self.run.mode is Mode.BATCH
                is_canceled = is_batch or cancels(self.intent.kind, self.intent.options)
                return Desired.CANCEL if is_canceled else Desired.STOP

    @property
    def stop_operation(self) -> Operation | None:
        """The newest operation, if it is a stop."""
        is_stop = self.operation is not None and self.operation.kind is OperationKind.STOP
        return self.operation if is_stop else None

    @property
    def savepoint_operation(self) -> Operation | None:
        """The operation of the open wish for a savepoint, if it was begun."""
        operation, intent = self.operation, self.intent
        if operation is None or intent is None or operation.created_at < intent.at:
            return None
        return operation if operation.kind is OperationKind.SAVEPOINT else None
