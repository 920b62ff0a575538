"""Waiting for wishes whose end is not a phase of the run: a savepoint, a restart.

Each class looks and judges: give `look` and the object itself to `wait`. All requests are in `look`,
so that a server which is away for a while is waited for as well.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from rheostat.client.run import RunKey
from rheostat.client.wait import TERMINAL, Started
from rheostat.wire.run import EventView, RunView, SnapshotView

if TYPE_CHECKING:
    from rheostat.client.client import Client

_UNDONE = frozenset({"intent_failed", "intent_void"})
"""Events that say of a wish that it did not come true; one that did has no event of its own."""


class Saved:
    """A savepoint has worked: the wish for it is closed, and a savepoint newer than it is listed."""

    def __init__(self, client: "Client", key: RunKey) -> None:
        """`key` has the number of the run that was asked."""
        self._client = client
        self._key = key
        self._is_closed = False
        self.savepoint: SnapshotView | None = None
        """What was made; None before, and when it failed."""

    def look(self) -> RunView:
        """Load the run; once the wish is closed, also what came of it."""
        run = self._client.runs.get(self._key)
        if run.intent != "savepoint" or run.phase in TERMINAL:
            self.savepoint = self._find_savepoint(run)
            self._is_closed = True
        return run

    def __call__(self, run: RunView) -> bool | None:
        """Judge; a held run makes no savepoint before a person has acted."""
        if self._is_closed:
            return self.savepoint is not None
        return False if run.phase == "held" else None

    def _find_savepoint(self, run: RunView) -> SnapshotView | None:
        """The newest savepoint since the wish; None when the events say that the wish failed."""
        events = list(self._client.runs.events(self._key))
        wish = _last(events, "intent_savepoint")
        if wish is None or any(
            event.id > wish.id
            and event.code in _UNDONE
            and event.fields.get("intent") == "savepoint"
            for event in events
        ):
            return None
        made = [
            snapshot
            for snapshot in self._client.snapshots.list(self._key.project, self._key.job)
            if snapshot.kind == "savepoint"
            and snapshot.run == run.number
            and snapshot.completed_at >= wish.at
        ]
        return max(made, key=lambda snapshot: snapshot.completed_at, default=None)


class Restarted:
    """A restart has worked: the run that follows was started, as `Started` says."""

    def __init__(self, client: "Client", key: RunKey) -> None:
        """`key` has the number of the run that is to be stopped."""
        self._client = client
        self._stopped = key
        self._key = key
        self._started = Started()
        self._was_wished = False

    def look(self) -> RunView:
        """Load the stopping run, and once it has ended the one that follows, if one does."""
        run = self._client.runs.get(self._key)
        if run.phase not in TERMINAL or self._key != self._stopped:
            return run
        # The run that follows is written in one transaction with this event and with the end.
        event = _last(self._client.runs.events(self._stopped), "restarted")
        if event is None:
            return run
        self._key = replace(self._stopped, number=int(event.fields["next"]))
        return self._client.runs.get(self._key)

    def __call__(self, run: RunView) -> bool | None:
        """Judge; an end that nothing follows has failed, and so has a wish that is open no more."""
        if run.number != self._stopped.number:
            return self._started(run)
        if run.phase in TERMINAL or run.phase == "held":
            return False
        is_withdrawn = self._was_wished and run.intent is None
        self._was_wished = self._was_wished or run.intent is not None
        return False if is_withdrawn else None


def _last(events: Iterable[EventView], code: str) -> EventView | None:
    return max(
        (event for event in events if event.code == code),
        key=lambda event: event.id,
        default=None,
    )
