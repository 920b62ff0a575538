"""`project`, `job`, `version`: what is sent, what is printed, which status."""

import json

import msgspec
import pytest
from click.testing import CliRunner

from rheostat.cli import main
from rheostat.wire.common import Page, ProblemField
from rheostat.wire.job import ProjectView

JOBS = "/projects/shop/jobs"
ORDERS = f"{JOBS}/orders"


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "orders.sql"
    path.write_text("SELECT 'ä';\n", encoding="utf-8")
    return str(path)


def test_project_create_and_list(rheostat, server, sample):
    view = ProjectView(id="p", name="shop", created_at=sample.job().created_at)
    server.answers = {"POST /projects": view, "GET /projects": Page(items=[view])}
    assert rheostat("project", "create", "shop").output == "project shop is there\n"
    assert server.sent("POST") == [{"name": "shop"}]
    shown = rheostat("project", "list").output
    assert "shop" in shown
    assert "2 h ago" in shown
    assert json.loads(rheostat("project", "list", "--json").output)[0]["name"] == "shop"


def test_create_sends_only_what_was_said(rheostat, server, sample, script):
    server.answers[f"POST {JOBS}"] = sample.job()
    assert rheostat("job", "create", "orders", "-p", "shop", "--sql", script).exit_code == 0
    (body,) = server.sent("POST")
    assert body["sql"] == "SELECT 'ä';\n"
    assert (body["mode"], body["flink"], body["guard"]) == (
        "streaming",
        "2.3",
        "resume_latest_proven",
    )


def test_create_with_everything(rheostat, server, sample, script):
    server.answers[f"POST {JOBS}"] = sample.job()
    result = rheostat(
        "job", "create", "orders", "--sql", script, "--mode", "batch", "--set", "a.b=1=2",
        "--set", "c = d", "--flink", "1.20", "--guard", "hold", "--json",
        env={"RHEOSTAT_PROJECT": "shop"},
    )  # fmt: skip
    assert json.loads(result.output)["name"] == "orders"
    (body,) = server.sent("POST")
    assert body["flink_configuration"] == {"a.b": "1=2", "c": "d"}
    assert (body["mode"], body["flink"], body["guard"]) == ("batch", "1.20", "hold")


def test_create_from_stdin(rheostat, server, sample):
    server.answers[f"POST {JOBS}"] = sample.job()
    rheostat("job", "create", "orders", "-p", "shop", "--sql", "-", input="SELECT 1")
    assert server.sent("POST")[0]["sql"] == "SELECT 1"


def test_create_from_what_is_no_text(rheostat, tmp_path):
    (tmp_path / "x").write_bytes(b"\xff\xfe")
    result = rheostat("job", "create", "orders", "-p", "shop", "--sql", str(tmp_path / "x"))
    assert result.exit_code == 3
    assert "is not UTF-8 text" in result.stderr


@pytest.mark.parametrize("pair", ["novalue", "=x", " =x"])
def test_a_setting_without_key_or_value_is_wrong_usage(rheostat, script, pair):
    result = rheostat("job", "create", "o", "-p", "shop", "--sql", script, "--set", pair)
    assert result.exit_code == 2
    assert "is not KEY=VALUE" in result.stderr


def test_problems_are_listed_with_their_places(rheostat, server, sample, script):
    server.answers[f"POST {JOBS}"] = sample.refusal(
        422, "invalid", "The draft is not valid.", "Take it out.",
        [ProblemField(where="3:14", message="reserved key")],
    )  # fmt: skip
    result = rheostat("job", "create", "o", "-p", "shop", "--sql", script, "--json")
    assert result.exit_code == 3
    assert result.stderr == (
        "error: The draft is not valid.\n  3:14: reserved key\nhint: Take it out.\n"
    )
    assert json.loads(result.stdout) == {
        "title": "The request is not valid.",
        "code": "invalid",
        "detail": "The draft is not valid.",
        "hint": "Take it out.",
        "errors": [{"where": "3:14", "message": "reserved key"}],
        "exit": 3,
    }


def test_list(rheostat, server, sample):
    fresh = sample.row(
        name="fresh", version=None, run=None, phase=None, health=None, since=None, reason=None
    )
    behind = sample.row(name="behind", version=3, running_version=2, draft_differs=True)
    server.answers[f"GET {JOBS}"] = sample.page(sample.row(), fresh, behind)
    lines = rheostat("job", "list", "-p", "shop").output.splitlines()
    assert lines[0].split() == ["JOB", "MODE", "VERSION", "RUN", "PHASE", "HEALTH", "SINCE", "WHY"]
    assert lines[1].split()[:7] == ["orders", "streaming", "sql", "2", "4", "running", "healthy"]
    assert lines[1].endswith("every task runs")
    assert lines[2].split() == ["fresh", "streaming", "sql", "draft", "-", "-", "-", "-", "-"]
    assert "3 + (runs 2)" in lines[3]


def test_list_asks_for_what_is_wanted(rheostat, server, sample):
    server.answers[f"GET {JOBS}"] = sample.page()
    filters = ("--phase", "failed", "--phase", "never", "--search", "ord", "--kind", "jar")
    assert "no job of shop fits" in rheostat("job", "list", "-p", "shop", *filters).output
    query = server.requests[-1].url.query.decode()
    assert query == "q=ord&phase=failed&phase=never&kind=jar"


