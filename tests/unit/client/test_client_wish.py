"""Waiting for a savepoint and for a restart: what ends it, and where it is looked for."""

import datetime as dt
from typing import Any

import httpx2
import msgspec
import pytest

from rheostat.client import Client, Patience, Restarted, RunKey, Saved
from rheostat.client.wait import wait
from rheostat.wire.common import Page, ReasonView
from rheostat.wire.run import EventView, RunView, SnapshotView

AT = dt.datetime(2026, 8, 1, 12, tzinfo=dt.UTC)
ORDERS = "/api/v1/projects/shop/jobs/orders"
KEY = RunKey("shop", "orders", 4)


def run(phase: Any, number: int = 4, *, mode: Any = "streaming", intent: Any = None) -> RunView:
    return RunView(
        id="r", number=number, job="orders", project="shop", mode=mode, version=1, phase=phase,
        reason=ReasonView(code="c", fields={}, text="t"), since=AT, health="healthy",
        health_reasons=[], attempt=None, evidence=[], intent=intent, outcome=None, savepoint=None,
        created_at=AT, created_by="ann", ended_at=None,
    )  # fmt: skip


def event(number: int, code: str, **fields: Any) -> EventView:
    return EventView(
        id=number, at=AT, run=4, attempt=1, kind="human", code=code, text=code, actor="ann",
        duration_ms=None, fields=fields,
    )  # fmt: skip


def snapshot(later_s: float, kind: Any = "savepoint", of_run: int = 4) -> SnapshotView:
    return SnapshotView(
        id=f"s{later_s}", kind=kind, path="file:///s", checkpoint_id=1, run=of_run, attempt=1,
        completed_at=AT + dt.timedelta(seconds=later_s), age_s=1.0, size_bytes=1, duration_ms=40, aligned=True, native=False,
        max_parallelism=128, verified=True,
        proven=2, fault=None,
    )  # fmt: skip


WISH = event(1, "intent_savepoint")
FAILED = event(2, "intent_failed", intent="savepoint")


class History:
    """A server whose run 4 moves on with every look; other paths are answered as they stand."""

    def __init__(self, *views: RunView | Exception) -> None:
        self.views = list(views)
        self.events: list[EventView] = []
        self.snapshots: list[SnapshotView] = []
        self.following: list[RunView] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        answer: Any
        match request.url.path.removeprefix(ORDERS):
            case "/runs/4":
                answer = self.views.pop(0) if len(self.views) > 1 else self.views[0]
            case "/runs/6":
                answer = self.following.pop(0) if len(self.following) > 1 else self.following[0]
            case "/runs/4/events":
                answer = Page(items=self.events)
            case "/snapshots":
                answer = Page(items=self.snapshots)
            case other:
                raise AssertionError(other)
        if isinstance(answer, Exception):
            raise answer
        return httpx2.Response(200, content=msgspec.json.encode(answer))

    def client(self) -> Client:
        return Client("http://host:1", "secret", transport=httpx2.MockTransport(self))


def ending(until: Saved | Restarted, timeout_s: float | None = None) -> str:
    patience = Patience(sleep=lambda seconds: None)
    return wait(until.look, until, timeout_s, patience).ending


WISHED = run("running", intent="savepoint")


@pytest.mark.parametrize(
    ("views", "events", "snapshots", "expected"),
    [
        ([WISHED, run("running")], [WISH], [snapshot(2)], "reached"),
        ([WISHED, run("running")], [WISH, FAILED], [snapshot(2)], "missed"),
        ([WISHED, run("running")], [FAILED, event(3, "intent_savepoint")], [snapshot(2)], "reached"),
        ([WISHED, run("running")], [WISH], [snapshot(-2)], "missed"),
        ([WISHED, run("running")], [WISH], [snapshot(2, "checkpoint")], "missed"),
        ([WISHED, run("running")], [WISH], [snapshot(2, of_run=5)], "missed"),
        ([WISHED, run("running", intent="cancel")], [WISH], [], "missed"),
        ([WISHED, run("finished")], [WISH, event(2, "intent_void", intent="savepoint")], [], "missed"),
        ([WISHED, run("stopping", intent="stop")], [WISH], [snapshot(2)], "reached"),
        ([WISHED, run("held", intent="savepoint")], [WISH], [], "missed"),
        ([run("running")], [], [snapshot(2)], "missed"),
    ],
    ids=[
        "made", "failed", "an older one failed", "only older", "only a checkpoint", "of another run",
        "replaced", "the job ended", "made, then stopped", "held", "no wish",
    ],
)  # fmt: skip
def test_a_savepoint(views, events, snapshots, expected):
    server = History(*views)
    server.events, server.snapshots = events, snapshots
    until = Saved(server.client(), KEY)
    assert ending(until) == expected
    assert (until.savepoint is not None) == (expected == "reached")


def test_of_several_savepoints_the_newest_is_named():
    server = History(run("running"))
    server.events, server.snapshots = [WISH], [snapshot(1), snapshot(3), snapshot(2)]
    until = Saved(server.client(), KEY)
    ending(until)
    assert until.savepoint == snapshot(3)


def test_a_savepoint_takes_longer_than_there_is_time():
    assert ending(Saved(History(WISHED).client(), KEY), 0) == "timeout"


STOPPING = run("stopping", intent="restart")
FOLLOWS = event(9, "restarted", next=6, version=2)


@pytest.mark.parametrize(
    ("views", "events", "following", "expected"),
    [
        ([STOPPING, run("stopped")], [FOLLOWS], [run("queued", 6), run("running", 6)], "reached"),
        ([STOPPING, run("stopped")], [FOLLOWS], [run("failed", 6)], "missed"),
        (
            [run("running", intent="restart", mode="batch"), run("canceled", mode="batch")],
            [FOLLOWS],
            [run("running", 6, mode="batch"), run("finished", 6, mode="batch")],
            "reached",
        ),
        ([STOPPING, run("failed")], [], [], "missed"),
        ([STOPPING, run("canceled", intent=None)], [], [], "missed"),
        ([STOPPING, run("running")], [], [], "missed"),
        ([STOPPING, run("held", intent="restart")], [], [], "missed"),
        ([httpx2.ConnectError("away"), run("stopped")], [FOLLOWS], [run("running", 6)], "reached"),
    ],
    ids=[
        "streaming", "the next one failed", "batch", "the old one failed", "canceled instead",
        "withdrawn", "held", "server away",
    ],
)  # fmt: skip
def test_a_restart(views, events, following, expected):
    server = History(*views)
    server.events, server.following = events, following
    assert ending(Restarted(server.client(), KEY)) == expected
