"""`run` and `snapshot`: what people read, what programs get."""

import datetime as dt
import json
import re
from typing import Any

import pytest

from rheostat.cli.history import follow_events
from rheostat.cli.standing import render_next
from rheostat.client import RunKey
from rheostat.wire.common import Page, ReasonView
from rheostat.wire.history import ExceptionView, StartStep, StartView
from rheostat.wire.run import EventView, SnapshotView

ORDERS = "/projects/shop/jobs/orders"
LATEST = f"GET {ORDERS}/runs/latest"
KEY = RunKey("shop", "orders", 4)


def event(number: int, at: dt.datetime, **changes: Any) -> EventView:
    facts: dict[str, Any] = {
        "id": number, "at": at, "run": 4, "attempt": 1, "kind": "action", "code": "launch",
        "text": f"event {number}", "actor": None, "duration_ms": 1234.0, "fields": {},
    }  # fmt: skip
    return EventView(**(facts | changes))


def test_show_for_people(rheostat, server, sample):
    server.answers[LATEST] = sample.run(
        attempt=sample.attempt,
        evidence=sample.evidence,
        health="degraded",
        health_reasons=[ReasonView(code="x", fields={}, text="no checkpoint since restore")],
        intent="stop",
    )
    at = sample.run().since
    server.answers[f"GET {ORDERS}/runs/4/start"] = StartView(
        attempt=1,
        steps=[
            StartStep(code="launch", text="the processes are started", began_at=at, duration_ms=12),
            StartStep(code="hello", text="the JobManager comes up", began_at=at, duration_ms=None),
        ],
        total_ms=None,
    )
    output = rheostat("run", "show", "orders", "-p", "shop").output
    assert output.splitlines()[0] == "shop/orders  run 4, version 2, streaming"
    assert "because running (12 s ago)" in output
    assert "stop is under way" in output
    assert "no checkpoint since restore" in output
    assert "jobmanager 11, taskmanagers 12, 13" in output
    assert "3 s ago" in output
    assert "not reached: no \ufffd[2J" in output
    assert "rheostat job stop orders -p shop" in output
    assert re.search(r"the processes are started +12 ms", output)
    assert "under way" in output
    assert "\x1b" not in output
    assert all(line == line.rstrip() for line in output.splitlines())


def test_show_for_programs_is_the_wire_body(rheostat, server, sample):
    server.answers[LATEST] = sample.run(attempt=sample.attempt, evidence=sample.evidence)
    got = json.loads(rheostat("run", "show", "orders", "-p", "shop", "--json").output)
    assert {"id", "phase", "health", "health_reasons", "version"} <= got.keys()
    assert got["attempt"]["pids"] == {"jobmanager": 11, "taskmanagers": [12, 13]}
    assert {"number", "flink_job_id", "restore"} <= got["attempt"].keys()
    assert {"kind", "path", "age_s", "rewind_s", "reason"} <= got["attempt"]["restore"].keys()
    assert {"source", "value", "at", "reachable", "why"} <= got["evidence"][0].keys()


def test_show_of_a_failed_run(rheostat, server, sample):
    server.answers[f"GET {ORDERS}/runs/4"] = sample.run("failed", outcome=sample.outcome)
    server.answers[f"GET {ORDERS}/runs/4/start"] = StartView(attempt=None, steps=[], total_ms=None)
    output = rheostat("run", "show", "orders", "-p", "shop", "--run", "4").output
    assert "Column 'x' not found" in output
    assert "health" not in output


def test_no_run_yet(rheostat):
    result = rheostat("run", "show", "orders", "-p", "shop", "--json")
    assert result.exit_code == 4
    assert json.loads(result.stdout)["code"] == "not_found"


@pytest.mark.parametrize(
    ("phase", "first"),
    [
        ("starting", "rheostat run events orders -p shop --follow"),
        ("running", "rheostat job stop orders -p shop"),
        ("held", "rheostat run logs orders -p shop --run 4"),
        ("failed", "rheostat run logs orders -p shop --run 4"),
        ("stopped", "rheostat job start orders -p shop --from newest"),
        ("finished", "rheostat job start orders -p shop"),
    ],
)
def test_next(sample, phase, first):
    assert render_next(sample.run(phase))[0] == first


