"""`job start|stop|cancel|savepoint|restart|delete`: the plan, the question, the waiting, the status."""

import json
import sys
from typing import Any

import pytest

from rheostat.cli import act
from rheostat.client import wait
from rheostat.wire.common import Page
from rheostat.wire.plan import Change

ORDERS = "/projects/shop/jobs/orders"
RUN = f"GET {ORDERS}/runs/4"

START = {"from": "newest", "version": None, "allow_dropped": False, "plan": None}
RESTART = {**START, "from": "savepoint", "format": "canonical"}
"""What is sent unless it was said otherwise."""


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch):
    monkeypatch.setattr(wait, "FIRST_S", 0.0)


@pytest.fixture
def terminal(monkeypatch):
    """Let the confirmation believe that a person is there."""
    monkeypatch.setattr(act, "is_answerable", lambda: True)


def paths(server: Any) -> list[str]:
    return [f"{request.method} {request.url.query.decode()}" for request in server.requests]


def test_start_with_yes_does_not_ask_for_the_plan(rheostat, server, sample):
    server.answers[f"POST {ORDERS}/start"] = sample.action(run=sample.run("queued"))
    result = rheostat("job", "start", "orders", "-p", "shop", "--yes")
    assert result.exit_code == 0
    assert "orders: run 4 is started (queued)" in result.stdout
    assert "warning: old state" in result.stdout
    assert paths(server) == ["POST dry_run=false"]
    assert server.sent("POST") == [{**START, "from": "newest"}]


def test_start_from_and_version(rheostat, server, sample):
    server.answers[f"POST {ORDERS}/start"] = sample.action(run=sample.run("queued"))
    rheostat("job", "start", "orders", "-p", "shop", "--yes", "--from", "empty", "--version", "1")
    assert server.sent("POST") == [{**START, "from": "empty", "version": 1}]


@pytest.mark.parametrize("verb", ["start", "stop", "cancel", "savepoint", "restart", "delete"])
def test_without_a_terminal_and_without_yes_nothing_is_asked(rheostat, server, verb):
    result = rheostat("job", verb, "orders", "-p", "shop")
    assert result.exit_code == 2
    assert "--yes" in result.stderr
    assert server.requests == []


def test_dry_run_shows_the_plan(rheostat, server, sample):
    server.answers[f"POST {ORDERS}/start"] = sample.action(changes=["the SQL differs", "a: 1 → 2"])
    result = rheostat("job", "start", "orders", "-p", "shop", "--dry-run")
    assert result.stdout.splitlines() == [
        "Plan: start orders, version 2",
        "  1. write the attempt",
        "  2. launch",
        "  from: savepoint savepoint-1, made 3 min ago, reads 2.0 s again: newest proven",
        "        file:///s/savepoint-1",
        "  change: the SQL differs",
        "  change: a: 1 → 2",
        "  warning: old state",
        "Nothing was changed.",
    ]
    assert paths(server) == ["POST dry_run=true"]


def test_dry_run_as_json_is_the_wire_body(rheostat, server, sample):
    server.answers[f"POST {ORDERS}/stop"] = sample.action("stop")
    result = rheostat("job", "stop", "orders", "-p", "shop", "--dry-run", "--json")
    assert json.loads(result.stdout)["plan"]["steps"] == ["write the attempt", "launch"]


@pytest.mark.usefixtures("terminal")
def test_a_person_sees_the_plan_and_says_yes(rheostat, server, sample):
    server.answers[f"POST {ORDERS}/stop"] = [
        sample.action("stop"),
        sample.action("stop", run=sample.run("stopping")),
    ]
    result = rheostat("job", "stop", "orders", "-p", "shop", "--json", input="y\n")
    assert result.exit_code == 0
    assert "Plan: stop orders" in result.stderr
    assert json.loads(result.stdout)["run"]["phase"] == "stopping"
    assert paths(server) == ["POST dry_run=true", "POST dry_run=false"]


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("verb", ["start", "stop", "cancel", "savepoint", "restart"])
def test_what_is_applied_is_the_plan_that_was_shown(rheostat, server, sample, verb):
    server.answers[f"POST {ORDERS}/{verb}"] = [
        sample.action(verb, hash="seen"),
        sample.action(verb, run=sample.run()),
    ]
    assert rheostat("job", verb, "orders", "-p", "shop", input="y\n").exit_code == 0
    assert [body["plan"] for body in server.sent("POST")] == [None, "seen"]


