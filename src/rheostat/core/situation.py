"""All that a decision stands on, and the few shapes that decisions share."""

import datetime as dt
from dataclasses import dataclass

from rheostat.core.moves import is_legal
from rheostat.core.recorded import Recorded
from rheostat.core.witness import Facts
from rheostat.model.action import (
    Action,
    ArchiveLogs,
    ListSnapshots,
    RevokePermit,
    Terminate,
    VerifyGone,
)
from rheostat.model.decision import Decision, Desired
from rheostat.model.observation import Observed
from rheostat.model.phase import Health, Phase, Reason
from rheostat.model.run import Attempt, JobEnd, Outcome, Run, Stage, WitnessKind

SOON = dt.timedelta(seconds=1)
"""Between two looks while something is under way."""

ENDING_ACTIONS: tuple[Action, ...] = (
    RevokePermit(),
    Terminate(),
    VerifyGone(),
    ListSnapshots(),
    ArchiveLogs(),
)
"""The fence, in its order, then what outlives the attempt. Every step idempotent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is wanted, what is recorded, what is true, and when."""

    desired: Desired
    recorded: Recorded
    observed: Observed
    facts: Facts
    now: dt.datetime

    @property
    def run(self) -> Run:
        """The run as recorded."""
        return self.recorded.run

    @property
    def attempt(self) -> Attempt:
        """The newest attempt; only where there is one."""
        if self.recorded.attempt is None:
            raise LookupError("no attempt yet")
        return self.recorded.attempt

    def may(self, phase: Phase) -> bool:
        """Whether the run may go to `phase` from where it is."""
        return is_legal(self.run.phase, phase)

    def stay(
        self, reason: Reason, *, health: Health | None = None, again: dt.timedelta | None = SOON
    ) -> Decision:
        """Keep the phase; say why; look again."""
        return Decision(
            phase=self.run.phase,
            reason=reason,
            health=health or self.run.health,
            look_again_at=None if again is None else self.now + again,
        )

    def end(self, reason: Reason, *, outcome: Outcome | None) -> Decision:
        """Keep the phase and begin to end the engine. None: it ends unseen, nobody knows how."""
        return Decision(
            phase=self.run.phase,
            reason=reason,
            outcome=outcome,
            stage=Stage.ENDING,
            stage_after=Stage.GONE,
            actions=ENDING_ACTIONS,
            look_again_at=self.now + SOON,
        )

    def our_failure(self, reason: Reason, source: str) -> Outcome:
        """A failure that we witness: by policy, by deadline, or because nothing could be launched."""
        return Outcome(
            status=JobEnd.FAILED,
            witness=WitnessKind.OURS,
            source=source,
            code=reason.code,
            message=reason.fields.get("message"),
        )

    def persons_cancel(self) -> Outcome:
        """A cancel that a person asked for, where Flink has no word to say."""
        intent = self.recorded.intent
        return Outcome(
            status=JobEnd.CANCELED,
            witness=WitnessKind.PERSON,
            source=intent.actor if intent else "operator",
        )
