"""Waiting: until when, how long between looks, and what a blind look means."""

import datetime as dt
from collections.abc import Callable
from typing import Any, get_args

import pytest

from rheostat.client.wait import LONGEST_S, TERMINAL, Ended, Patience, Started, wait
from rheostat.errors import CannotLook
from rheostat.model.phase import TERMINAL as MODEL_TERMINAL
from rheostat.wire.common import ReasonView
from rheostat.wire.run import PhaseWord, RunView

AT = dt.datetime(2026, 8, 1, 12, tzinfo=dt.UTC)


def run(phase: Any, *, mode: Any = "streaming", intent: str | None = None) -> RunView:
    return RunView(
        id="r", number=1, job="orders", project="shop", mode=mode, version=1, phase=phase,
        reason=ReasonView(code="c", fields={}, text="t"), since=AT, health="healthy",
        health_reasons=[], attempt=None, evidence=[], intent=intent, outcome=None, savepoint=None,
        created_at=AT, created_by="ann", ended_at=None,
    )  # fmt: skip


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now_s += seconds

    def patience(self, tell: Callable[[RunView], None] = lambda run: None) -> Patience:
        return Patience(tell=tell, sleep=self.sleep, monotonic_s=lambda: self.now_s)


def looks(*views: RunView | Exception) -> Callable[[], RunView]:
    """Look at each in turn, at the last for ever; an exception is raised."""
    left = list(views)

    def look() -> RunView:
        view = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(view, Exception):
            raise view
        return view

    return look


@pytest.mark.parametrize("mode", ["streaming", "batch"])
@pytest.mark.parametrize("phase", get_args(PhaseWord))
def test_started_judges_every_phase(phase, mode):
    good = {"finished"} | ({"running"} if mode == "streaming" else set())
    bad = {"held", "failed", "stopped", "canceled"}
    expected = True if phase in good else False if phase in bad else None
    assert Started()(run(phase, mode=mode)) is expected


@pytest.mark.parametrize(
    ("views", "verdict"),
    [
        ([run("running", intent="stop"), run("stopping", intent="stop"), run("stopped")], True),
        ([run("running", intent="cancel"), run("canceled")], True),
        ([run("running", intent="stop"), run("finished")], True),
        ([run("running", intent="stop"), run("failed")], False),
        ([run("stopping", intent="stop"), run("held", intent="stop")], False),
        ([run("stopping", intent="stop"), run("running")], False),
        ([run("running"), run("running")], None),
    ],
    ids=["stop", "cancel", "ended itself", "failed", "held", "stop failed", "not seen yet"],
)
def test_ended_judges_a_history(views, verdict):
    until = Ended()
    assert [until(view) for view in views][-1] is verdict


def test_terminal_phases_are_those_of_the_model():
    assert {phase.value for phase in MODEL_TERMINAL} == TERMINAL


def test_each_look_is_told_and_pauses_grow_to_a_limit():
    time = Time()
    told: list[RunView] = []
    look = looks(*[run("starting")] * 12, run("running"))
    waited = wait(look, Started(), None, time.patience(told.append))
    assert (waited.ending, len(told)) == ("reached", 13)
    assert time.pauses == sorted(time.pauses)
    assert time.pauses[-1] == LONGEST_S


def test_it_misses():
    waited = wait(looks(run("failed")), Started(), 10, Time().patience())
    assert waited.ending == "missed"


def test_the_time_is_kept_exactly():
    time = Time()
    waited = wait(looks(run("starting")), Started(), 7, time.patience())
    assert (waited.ending, time.now_s) == ("timeout", 7)
    assert waited.run is not None


def test_a_server_that_is_away_is_waited_for():
    look = looks(CannotLook("away"), run("starting"), CannotLook("away"), run("running"))
    assert wait(look, Started(), 60, Time().patience()).ending == "reached"


def test_a_server_that_never_came_is_an_error():
    with pytest.raises(CannotLook):
        wait(looks(CannotLook("away")), Started(), 3, Time().patience())