def test_an_empty_list_says_what_to_do(rheostat, server, sample):
    server.answers[f"GET {JOBS}"] = sample.page()
    assert "rheostat job create" in rheostat("job", "list", "-p", "shop").output
    assert json.loads(rheostat("job", "list", "-p", "shop", "--json").output) == []


def test_show_prints_the_sql_as_it_is(rheostat, server, sample):
    server.answers[f"GET {ORDERS}"] = sample.job()
    output = rheostat("job", "show", "orders", "-p", "shop").output
    assert output.endswith("\nSELECT [red]1[/red];\n")
    assert "a.b" in output


def test_edit_changes_one_key_and_keeps_the_rest(rheostat, server, sample):
    server.answers = {
        f"GET {ORDERS}": sample.job(),
        f"PATCH {ORDERS}/draft": sample.job(revision=8),
    }
    result = rheostat("job", "edit", "orders", "-p", "shop", "--set", "c=3")
    assert result.output == "draft of orders is changed (revision 8)\n"
    assert server.sent("PATCH") == [{"flink_configuration": {"a.b": "1", "c": "3"}}]
    assert server.requests[-1].headers["if-match"] == '"7"'


def test_edit_takes_a_key_away(rheostat, server, sample, script):
    server.answers = {f"GET {ORDERS}": sample.job(), f"PATCH {ORDERS}/draft": sample.job()}
    rheostat("job", "edit", "orders", "-p", "shop", "--unset", "a.b", "--sql", script)
    assert server.sent("PATCH") == [{"sql": "SELECT 'ä';\n", "flink_configuration": {}}]


def test_edit_of_a_key_that_is_not_there(rheostat, server, sample):
    server.answers = {f"GET {ORDERS}": sample.job()}
    assert rheostat("job", "edit", "orders", "-p", "shop", "--unset", "x").exit_code == 3


def test_edit_of_nothing_is_wrong_usage(rheostat, server):
    assert rheostat("job", "edit", "orders", "-p", "shop").exit_code == 2
    assert server.requests == []


def test_edit_of_what_changed_meanwhile(rheostat, server, sample):
    server.answers = {
        f"GET {ORDERS}": sample.job(),
        f"PATCH {ORDERS}/draft": sample.refusal(412, "stale", "Changed.", "Read again."),
    }
    result = rheostat("job", "edit", "orders", "-p", "shop", "--flink", "1.20")
    assert (result.exit_code, result.stderr) == (5, "error: Changed.\nhint: Read again.\n")


@pytest.mark.parametrize(
    ("phase", "verb"),
    [(None, "start"), ("stopped", "start"), ("running", "restart"), ("held", "restart")],
)
def test_publish(rheostat, server, sample, phase, verb):
    job = msgspec.structs.replace(sample.job(), phase=phase)
    server.answers = {f"POST {ORDERS}/versions": sample.version(), f"GET {ORDERS}": job}
    result = rheostat("job", "publish", "orders", "-p", "shop", "--yes")
    assert "version 2 is published" in result.output
    assert f"rheostat job {verb} orders -p shop" in result.output


def test_publish_dry_run_publishes_nothing(rheostat, server, sample):
    other = sample.version(
        content=msgspec.structs.replace(
            sample.content, sql="SELECT 2", flink_configuration={"b": "1"}
        )
    )
    server.answers = {f"GET {ORDERS}": sample.job(), f"GET {ORDERS}/versions/2": other}
    result = rheostat("job", "publish", "orders", "-p", "shop", "--dry-run", "--json")
    assert json.loads(result.output) == {
        "job": "orders",
        "version": 2,
        "changed": ["sql", "a.b", "b"],
    }
    assert {request.method for request in server.requests} == {"GET"}


def test_versions(rheostat, server, sample):
    server.answers = {
        f"GET {ORDERS}/versions": Page(items=[sample.version()]),
        f"GET {ORDERS}/versions/2": sample.version(),
    }
    assert "dddddddddddd" in rheostat("version", "list", "orders", "-p", "shop").output
    assert "2 of orders" in rheostat("version", "show", "orders", "2", "-p", "shop").output
    assert rheostat("version", "show", "orders", "3", "-p", "shop").exit_code == 4


def test_a_project_must_be_named(rheostat):
    result = rheostat("job", "list")
    assert result.exit_code == 2
    assert "--project" in result.stderr


@pytest.fixture
def alone(monkeypatch):
    """Run a command line that finds its server by the environment."""
    monkeypatch.setenv("RHEOSTAT_URL", "http://127.0.0.1:1")
    monkeypatch.delenv("RHEOSTAT_TOKEN", raising=False)
    return lambda *arguments: CliRunner().invoke(main, arguments)


def test_a_token_file_that_is_not_there(alone, tmp_path, monkeypatch):
    monkeypatch.setenv("RHEOSTAT_TOKEN_FILE", str(tmp_path / "absent"))
    result = alone("project", "list")
    assert result.exit_code == 3
    assert "RHEOSTAT_TOKEN_FILE" in result.stderr


def test_no_server(alone):
    result = alone("project", "list", "--json")
    assert result.exit_code == 7
    assert "rheostat serve" in result.stderr
    assert json.loads(result.stdout)["code"] == "cannot_look"


def test_no_token(rheostat, server, sample):
    server.answers["GET /projects"] = sample.refusal(401, "unauthenticated", "Who are you?")
    result = rheostat("project", "list")
    assert result.exit_code == 6
    assert "RHEOSTAT_TOKEN" in result.stderr
