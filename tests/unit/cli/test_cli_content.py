"""JARs, resources and policies at the command line: what is sent, what is shown, what differs."""

import datetime as dt
import json

import msgspec
import pytest

from rheostat.model.job import Content, Jar, Policies, Resources, UnseenBatch
from rheostat.service.view import content_view
from rheostat.wire.artifact import ArtifactView
from tests.jars import digest_of, make_jar

JOBS = "/projects/shop/jobs"
ORDERS = f"{JOBS}/orders"
JAR = make_jar()
DIGEST = digest_of(JAR)
ARTIFACT = f"/projects/shop/artifacts/{DIGEST}"
KNOWN = ArtifactView(
    digest=DIGEST, name="orders.jar", size_bytes=len(JAR), main=None, created_by="ann",
    created_at=dt.datetime(2026, 8, 1, tzinfo=dt.UTC),
)  # fmt: skip
PROGRAM = Jar(artifact="ab" * 32, name="old.jar", size_bytes=2048, main="a.B", args=("x", "y z"))
RICH = content_view(
    Content(
        jar=PROGRAM,
        flink_configuration={"k": "v"},
        resources=Resources(parallelism=2, taskmanager_memory="1g", jobmanager_cpu=0.5),
        policies=Policies(
            unseen_batch=UnseenBatch.RERUN, resume_failed=2, max_rewind_s=60, is_stateless=True
        ),
    )
)


@pytest.fixture
def jar(tmp_path):
    path = tmp_path / "orders.jar"
    path.write_bytes(JAR)
    return str(path)


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "orders.sql"
    path.write_text("SELECT 1;\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def orders(server, sample):
    """Job `orders` with a JAR draft."""
    view = sample.job(draft=RICH, kind="jar")
    server.answers = {
        f"GET {ORDERS}": view,
        f"PATCH {ORDERS}/draft": view,
        f"POST {JOBS}": view,
        f"GET {ARTIFACT}": KNOWN,
    }


@pytest.fixture
def edit(rheostat, server, orders):
    def run(*arguments):
        result = rheostat("job", "edit", "orders", "-p", "shop", *arguments)
        sent = server.sent("PATCH")
        return result, sent[-1] if sent else None

    return run


@pytest.mark.usefixtures("orders")
def test_create_with_a_jar_and_everything(rheostat, server, jar):
    result = rheostat(
        "job", "create", "orders", "-p", "shop", "--jar", jar, "--main", "a.B",
        "--arg", "x", "--arg=--rate", "--arg", "", "--parallelism", "2", "--slots", "1",
        "--jobmanager-memory", "1g", "--taskmanager-memory", "2g", "--jobmanager-cpu", "0.5",
        "--taskmanager-cpu", "2", "--unseen-batch", "rerun", "--resume-failed", "3",
        "--max-rewind", "60", "--stateless", "--flink", "1.20",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    (body,) = server.sent("POST")
    assert (body["sql"], body["flink"]) == ("", "1.20")
    assert body["jar"] == {"artifact": DIGEST, "main": "a.B", "args": ["x", "--rate", ""]}
    assert body["resources"] == {
        "parallelism": 2, "slots": 1, "jobmanager_memory": "1g", "taskmanager_memory": "2g",
        "jobmanager_cpu": 0.5, "taskmanager_cpu": 2.0,
    }  # fmt: skip
    assert body["policies"] == {
        "unseen_batch": "rerun", "resume_failed": 3, "max_rewind_s": 60, "is_stateless": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "--sql FILE or --jar FILE"),
        (["--sql", "{sql}", "--jar", "{jar}"], "not both"),
        (["--sql", "{sql}", "--parallelism", "0"], "1<=x<=1024"),
        (["--jar", "none.jar"], "does not exist"),
    ],
)
def test_wrong_usage_of_create_sends_nothing(rheostat, server, jar, script, arguments, message):
    given = [each.format(sql=script, jar=jar) for each in arguments]
    result = rheostat("job", "create", "orders", "-p", "shop", *given)
    assert (result.exit_code, message in result.stderr) == (2, True), result.stderr
    assert server.requests == []


def test_main_and_args_need_a_jar(rheostat, server, script):
    result = rheostat("job", "create", "o", "-p", "shop", "--sql", script, "--arg", "x")
    assert (result.exit_code, server.requests) == (3, [])


def test_new_jar_keeps_main_and_arguments(edit, jar):
    _, body = edit("--jar", jar)
    assert body == {"jar": {"artifact": DIGEST, "main": "a.B", "args": ["x", "y z"]}}


