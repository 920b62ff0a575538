"""What a draft may hold, and what is judged before it is published."""

import hashlib
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from rheostat.errors import Invalid, TooLarge
from rheostat.model.ids import JobId, ProjectId
from rheostat.model.job import Artifact, Content, Jar, Mode, Policies, Resources, UnseenBatch
from rheostat.service import job as jobs
from rheostat.service import project as projects
from rheostat.service.content import check_content, content_digest
from rheostat.store.artifact import save_artifact
from rheostat.wire import job as wire
from tests.unit.store.nouns import NOW, SQL, later

DIGEST = "ab" * 32
JAR = wire.Jar(artifact=DIGEST, main="demo.Main", args=["--rate", "10 €"])
FREE = {"parallelism": None, "slots": None, "jobmanager_memory": None,
        "taskmanager_memory": None, "jobmanager_cpu": None, "taskmanager_cpu": None}  # fmt: skip


@pytest.fixture
def shop(conn):
    for name in ("shop", "other"):
        body = wire.ProjectBody(name=name)
        projects.create_project(conn, body, ProjectId(name), NOW)
    new = Artifact(
        project_id=ProjectId("shop"), digest=DIGEST, name="orders.jar", size_bytes=7,
        main=None, created_at=NOW, created_by="ann",
    )  # fmt: skip
    assert save_artifact(conn, new)
    return conn


def create(conn, project="shop", **fields):
    return jobs.create_job(conn, project, wire.JobBody(name="orders", **fields), JobId("j"), NOW)


def edit(conn, revision, **fields):
    return jobs.edit_draft(conn, "shop", "orders", wire.DraftBody(**fields), revision)


def test_jar_of_a_draft_is_told_with_what_is_known_of_its_artifact(shop):
    view = create(shop, jar=JAR)
    assert (view.kind, view.draft.kind, view.draft.sql) == ("jar", "jar", "")
    assert msgspec.to_builtins(view.draft.jar) == {
        "artifact": DIGEST, "name": "orders.jar", "size_bytes": 7, "main": "demo.Main",
        "args": ["--rate", "10 €"],
    }  # fmt: skip
    assert view == jobs.show_job(shop, "shop", "orders")


@pytest.mark.parametrize("project", ["shop", "other"])
def test_jar_must_be_among_the_artifacts_of_the_same_project(shop, project):
    unknown = wire.Jar(artifact="cd" * 32 if project == "shop" else DIGEST)
    with pytest.raises(Invalid) as caught:
        create(shop, project, jar=unknown)
    assert [each.where for each in caught.value.problems] == ["jar.artifact"]
    assert f"project {project} has no artifact" in caught.value.problems[0].message


def test_edit_leaves_or_replaces_or_takes_the_jar_away(shop):
    create(shop, jar=JAR)
    assert edit(shop, 1, flink="1.20").draft.jar is not None
    assert edit(shop, 2, jar=wire.Jar(artifact=DIGEST)).draft.jar == wire.JarView(
        artifact=DIGEST, name="orders.jar", size_bytes=7, main="", args=[]
    )
    view = edit(shop, 3, jar=None, sql=SQL)
    assert (view.kind, view.draft.jar, view.draft.sql) == ("sql", None, SQL)


def test_edit_replaces_resources_and_policies_as_a_whole(shop):
    view = create(
        shop,
        sql=SQL,
        resources=wire.Resources(parallelism=2, taskmanager_memory="1g", jobmanager_cpu=0.5),
        policies=wire.Policies(unseen_batch="rerun", resume_failed=3),
    )
    resources = {"parallelism": 2, "taskmanager_memory": "1g", "jobmanager_cpu": 0.5}
    assert msgspec.to_builtins(view.draft.resources) == FREE | resources
    assert msgspec.to_builtins(view.draft.policies) == {
        "unseen_batch": "rerun", "resume_failed": 3, "max_rewind_s": 3600, "is_stateless": False,
    }  # fmt: skip
    assert edit(shop, 1, guard="hold").draft.resources == view.draft.resources
    view = edit(shop, 2, resources=wire.Resources(slots=1), policies=wire.Policies())
    assert msgspec.to_builtins(view.draft.resources) == FREE | {"slots": 1}
    assert view.draft.policies.unseen_batch == "hold"


@pytest.mark.parametrize(
    ("jar", "where"),
    [
        (wire.Jar(artifact=DIGEST, main="a\x00b"), "jar.main"),
        (wire.Jar(artifact=DIGEST, args=["", "\ud800"]), "jar.args[1]"),
    ],
)
def test_no_jar_may_hold_what_cannot_be_stored(shop, jar, where):
    with pytest.raises(Invalid) as caught:
        create(shop, jar=jar)
    assert [each.where for each in caught.value.problems] == [where]


def test_arguments_have_a_limit_in_bytes(shop):
    with pytest.raises(TooLarge, match="65,538 bytes"):
        create(shop, jar=wire.Jar(artifact=DIGEST, args=["ü" * 32_768, "ü"]))