@pytest.mark.usefixtures("terminal")
def test_what_is_deleted_is_the_plan_that_was_shown(rheostat, server, sample):
    server.answers[f"DELETE {ORDERS}"] = sample.action("delete", hash="seen", warnings=[])
    result = rheostat("job", "delete", "orders", "-p", "shop", input="y\n")
    assert (result.exit_code, result.stdout) == (0, "orders: is deleted\n")
    assert "Delete it?" in result.stderr
    assert paths(server) == ["DELETE dry_run=true", "DELETE dry_run=false&plan=seen"]


@pytest.mark.usefixtures("terminal")
def test_a_plan_that_has_become_another_is_shown_and_not_applied(rheostat, server, sample):
    server.answers[f"POST {ORDERS}/restart"] = [
        sample.action("restart"),
        sample.refusal(412, "stale", "the plan would be another now: y", "look"),
        sample.action("restart", version=3),
    ]
    result = rheostat("job", "restart", "orders", "-p", "shop", input="y\n")
    assert (result.exit_code, result.stdout) == (5, "")
    said = result.stderr.splitlines()
    new = said.index("The plan is another one now:")
    assert said[new + 1] == "Plan: restart orders, version 3"
    assert said[-2] == "error: Nothing was changed: the plan would be another now: y"
    assert said[-1] == "hint: Give the command again to be asked about the plan as it is then."
    assert len(server.requests) == 3


@pytest.mark.usefixtures("terminal")
def test_a_plan_that_is_none_any_more(rheostat, server, sample):
    server.answers[f"POST {ORDERS}/restart"] = [
        sample.action("restart"),
        sample.refusal(412, "stale", "another now"),
        sample.refusal(409, "conflict", "no run is live"),
    ]
    result = rheostat("job", "restart", "orders", "-p", "shop", input="y\n")
    assert result.exit_code == 5
    assert "error: Nothing was changed: another now\n" in result.stderr
    assert "another one now" not in result.stderr


@pytest.mark.usefixtures("terminal")
def test_a_person_says_no(rheostat, server, sample):
    server.answers[f"POST {ORDERS}/cancel"] = sample.action("cancel")
    result = rheostat("job", "cancel", "orders", "-p", "shop", input="\n")
    assert result.exit_code == 130
    assert "Nothing was changed." in result.stderr
    assert paths(server) == ["POST dry_run=true"]


def test_wait_says_each_phase_once_and_ends_well(rheostat, server, sample):
    server.answers = {
        f"POST {ORDERS}/start": sample.action(run=sample.run("queued")),
        RUN: [sample.run("starting"), sample.run("starting"), sample.run("running")],
    }
    result = rheostat("job", "start", "orders", "-p", "shop", "--yes", "--wait")
    assert result.exit_code == 0
    assert result.stdout == "orders: run 4 is running\n"
    assert [line.split()[2] for line in result.stderr.splitlines()] == ["starting", "running"]


