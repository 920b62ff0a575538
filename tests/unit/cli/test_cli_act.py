"""`job start|stop|cancel`: the plan, the question, the waiting, the status."""

import json
import sys
from typing import Any

import pytest

from rheostat.cli import act
from rheostat.client import wait

ORDERS = "/projects/shop/jobs/orders"
RUN = f"GET {ORDERS}/runs/4"


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
    assert server.sent("POST") == [{"from": "newest", "version": None}]


def test_start_from_and_version(rheostat, server, sample):
    server.answers[f"POST {ORDERS}/start"] = sample.action(run=sample.run("queued"))
    rheostat("job", "start", "orders", "-p", "shop", "--yes", "--from", "empty", "--version", "1")
    assert server.sent("POST") == [{"from": "empty", "version": 1}]


@pytest.mark.parametrize("verb", ["start", "stop", "cancel"])
def test_without_a_terminal_and_without_yes_nothing_is_asked(rheostat, server, verb):
    result = rheostat("job", verb, "orders", "-p", "shop")
    assert result.exit_code == 2
    assert "--yes" in result.stderr
    assert server.requests == []


def test_dry_run_shows_the_plan(rheostat, server, sample):
    server.answers[f"POST {ORDERS}/start"] = sample.action()
    result = rheostat("job", "start", "orders", "-p", "shop", "--dry-run")
    assert result.stdout.splitlines() == [
        "Plan: start orders, version 2",
        "  from savepoint file:///s/savepoint-1, made 3 min ago, goes back 2.0 s: newest proven",
        "  1. write the attempt",
        "  2. launch",
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


def test_stdin_of_a_test_is_no_terminal():
    assert act.is_answerable() is sys.stdin.isatty()
