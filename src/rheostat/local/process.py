"""Processes by pid *and* start stamp, so that a reused pid is never taken for the one we knew.

Called by `run_folder.py` and `engines.py`. Never signals a process whose stamp it has not compared
just before. The stamp on macOS has a resolution of one second and was not run in CI.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass

from rheostat.clock import monotonic_s
from rheostat.local.shim import read_boot_id, read_stat

_PATIENCE_S = 8.0
"""How long Flink gets for its shutdown hooks before SIGKILL; `Engines.terminate` promises 10 s."""
_KILL_PATIENCE_S = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One process, for all time."""

    pid: int
    start: str
    """The start stamp, as `shim.read_stat` gives it."""
    boot: str


def identify(pid: int) -> Identity | None:
    """The process that has this pid now, or None; a zombie is one still."""
    stat = read_stat(pid)
    return None if stat is None else Identity(pid=pid, start=stat[1], boot=read_boot_id())


def is_alive(who: Identity) -> bool:
    """Whether this very process exists and is no zombie."""
    return _state(who) not in ("", "Z", "X")


def is_suspended(who: Identity) -> bool:
    """Whether it is stopped by a signal or a debugger: alive, but it will not answer."""
    return _state(who) in ("T", "t")


def end_all(whom: Iterable[Identity]) -> tuple[Identity, ...]:
    """End them, politely first; returns those that still live after ten seconds."""
    left = tuple(who for who in whom if is_alive(who))
    for signum, patience_s in ((signal.SIGTERM, _PATIENCE_S), (signal.SIGKILL, _KILL_PATIENCE_S)):
        for who in left:
            _send(who, signum)
            _send(who, signal.SIGCONT)  # a stopped process handles SIGTERM only once it goes on
        left = _wait_for(left, patience_s)
    return left


def _state(who: Identity) -> str:
    """State letter of this very process; empty when it is not there any more."""
    stat = read_stat(who.pid)
    if stat is None or stat[1] != who.start or read_boot_id() != who.boot:
        return ""
    return stat[0]


def _send(who: Identity, signum: signal.Signals) -> None:
    if is_alive(who):
        with contextlib.suppress(ProcessLookupError):
            os.kill(who.pid, signum)


def _wait_for(whom: tuple[Identity, ...], patience_s: float) -> tuple[Identity, ...]:
    deadline = monotonic_s() + patience_s
    left = whom
    while left and monotonic_s() < deadline:
        time.sleep(0.05)
        left = tuple(who for who in left if is_alive(who))
    return left