def test_a_start_that_failed_says_where_and_why(rheostat, server, sample):
    failed = sample.run("failed", outcome=sample.outcome)
    server.answers = {
        f"POST {ORDERS}/start": sample.action(run=sample.run("queued")),
        RUN: failed,
    }
    result = rheostat("job", "start", "orders", "-p", "shop", "--yes", "--wait", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["run"]["outcome"]["line"] == 3
    said = [line.split(maxsplit=1) for line in result.stderr.splitlines()[1:]]
    assert said[0] == ["error:", "run 4 of orders has failed: because failed"]
    assert ["statement", "2"] in said
    assert ["column", "14"] in said
    assert ["message", "Column 'x' not found"] in said
    assert ["cause", "ValidationException"] in said
    assert said[-1] == ["hint:", "rheostat run logs orders -p shop --run 4"]


def test_stop_waits_until_it_ended(rheostat, server, sample):
    server.answers = {
        f"POST {ORDERS}/stop": sample.action("stop", run=sample.run("running", intent="stop")),
        RUN: [sample.run("stopping", intent="stop"), sample.run("stopped")],
    }
    assert rheostat("job", "stop", "orders", "-p", "shop", "--yes", "--wait").exit_code == 0


def test_a_stop_that_failed_while_the_job_runs_on(rheostat, server, sample):
    server.answers = {
        f"POST {ORDERS}/stop": sample.action("stop", run=sample.run("running", intent="stop")),
        RUN: sample.run("running"),
    }
    result = rheostat("job", "stop", "orders", "-p", "shop", "--yes", "--wait")
    assert result.exit_code == 1
    assert "run 4 of orders is running" in result.stderr


def test_the_time_of_wait_is_over(rheostat, server, sample):
    server.answers = {
        f"POST {ORDERS}/start": sample.action(run=sample.run("queued")),
        RUN: sample.run("starting"),
    }
    result = rheostat("job", "start", "orders", "-p", "shop", "--yes", "--wait", "--timeout", "0")
    assert result.exit_code == 9
    assert "the job goes on" in result.stderr


def test_ctrl_c_ends_only_the_waiting(rheostat, server, sample):
    server.answers = {
        f"POST {ORDERS}/start": sample.action(run=sample.run("queued")),
        RUN: [sample.run("starting"), KeyboardInterrupt()],
    }
    result = rheostat("job", "start", "orders", "-p", "shop", "--yes", "--wait")
    assert result.exit_code == 130
    assert "the job goes on" in result.stderr


def test_a_refused_start(rheostat, server, sample):
    server.answers[f"POST {ORDERS}/start"] = sample.refusal(409, "conflict", "It runs already.")
    result = rheostat("job", "start", "orders", "-p", "shop", "--yes", "--wait")
    assert (result.exit_code, result.stderr) == (5, "error: It runs already.\n")


@pytest.mark.parametrize("extra", [[], ["--version", "1"]], ids=["newest", "roll back"])
def test_restart_sends_its_version(rheostat, server, sample, extra):
    server.answers[f"POST {ORDERS}/restart"] = sample.action("restart", run=sample.run())
    result = rheostat("job", "restart", "orders", "-p", "shop", "--yes", *extra)
    assert "orders: run 4 is asked to stop; version 2 follows (running)" in result.stdout
    assert server.sent("POST") == [{**RESTART, "version": 1 if extra else None}]


def test_a_restart_of_what_does_not_run(rheostat, server, sample):
    server.answers[f"POST {ORDERS}/restart"] = sample.refusal(
        409, "conflict", "no run of orders is live", "start it"
    )
    result = rheostat("job", "restart", "orders", "-p", "shop", "--yes", "--wait")
    assert result.exit_code == 5
    assert result.stderr == "error: no run of orders is live\nhint: start it\n"


def test_restart_waits_for_the_run_that_follows(rheostat, server, sample):
    server.answers = {
        f"POST {ORDERS}/restart": sample.action("restart", run=sample.run(intent="restart")),
        RUN: [sample.run("stopping", intent="restart"), sample.run("stopped")],
        f"{RUN}/events": Page(items=[sample.event(3, "restarted", fields={"next": 5})]),
        f"GET {ORDERS}/runs/5": [sample.run("starting", number=5), sample.run(number=5)],
    }
    result = rheostat("job", "restart", "orders", "-p", "shop", "--yes", "--wait")
    assert (result.exit_code, result.stdout) == (0, "orders: run 5 is running\n")
    told = [line.split(maxsplit=2)[2] for line in result.stderr.splitlines()]
    assert told == [
        "stopping      because stopping",
        "starting      run 5: because starting",
        "running       run 5: because running",
    ]


def test_restart_as_json_names_the_run_that_follows(rheostat, server, sample):
    server.answers = {
        f"POST {ORDERS}/restart": sample.action("restart", run=sample.run(intent="restart")),
        RUN: sample.run("stopped"),
        f"{RUN}/events": Page(items=[sample.event(3, "restarted", fields={"next": 5})]),
        f"GET {ORDERS}/runs/5": sample.run(number=5),
    }
    result = rheostat("job", "restart", "orders", "-p", "shop", "--yes", "--wait", "--json")
    assert json.loads(result.stdout)["run"]["number"] == 5


def test_a_restart_whose_run_ended_otherwise(rheostat, server, sample):
    server.answers = {
        f"POST {ORDERS}/restart": sample.action("restart", run=sample.run(intent="restart")),
        RUN: sample.run("canceled"),
        f"{RUN}/events": Page(items=[]),
    }
    result = rheostat("job", "restart", "orders", "-p", "shop", "--yes", "--wait")
    assert result.exit_code == 1
    assert "error: orders was not restarted; run 4 is canceled: because canceled" in result.stderr


def saving(sample: Any, *events: Any) -> dict[str, Any]:
    return {
        f"POST {ORDERS}/savepoint": sample.action("savepoint", run=sample.run(intent="savepoint")),
        RUN: [sample.run(intent="savepoint"), sample.run()],
        f"{RUN}/events": Page(items=[sample.event(1, "intent_savepoint"), *events]),
        f"GET {ORDERS}/snapshots": Page(items=[sample.snapshot()]),
    }


def test_savepoint_does_not_wait_unless_told(rheostat, server, sample):
    server.answers = saving(sample)
    result = rheostat("job", "savepoint", "orders", "-p", "shop", "--yes")
    assert "orders: run 4 is asked for a savepoint (running)" in result.stdout
    assert server.sent("POST") == [{"format": "canonical", "plan": None}]


def test_savepoint_waits_until_it_is_listed(rheostat, server, sample):
    server.answers = saving(sample)
    result = rheostat("job", "savepoint", "orders", "-p", "shop", "--yes", "--wait")
    assert result.exit_code == 0
    assert result.stdout == "orders: savepoint file:///s/savepoint-2 of run 4 is made\n"


def test_a_savepoint_that_failed(rheostat, server, sample):
    server.answers = saving(
        sample, sample.event(2, "intent_failed", fields={"intent": "savepoint"})
    )
    result = rheostat("job", "savepoint", "orders", "-p", "shop", "--yes", "--wait")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-2:] == [
        "error: no savepoint of orders was made; run 4 is running: because running",
        "hint: rheostat run events orders -p shop --run 4",
    ]


