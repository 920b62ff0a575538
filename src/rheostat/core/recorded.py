"""What `decide` is told of a run besides the observations: its rows, and a few facts about them."""

import datetime as dt
from dataclasses import dataclass

from rheostat.model.decision import Desired
from rheostat.model.job import GuardPolicy
from rheostat.model.run import Attempt, Intent, IntentKind, Operation, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One run as the store has it."""

    run: Run
    guard: GuardPolicy = GuardPolicy.RESUME_LATEST_PROVEN
    attempt: Attempt | None = None
    """The newest."""
    operation: Operation | None = None
    """The newest of that attempt."""
    intent: Intent | None = None
    """The open one."""
    has_room: bool = True
    lost: int = 0
    """How many attempts in a row were lost without a word from the engine, within `LOST_WINDOW`."""
    newest_checkpoint_id: int | None = None
    """The highest proven one of that attempt, savepoints left out."""
    savepoint_checkpoint_id: int | None = None
    """The checkpoint id of the open operation's savepoint, once it is proven."""
    checkpoint_interval: dt.timedelta | None = None
    """None = the job takes no checkpoints."""

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