def test_arguments_are_replaced_as_a_whole(edit):
    _, body = edit("--arg", "1")
    assert body == {"jar": {"artifact": "ab" * 32, "main": "a.B", "args": ["1"]}}


def test_main_may_go_back_to_the_manifests(edit):
    _, body = edit("--main", "")
    assert body == {"jar": {"artifact": "ab" * 32, "main": "", "args": ["x", "y z"]}}


def test_script_takes_the_place_of_a_jar_and_the_reverse(edit, server, sample, jar, script):
    _, body = edit("--sql", script)
    assert body == {"sql": "SELECT 1;\n", "jar": None}
    server.answers[f"GET {ORDERS}"] = sample.job()
    _, body = edit("--jar", jar)
    assert body == {"sql": "", "jar": {"artifact": DIGEST, "main": "", "args": []}}


def test_one_resource_or_policy_leaves_the_others(edit):
    _, body = edit("--slots", "4", "--stateful")
    assert body["resources"] == {
        "parallelism": 2, "slots": 4, "jobmanager_memory": None, "taskmanager_memory": "1g",
        "jobmanager_cpu": 0.5, "taskmanager_cpu": None,
    }  # fmt: skip
    assert body["policies"] == {
        "unseen_batch": "rerun", "resume_failed": 2, "max_rewind_s": 60, "is_stateless": False,
    }  # fmt: skip


def test_unset_takes_settings_and_resources_away(edit):
    _, body = edit("--unset", "taskmanager-memory", "--unset", "k")
    assert body["resources"]["taskmanager_memory"] is None
    assert body["resources"]["parallelism"] == 2
    assert body["flink_configuration"] == {}
    result, _ = edit("--unset", "slots")
    assert (result.exit_code, "does not set slots" in result.stderr) == (3, True)


@pytest.mark.usefixtures("orders")
def test_show_tells_of_jar_resources_and_policies(rheostat):
    shown = rheostat("job", "show", "orders", "-p", "shop").output
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    for wanted in (
        "jar old.jar, 2.0 KiB, abababababab", "main class a.B", "argument x", "argument y z",
        "parallelism 2", "taskmanager memory 1g", "jobmanager cpu 0.5", "unseen batch rerun",
        "resume failed 2 times in 30 min", "max rewind 1 min", "stateless yes", "k v",
    ):  # fmt: skip
        assert wanted in lines


def test_diff_tells_each_part_of_jar_resources_and_policies(rheostat, server, sample):
    new = content_view(
        Content(
            jar=Jar(artifact="cd" * 32, name="new.jar", size_bytes=1, args=("x",)),
            resources=Resources(parallelism=2, slots=1),
            policies=Policies(is_stateless=True, max_rewind_s=60, resume_failed=2),
        )
    )
    server.answers = {
        f"GET {ORDERS}": sample.job(),
        f"GET {ORDERS}/versions/1": sample.version(number=1, content=RICH),
        f"GET {ORDERS}/versions/2": sample.version(number=2, content=new),
    }
    found = json.loads(rheostat("version", "diff", "orders", "-p", "shop", "--json").stdout)
    assert found["jar"] == {
        "artifact": ["ab" * 32, "cd" * 32],
        "name": ["old.jar", "new.jar"],
        "main": ["a.B", None],
        "args": ["x 'y z'", "x"],
    }
    assert found["resources"] == {
        "slots": [None, "1"], "taskmanager_memory": ["1g", None], "jobmanager_cpu": ["0.5", None],
    }  # fmt: skip
    assert found["policies"] == {"unseen_batch": ["rerun", "hold"]}
    lines = rheostat("version", "diff", "orders", "-p", "shop").stdout.splitlines()
    assert "jar name: old.jar → new.jar" in lines
    assert "slots: not set → 1" in lines
    assert "unseen batch: rerun → hold" in lines


def test_publish_dry_run_names_resources(rheostat, server, sample):
    other = msgspec.structs.replace(RICH, sql="")
    new = content_view(Content(jar=PROGRAM, resources=Resources(parallelism=3)))
    server.answers = {
        f"GET {ORDERS}": sample.job(draft=new),
        f"GET {ORDERS}/versions/2": sample.version(content=other),
    }
    shown = rheostat("job", "publish", "orders", "-p", "shop", "--dry-run", "--json").stdout
    assert json.loads(shown)["changed"] == [
        "k", "parallelism", "taskmanager_memory", "jobmanager_cpu", "unseen_batch",
        "resume_failed", "max_rewind_s", "is_stateless",
    ]  # fmt: skip