PROGRAM = Jar(artifact=DIGEST, name="orders.jar", size_bytes=7)
SOUND = [
    pytest.param(Content(sql=SQL), id="script"),
    pytest.param(Content(jar=PROGRAM), id="JAR"),
    pytest.param(Content(sql=" \n", jar=PROGRAM), id="JAR and a blank script"),
    pytest.param(
        Content(
            sql=SQL,
            resources=Resources(
                parallelism=4, slots=2, jobmanager_memory="1g", taskmanager_memory="1728 mb",
                jobmanager_cpu=0.5, taskmanager_cpu=2,
            ),
        ),
        id="every resource",
    ),
    pytest.param(
        Content(
            sql=SQL,
            flink_configuration={"taskmanager.memory.managed.size": "64m"},
            resources=Resources(taskmanager_memory="1g"),
        ),
        id="a part beside the whole",
    ),
]  # fmt: skip


@pytest.mark.parametrize("content", SOUND)
@pytest.mark.parametrize("mode", list(Mode))
def test_sound_content_is_let_through(content, mode):
    check_content(content, mode)


def twice(field, value, key, flink="1"):
    return Content(sql=SQL, flink_configuration={key: flink}, resources=Resources(**{field: value}))


FAULTY = [
    pytest.param(Content(), ["1:1"], "", id="neither"),
    pytest.param(Content(sql=SQL, jar=PROGRAM), ["jar"], "a script too", id="both"),
    *(
        pytest.param(
            twice(field, value, key), [f"flink_configuration.{key}"],
            f"{key} and the resource {field} say the same", id=f"{field} and {key}",
        )
        for field, value, key in [
            ("parallelism", 2, "parallelism.default"),
            ("slots", 2, "taskmanager.numberOfTaskSlots"),
            ("jobmanager_memory", "1g", "jobmanager.memory.process.size"),
            ("jobmanager_memory", "1g", "jobmanager.memory.flink.size"),
            ("taskmanager_memory", "1g", "taskmanager.memory.process.size"),
            ("taskmanager_memory", "1g", "taskmanager.memory.flink.size"),
            ("jobmanager_cpu", 1.0, "kubernetes.jobmanager.cpu"),
            ("jobmanager_cpu", 1.0, "kubernetes.jobmanager.cpu.amount"),
            ("taskmanager_cpu", 1.0, "taskmanager.cpu.cores"),
            ("taskmanager_cpu", 1.0, "kubernetes.taskmanager.cpu"),
        ]
    ),
    pytest.param(
        Content(
            sql="\nSET 'parallelism.default' = '3';\n" + SQL, resources=Resources(parallelism=2)
        ),
        ["2:1"], "parallelism.default and the resource parallelism", id="SET in the script",
    ),
    pytest.param(
        Content(jar=PROGRAM, resources=Resources(parallelism=1025, slots=0, jobmanager_cpu=0.0)),
        ["resources.parallelism", "resources.slots", "resources.jobmanager_cpu"],
        "from 1 to 1024", id="no such number",
    ),
    pytest.param(
        Content(sql=SQL, resources=Resources(taskmanager_memory="much")),
        ["resources.taskmanager_memory"], "'much' is not a memory size", id="no size",
    ),
    pytest.param(
        Content(sql=SQL, resources=Resources(jobmanager_memory="300m")),
        ["resources.jobmanager_memory"], "32 are needed", id="too little memory",
    ),
    pytest.param(
        Content(jar=PROGRAM, flink_configuration={"rest.port": "1"}),
        ["flink_configuration.rest.port"], "rest.port is reserved", id="reserved key with a JAR",
    ),
    pytest.param(
        Content(jar=PROGRAM, flink_configuration={"taskmanager.memory.managed.size": "x"}),
        ["flink_configuration.taskmanager.memory.managed.size"], "'x' is not", id="a bad setting",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("content", "places", "message"), FAULTY)
def test_faulty_content_is_refused_with_each_place(content, places, message):
    with pytest.raises(Invalid) as caught:
        check_content(content, Mode.STREAMING)
    found = caught.value.problems
    assert [each.where for each in found] == places
    assert message in found[0].message


CHANGES: list[dict[str, Any]] = [
    {"jar": PROGRAM},
    {"jar": replace(PROGRAM, args=("x",))},
    {"jar": replace(PROGRAM, main="x")},
    {"resources": Resources(slots=1)},
    {"policies": Policies(unseen_batch=UnseenBatch.FAIL)},
    {"policies": Policies(max_rewind_s=1)},
]


def test_digest_is_that_of_the_release_that_knew_fewer_fields():
    first = {"sql": SQL, "flink_configuration": {"b": "2", "a": "1"}, "flink": "2.3",
             "guard": "resume_latest_proven"}  # fmt: skip
    kept = hashlib.sha256(msgspec.json.encode(first, order="deterministic")).hexdigest()
    same = [{"a": "1", "b": "2"}, {"b": "2", "a": "1"}]
    assert {content_digest(Content(sql=SQL, flink_configuration=each)) for each in same} == {kept}


def test_every_change_makes_another_digest():
    digests = {content_digest(replace(Content(), **each)) for each in CHANGES}
    assert len(digests | {content_digest(Content())}) == len(CHANGES) + 1


def test_a_changed_resource_makes_a_version(shop):
    create(shop, sql=SQL)

    def publish():
        judged = jobs.load_draft(shop, "shop", "orders")
        check_content(judged.draft, judged.mode)
        return jobs.publish(shop, judged, "ann", later(1))

    assert publish().number == 1
    edit(shop, 1, resources=wire.Resources(parallelism=2))
    assert (publish().number, publish().content.resources.parallelism) == (2, 2)
