"""Waiting for a run to get somewhere: look, judge, sleep a little longer, look again.

What ends elsewhere than in the run's own phase is in `wish.py`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from rheostat import clock
from rheostat.errors import Transient
from rheostat.wire.run import RunView

FIRST_S = 0.2
"""The first pause: short enough for a start that takes four seconds."""
LONGEST_S = 2.0
"""The longest pause: what a person who waits does not notice."""
GROWTH = 1.4

TERMINAL = frozenset({"stopped", "canceled", "finished", "failed"})
"""Phases that are never left."""


class Verdict(Protocol):
    """Judges a run that was looked at."""

    def __call__(self, run: RunView) -> bool | None:
        """Say True: it is where it should be; False: it will not get there; None: look again."""


class Started:
    """A start has worked: streaming once it runs, batch once it has finished."""

    def __call__(self, run: RunView) -> bool | None:
        """Judge; a bounded stream that has finished also was started."""
        if run.phase == "finished" or (run.phase == "running" and run.mode == "streaming"):
            return True
        return False if run.phase == "held" or run.phase in TERMINAL else None


class Ended:
    """A stop or cancel has worked: the run is terminal, and not by a failure."""

    def __init__(self) -> None:
        self._wished = False

    def __call__(self, run: RunView) -> bool | None:
        """Judge; a wish that was open and is so no more, on a run that goes on, has failed."""
        if run.phase in TERMINAL:
            return run.phase != "failed"
        withdrawn = self._wished and run.intent is None
        self._wished = self._wished or run.intent is not None
        return False if withdrawn or run.phase == "held" else None


@dataclass(frozen=True, slots=True)
class Waited:
    """How the waiting ended, and the run as last seen (None: it was never seen)."""

    ending: Literal["reached", "missed", "timeout"]
    run: RunView | None


@dataclass(frozen=True, slots=True)
class Patience:
    """How to spend the time, and whom to tell."""

    tell: Callable[[RunView], None] = lambda run: None
    """Called with every look that succeeded."""
    tell_blind: Callable[[Transient], None] = lambda err: None
    """Called with every look that did not."""
    sleep: Callable[[float], None] = time.sleep
    monotonic_s: Callable[[], float] = clock.monotonic_s


def wait(
    look: Callable[[], RunView], until: Verdict, timeout_s: float | None, patience: Patience
) -> Waited:
    """Wait until `until` decides; a server that is away for a while is waited for as well.

    Raises:
        Transient: the time is over and not one look succeeded.
    """
    begun_s = patience.monotonic_s()
    pause_s, run, blind = FIRST_S, None, None
    while True:
        try:
            new = look()
        except Transient as err:
            blind = err
            patience.tell_blind(err)
        else:
            patience.tell(new)
            verdict = until(new)
            if verdict is not None:
                return Waited("reached" if verdict else "missed", new)
            pause_s = FIRST_S if run is None or run.phase != new.phase else pause_s
            run = new
        left_s = float("inf")
        if timeout_s is not None:
            left_s = begun_s + timeout_s - patience.monotonic_s()
        if left_s <= 0:
            if run is None and blind is not None:
                raise blind
            return Waited("timeout", run)
        patience.sleep(min(pause_s, left_s))
        pause_s = min(pause_s * GROWTH, LONGEST_S)
