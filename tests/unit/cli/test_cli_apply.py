"""`job apply`: what is asked of the server, what is said, and that a second time does nothing."""

import json

import pytest

from rheostat.cli.job_file import parse_job_file
from rheostat.model.job import Content, Resources
from rheostat.service.view import content_view
from rheostat.wire.job import ProjectView
from tests.jars import digest_of, make_jar

SHOP = "/projects/shop"
ORDERS = f"{SHOP}/jobs/orders"
FILE = "project: shop\nname: orders\nsql: SELECT 2\nresources: {parallelism: 3}\n"
WANTED = content_view(Content(sql="SELECT 2", resources=Resources(parallelism=3)))
OLD = content_view(Content(sql="SELECT 1", flink_configuration={"my.secret": "s", "a": "1"}))


@pytest.fixture
def apply(rheostat, tmp_path):
    def run(*arguments, text=FILE):
        path = tmp_path / "orders.yaml"
        path.write_text(text)
        return rheostat("job", "apply", "-f", str(path), *arguments)

    return run


@pytest.fixture
def has(server, sample):
    """A server with the job as it is given."""

    def make(draft, version=2, published=None, phase="stopped", running=1):
        job = sample.job(draft=draft, version=version, phase=phase, run=4)
        server.answers = {
            f"GET {ORDERS}": job,
            f"GET {ORDERS}/versions/{version}": sample.version(content=published or draft),
            f"GET {ORDERS}/runs/4": sample.run(phase, version=running),
            f"PATCH {ORDERS}/draft": job,
            f"POST {ORDERS}/versions": sample.version(number=3, content=WANTED),
            f"POST {ORDERS}/restart": sample.action("restart"),
            f"POST {SHOP}/jobs": job,
        }

    return make


def writes(server):
    return [(each.method, each.url.path) for each in server.requests if each.method != "GET"]


def test_new_job_is_created_and_published(apply, server, sample):
    server.answers = {
        f"GET {SHOP}": ProjectView(id="p", name="shop", created_at=sample.job().created_at),
        f"POST {SHOP}/jobs": sample.job(draft=WANTED, version=None),
        f"POST {ORDERS}/versions": sample.version(number=1, content=WANTED),
    }
    result = apply("--yes")
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "orders: version 1 is published",
        "  the SQL differs",
        "  Flink not set → 2.3",
        "  parallelism: not set → 3",
        "  run it: rheostat job start orders -p shop",
    ]
    (body,) = server.sent("POST")
    assert (body["name"], body["sql"], body["mode"]) == ("orders", "SELECT 2", "streaming")


def test_same_again_does_nothing(apply, server, has):
    has(WANTED)
    result = apply()
    assert result.output == "orders: nothing to do; version 2 is what the file says\n"
    assert (result.exit_code, writes(server)) == (0, [])
    found = json.loads(apply("--json").stdout)
    assert (found["applied"], found["is_there"], found["version"]) == (False, True, 2)
    assert (found["changes"], found["overwritten"], found["restart"]) == ([], [], None)


def test_dry_run_shows_every_change_and_makes_none(apply, server, has):
    has(OLD)
    result = apply("--dry-run")
    assert result.output.splitlines() == [
        "orders: version 3 would be published:",
        "  the SQL differs",
        "  a: 1 → not set",
        "  my.secret: ****** → not set",
        "  parallelism: not set → 3",
        "Nothing was changed.",
    ]
    assert writes(server) == []
    changes = json.loads(apply("--dry-run", "--json").stdout)["changes"]
    assert {"what": "resource", "key": "parallelism", "before": None, "after": "3"} in changes
    assert writes(server) == []


def test_changed_file_edits_the_whole_draft_and_publishes(apply, server, has):
    has(OLD)
    assert apply("--yes").exit_code == 0
    (edit,) = server.sent("PATCH")
    assert (edit["sql"], edit["jar"], edit["flink_configuration"]) == ("SELECT 2", None, {})
    assert set(edit) == {
        "sql", "jar", "flink_configuration", "flink", "guard", "resources", "policies",
    }  # fmt: skip
    edited = next(each for each in server.requests if each.method == "PATCH")
    assert edited.headers["If-Match"] == '"7"'
    assert [method for method, _ in writes(server)] == ["PATCH", "POST"]