def test_delete_with_yes_needs_no_waiting(rheostat, server, sample):
    server.answers[f"DELETE {ORDERS}"] = sample.action("delete")
    result = rheostat("job", "delete", "orders", "-p", "shop", "--yes", "--wait", "--json")
    assert json.loads(result.stdout)["plan"]["action"] == "delete"
    assert paths(server) == ["DELETE dry_run=false"]


def test_delete_of_what_runs(rheostat, server, sample):
    server.answers[f"DELETE {ORDERS}"] = sample.refusal(409, "conflict", "run 4 is running", "stop")
    result = rheostat("job", "delete", "orders", "-p", "shop", "--dry-run")
    assert (result.exit_code, result.stderr) == (5, "error: run 4 is running\nhint: stop\n")


def test_stdin_of_a_test_is_no_terminal():
    assert act.is_answerable() is sys.stdin.isatty()


def flags(rheostat, server, sample, verb, *given):
    server.answers[f"POST {ORDERS}/{verb}"] = sample.action(verb, run=sample.run("stopping"))
    assert rheostat("job", verb, "orders", "-p", "shop", "--yes", *given).exit_code == 0
    return server.sent("POST")[0]


SAID = [
    pytest.param("start", ["--allow-dropped"], {"allow_dropped": True}, id="start, dropped"),
    pytest.param("stop", [], {"drain": False, "format": "canonical"}, id="stop"),
    pytest.param("stop", ["--drain", "--native"], {"drain": True, "format": "native"}, id="drain"),
    pytest.param("savepoint", ["--native"], {"format": "native"}, id="savepoint"),
    pytest.param("restart", ["--from", "newest"], {"from": "newest"}, id="restart from"),
    pytest.param(
        "restart",
        ["--native", "--allow-dropped"],
        {"format": "native", "allow_dropped": True, "from": "savepoint"},
        id="restart, native",
    ),
]


@pytest.mark.parametrize(("verb", "given", "said"), SAID)
def test_flags_are_sent(rheostat, server, sample, verb, given, said):
    sent = flags(rheostat, server, sample, verb, *given)
    assert said.items() <= sent.items()


def test_plan_of_a_stop_says_what_a_start_would_use_now(rheostat, server, sample):
    server.answers[f"POST {ORDERS}/stop"] = sample.action("stop", restore=sample.restore)
    lines = rheostat("job", "stop", "orders", "-p", "shop", "--dry-run").stdout.splitlines()
    assert any(line.startswith("  now: a start would begin from savepoint") for line in lines)


def test_sql_that_differs_is_shown_and_cut(rheostat, server, sample):
    after = "\n".join(f"SELECT {number}" for number in range(100))
    diff = [Change(what="sql", key=None, before="SELECT 0", after=after)]
    server.answers[f"POST {ORDERS}/restart"] = sample.action("restart", diff=diff)
    shown = rheostat("job", "restart", "orders", "-p", "shop", "--dry-run").stdout
    assert "    +SELECT 1\n" in shown
    assert "    … 61 more lines: rheostat version diff" in shown
    assert "\x1b" not in shown
