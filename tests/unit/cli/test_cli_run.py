"""`run` and `snapshot`: what people read, what programs get."""

import datetime as dt
import json
from typing import Any

import pytest

from rheostat.cli.history import find_file, follow_events, follow_log, grown
from rheostat.cli.standing import render_next
from rheostat.client import RunKey
from rheostat.errors import NotFound
from rheostat.wire.common import Page, ReasonView
from rheostat.wire.log import LogFileView, LogView
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


def log(text: str, size: int | None = None, *, truncated: bool = False) -> LogView:
    return LogView(
        attempt=1, name="jobmanager.log", size_bytes=len(text) if size is None else size,
        truncated=truncated, text=text, offset=0, next_offset=len(text), rolled=False, file="1",
        live=True,
    )  # fmt: skip


FILES = [
    LogFileView(attempt=attempt, name=name, size_bytes=1, live=False)
    for attempt in (1, 2)
    for name in ("jobmanager.log", "jobmanager.out", "taskmanager-0.log")
]


def test_show_for_people(rheostat, server, sample):
    server.answers[LATEST] = sample.run(
        attempt=sample.attempt,
        evidence=sample.evidence,
        health="degraded",
        health_reasons=[ReasonView(code="x", fields={}, text="no checkpoint since restore")],
        intent="stop",
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


@pytest.mark.parametrize(
    ("source", "attempt", "found"),
    [
        ("jobmanager", None, (2, "jobmanager.log")),
        ("jobmanager.out", None, (2, "jobmanager.out")),
        ("taskmanager-0", 1, (1, "taskmanager-0.log")),
    ],
)
def test_a_log_is_found(source, attempt, found):
    file = find_file(FILES, source, attempt)
    assert (file.attempt, file.name) == found


def test_a_log_that_is_not_there_says_which_are():
    with pytest.raises(NotFound) as raised:
        find_file(FILES, "taskmanager-9", None)
    assert "2/taskmanager-0.log" in (raised.value.hint or "")
    with pytest.raises(NotFound, match="no logs yet"):
        find_file([], "jobmanager", None)


def test_logs(rheostat, server):
    server.answers = {
        f"{LATEST}/logs": Page(items=FILES),
        f"{LATEST}/logs/2/jobmanager.log": log("one\ntwo", 5000, truncated=True),
    }
    result = rheostat("run", "logs", "orders", "-p", "shop")
    assert result.stdout == "one\ntwo\n"
    assert "4.9 KiB in all" in result.stderr
    got = json.loads(rheostat("run", "logs", "orders", "-p", "shop", "--json").output)
    assert got["text"] == "one\ntwo"
    assert rheostat("run", "logs", "orders", "-p", "shop", "--json", "-f").exit_code == 2


def test_tail_asks_for_more_until_there_are_enough_lines(rheostat, server):
    server.answers = {
        f"{LATEST}/logs": Page(items=FILES),
        f"{LATEST}/logs/2/jobmanager.log": [
            log("ut\nthree\n", 5000, truncated=True),
            log("cut\none\ntwo\nthree\n", 5000, truncated=True),
        ],
    }
    result = rheostat("run", "logs", "orders", "-p", "shop", "--tail", "2")
    assert result.stdout == "two\nthree\n"
    sizes = [int(r.url.params["tail_bytes"]) for r in server.requests[1:]]
    assert sizes == [512, 2048]


def test_a_log_is_followed(client, server, sample, capsys):
    server.answers = {
        f"GET {ORDERS}/runs/4": [sample.run(), sample.run(), sample.run("stopped")],
        f"GET {ORDERS}/runs/4/logs/1/jobmanager.log": [log("a\nb\n"), log("a\nb\nc\n")],
    }
    follow_log(client, KEY, log("a\n"), sleep=lambda seconds: None)
    assert capsys.readouterr().out == "b\nc\n"


@pytest.mark.parametrize(
    ("text", "size", "seen", "fresh"),
    [
        ("abc", 3, 3, ""),
        ("abc", 3, 1, "bc"),
        ("äb", 3, 2, "b"),
        ("bc", 103, 50, "bc"),
        ("new", 3, 100, "new"),
    ],
    ids=["nothing new", "grown", "counted in bytes", "more than we got", "began anew"],
)
def test_grown(text, size, seen, fresh):
    assert grown(log(text, size), seen) == fresh


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