def test_draft_that_was_not_published_is_only_published(apply, server, has):
    has(WANTED, published=OLD)
    assert apply("--yes").exit_code == 0
    assert [method for method, _ in writes(server)] == ["POST"]


def test_unpublished_changes_of_somebody_are_told_before_they_go(apply, has):
    draft = content_view(Content(sql="SELECT 2", resources=Resources(parallelism=8, slots=2)))
    has(draft, published=WANTED)
    lines = apply("--dry-run").output.splitlines()
    assert lines == [
        "orders: the draft would be again what version 2 holds:",
        "  the draft holds other changes that were not published; they would go:",
        "    parallelism: 8 → 3",
        "    slots: 2 → not set",
        "Nothing was changed.",
    ]


def test_live_run_goes_on_and_a_restart_is_planned(apply, server, has):
    has(OLD, phase="running", running=2)
    result = apply("--yes")
    assert "version 2 runs on; a restart would be this:" in result.output
    assert "Plan: restart orders" in result.output
    (asked,) = [each for each in server.requests if each.url.path.endswith("/restart")]
    assert asked.url.params["dry_run"] == "true"
    assert json.loads(asked.read())["version"] == 3
    assert json.loads(apply("--yes", "--json").stdout)["restart"]["action"] == "restart"


def test_restart_is_made_when_it_was_asked_for(apply, server, has):
    has(OLD, phase="running", running=2)
    assert apply("--yes", "--restart").exit_code == 0
    asked = [each for each in server.requests if each.url.path.endswith("/restart")]
    assert [each.url.params["dry_run"] for each in asked] == ["true", "false"]


@pytest.mark.parametrize(
    ("phase", "running"), [("stopped", 2), ("running", 2)], ids=["ended", "live with it"]
)
def test_restart_of_what_runs_as_it_should_is_none(apply, server, has, phase, running):
    has(WANTED, phase=phase, running=running)
    result = apply("--yes", "--restart")
    assert "nothing to restart" in result.output
    assert (result.exit_code, writes(server)) == (0, [])


def test_without_a_terminal_a_word_is_needed(apply, server, has):
    has(OLD)
    result = apply()
    assert (result.exit_code, writes(server)) == (2, [])
    assert "--yes" in result.stderr


def test_faults_of_the_file_are_told_before_anything_is_asked(apply, server):
    result = apply("--yes", text=FILE + "modus: batch\nflink: x\n")
    assert (result.exit_code, server.requests) == (3, [])
    assert "modus: is not known. Did you mean mode?" in result.stderr
    assert "flink:" in result.stderr


def test_mode_of_a_job_never_changes(apply, server, has):
    has(WANTED)
    result = apply("--yes", text=FILE + "mode: batch\n")
    assert (result.exit_code, writes(server)) == (3, [])
    assert "a mode never changes" in result.stderr


def test_project_must_be_there(apply, server):
    server.answers = {}
    assert apply("--yes").exit_code == 4
    assert writes(server) == []


def test_jar_is_compared_by_its_digest_and_not_sent_for_a_dry_run(apply, server, has, tmp_path):
    data = make_jar()
    (tmp_path / "x.jar").write_bytes(data)
    has(OLD)
    text = "project: shop\nname: orders\njar: x.jar\nargs: [a]\n"
    lines = apply("--dry-run", text=text).output.splitlines()
    assert f"  JAR not set → x.jar ({digest_of(data)[:12]}) a" in lines
    assert writes(server) == []


def test_file_of_the_help_is_one(rheostat, tmp_path):
    shown = rheostat("job", "apply", "--help").output
    text = shown.partition("A file:\n")[2]
    (tmp_path / "orders.sql").write_text("SELECT 1")
    found = parse_job_file(text.partition("\n\n")[0], tmp_path / "job.yaml")
    assert (found.project, found.body.flink, found.body.resources.parallelism) == ("shop", "2.3", 4)