def test_list(rheostat, server, sample):
    server.answers[f"GET {ORDERS}/runs"] = Page(items=[sample.run(), sample.run("failed")])
    lines = rheostat("run", "list", "orders", "-p", "shop").output.splitlines()
    assert lines[1].split()[:4] == ["4", "2", "running", "healthy"]
    assert lines[2].split()[:4] == ["4", "2", "failed", "-"]


def test_a_narrow_terminal_folds_and_loses_nothing(rheostat, server, sample):
    server.answers[f"GET {ORDERS}/runs"] = Page(
        items=[sample.run(reason=ReasonView(code="x", fields={}, text="long " * 40))]
    )
    output = rheostat("run", "list", "orders", "-p", "shop", env={"COLUMNS": "70"}).output
    assert max(map(len, output.splitlines())) <= 70
    assert output.count("long") == 40


def test_events(rheostat, server, sample):
    at = sample.run().since
    server.answers[f"{LATEST}/events"] = Page(
        items=[event(1, at), event(2, at, kind="human", actor="ann", duration_ms=None)]
    )
    lines = rheostat("run", "events", "orders", "-p", "shop").output.splitlines()
    assert lines[0].endswith("a1  action       event 1 (1.2 s)")
    assert lines[1].endswith("human        event 2 [ann]")
    got = json.loads(rheostat("run", "events", "orders", "-p", "shop", "--json").output)
    assert [item["id"] for item in got] == [1, 2]


def test_events_are_followed_to_the_end_and_once(client, server, sample, capsys):
    at = sample.run().since
    server.answers = {
        f"GET {ORDERS}/runs/4": [
            sample.run(),
            sample.run(),
            sample.refusal(503, "transient", "Restarting."),
            sample.refusal(503, "transient", "Restarting."),
            sample.run("stopped"),
        ],
        f"GET {ORDERS}/runs/4/events": [Page(items=[event(1, at)]), Page(items=[event(2, at)])],
    }
    pauses: list[float] = []
    follow_events(client, KEY, as_json=True, sleep=pauses.append)
    said = capsys.readouterr()
    assert [json.loads(line)["id"] for line in said.out.splitlines()] == [1, 2]
    assert said.err == "(Restarting. Still waiting.)\n"
    assert len(pauses) == 3
    assert server.requests[-1].url.params["after"] == "1"


def test_exceptions_root_cause_first(rheostat, server, sample):
    stack = (
        "a.Outer: it failed\n\tat a.B.c(B.java:1)\nCaused by: a.Root: no disk\n\tat x.Y.z(Y.java:7)"
        "\n\t... 3 more"
    )
    view = ExceptionView(
        at=sample.run().since, attempt=2, root="a.Root: no \x1bdisk", stack=stack, task="Source",
        message="a.Root: no disk\na.Outer: it failed", location="host:1", source="asked",
    )  # fmt: skip
    server.answers[f"{LATEST}/exceptions"] = Page(items=[view])
    lines = rheostat("job", "exceptions", "orders", "-p", "shop").output.splitlines()
    assert lines[0] == "a.Root: no \ufffddisk"
    text = "\n".join(lines)
    assert "attempt 2" in text
    assert "chain   a.Outer: it failed" in text
    assert "frames  at x.Y.z(Y.java:7)" in text
    assert "a.B.c" not in text
    server.answers[f"{LATEST}/exceptions"] = Page(items=[])
    assert rheostat("job", "exceptions", "orders", "-p", "shop").output == "no exceptions\n"


def test_snapshots(rheostat, server, sample):
    view = SnapshotView(
        id="s1", kind="savepoint", path="file:///s/1", checkpoint_id=7, run=4, attempt=1,
        completed_at=sample.run().since, age_s=4000.0, size_bytes=2048, duration_ms=40, aligned=True, native=False,
        max_parallelism=128, verified=True, proven=1,
        fault=None,
    )  # fmt: skip
    server.answers[f"GET {ORDERS}/snapshots"] = Page(items=[view])
    lines = rheostat("snapshot", "list", "orders", "-p", "shop").output.splitlines()
    assert lines[1].split() == (
        ["s1", "savepoint", "1", "h", "ago", "2.0", "KiB", "4.1", "1", "file:///s/1"]
    )
    (got,) = json.loads(rheostat("snapshot", "list", "orders", "-p", "shop", "--json").output)
    assert {"id", "kind", "path", "completed_at", "size_bytes", "verified", "proven"} <= got.keys()
