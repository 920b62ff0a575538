"""What `decide` says: the same value is executed, explained by a dry run, stored, and shown."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from rheostat.model.action import Action
from rheostat.model.phase import Health, Phase, Reason
from rheostat.model.run import Outcome, Stage


class Desired(StrEnum):
    """What is wanted of a run now: what its open intent says, else that it runs."""

    RUN = "run"
    STOP = "stop"
    CANCEL = "cancel"
    SAVEPOINT = "savepoint"
    """That it runs on, and that a savepoint of it is made."""

    @property
    def is_leaving(self) -> bool:
        """Whether the engine is to end."""
        return self in (Desired.STOP, Desired.CANCEL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The next step of a run. Everything but `actions` is written before the first of them."""

    phase: Phase
    reason: Reason
    health: Health = field(default_factory=Health)
    actions: tuple[Action, ...] = ()
    """In order; the first that fails ends the step."""
    stage: Stage | None = None
    """Where the attempt stands from now on; None = as before."""
    stage_after: Stage | None = None
    """Where it stands once every action has succeeded; None = as `stage`."""
    outcome: Outcome | None = None
    """How the attempt ended, if that is learnt now."""
    intent_result: str | None = None
    """Closes the open intent: `done`, `failed` or `void`."""
    operation_error: str | None = None
    """Closes the open operation as failed."""
    look_again_at: dt.datetime | None = None
    """When to decide anew though nothing was reported; None = no deadline is running."""
