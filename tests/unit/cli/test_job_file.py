"""A job in a file: what is read, and how each fault is named."""

import json

import pytest

from rheostat.cli.job_file import load_job_file, parse_job_file
from rheostat.errors import Invalid
from rheostat.wire.job import JobBody, Policies, Resources

WHOLE = """\
project: shop
name: orders
mode: batch
sql: |
  SELECT 'ä: b';
flink: 1.20
guard: hold
configuration:
  a.b: true
  c: 1.50
  d: 10 s
  e: ""
resources:
  parallelism: 4
  taskmanager_memory: 2g
  jobmanager_cpu: 0.5
policies:
  unseen_batch: rerun
  resume_failed: 3
  is_stateless: yes
"""
BODY = JobBody(
    name="orders",
    mode="batch",
    sql="SELECT 'ä: b';\n",
    flink="1.20",
    guard="hold",
    flink_configuration={"a.b": "true", "c": "1.50", "d": "10 s", "e": ""},
    resources=Resources(parallelism=4, taskmanager_memory="2g", jobmanager_cpu=0.5),
    policies=Policies(unseen_batch="rerun", resume_failed=3, is_stateless=True),
)
SMALL = "project: p\nname: n\nsql: s\n"


@pytest.fixture
def parse(tmp_path):
    def read(text, name="job.yaml", project=None):
        return parse_job_file(text, tmp_path / name, project)

    return read


@pytest.fixture
def faults(parse):
    def read(text, name="job.yaml"):
        with pytest.raises(Invalid) as caught:
            parse(text, name)
        return [(each.where, each.message) for each in caught.value.problems]

    return read


def test_whole_file_is_read(parse):
    found = parse(WHOLE.replace("yes", "true"))
    assert (found.project, found.body, found.jar) == ("shop", BODY, None)


def test_same_in_json(parse):
    said = {
        "project": "shop", "name": "orders", "mode": "batch", "sql": "SELECT 'ä: b';\n",
        "flink": "1.20", "guard": "hold",
        "configuration": {"a.b": "true", "c": "1.50", "d": "10 s", "e": ""},
        "resources": {"parallelism": 4, "taskmanager_memory": "2g", "jobmanager_cpu": 0.5},
        "policies": {"unseen_batch": "rerun", "resume_failed": 3, "is_stateless": True},
    }  # fmt: skip
    assert parse(json.dumps(said), "job.json").body == BODY
    assert parse(json.dumps(said, indent=2), "job.yaml").body == BODY
    number = json.dumps(said).replace('"1.20"', "1.20")
    assert parse(number, "job.json").body.flink == "1.20"
    smile = json.dumps({**said, "sql": "😀"})
    assert parse(smile, "job.json").body.sql == "😀"


def test_what_is_left_out_is_the_default(parse):
    assert parse(SMALL).body == JobBody(name="n", sql="s")


def test_script_and_jar_are_from_the_files_own_folder(tmp_path):
    folder = tmp_path / "jobs"
    folder.mkdir()
    (folder / "a.sql").write_text("SELECT 1;\n")
    path = folder / "job.yml"
    path.write_text("project: p\nname: n\nsql_file: a.sql\n")
    assert load_job_file(path, None).body.sql == "SELECT 1;\n"
    path.write_text("project: p\nname: n\njar: ../x.jar\nmain: ' a.B '\nargs: [1, 'b c', ~x]\n")
    found = load_job_file(path, None)
    assert found.jar is not None
    assert found.jar.resolve() == tmp_path / "x.jar"
    assert (found.main, found.args, found.body.sql) == ("a.B", ("1", "b c", "~x"), "")


def test_project_may_come_from_elsewhere_but_the_file_wins(parse):
    assert parse("name: n\nsql: s\n", project="q").project == "q"
    assert parse(SMALL, project="q").project == "p"


FAULTS = [
    pytest.param("name: n\nsql: s\n", [("project", "is needed")], id="no project"),
    pytest.param("project: p\nname: n\n", [("sql", "is needed, or sql_file")], id="no program"),
    pytest.param(SMALL + "jar: x\n", [("jar", "and sql exclude each other")], id="two programs"),
    pytest.param(
        SMALL + "main: x\nargs: []\n", [("main", "is of a jar"), ("args", "is of a jar")], id="no jar"
    ),
    pytest.param(SMALL + "modus: x\n", [("modus", "Did you mean mode?")], id="near key"),
    pytest.param(SMALL + "zzz: x\n", [("zzz", "There are: project")], id="unknown key"),
    pytest.param(
        SMALL + "rest.port: 1\n", [("rest.port", "Flink's keys belong below configuration")],
        id="Flink's key",
    ),
    pytest.param(
        SMALL + "resources: {paralelism: 1}\n",
        [("resources.paralelism", "Did you mean parallelism?")], id="near key within",
    ),
    pytest.param(
        SMALL + "resources: {slots: many, parallelism: 0}\npolicies: {resume_failed: 11}\n",
        [
            ("resources.slots", "Expected `int"), ("resources.parallelism", "`int` >= 1"),
            ("policies.resume_failed", "`int` <= 10"),
        ],
        id="every fault at once",
    ),
    pytest.param(SMALL + "resources: 3\n", [("resources", "keys and values")], id="no table"),
    pytest.param(
        SMALL + "configuration: {a: {b: c}, d: , e: [1]}\n",
        [
            ("configuration.a", "needs one word"), ("configuration.d", "needs one word"),
            ("configuration.e", "needs one word"),
        ],
        id="nested configuration",
    ),
    pytest.param(SMALL + "configuration: x\n", [("configuration", "Expected `object`")], id="text"),
    pytest.param(SMALL + "mode: stream\n", [("mode", "Invalid enum value")], id="no such word"),
    pytest.param(SMALL + "flink: 2\n", [("flink", "Expected `str` matching")], id="no version"),
    pytest.param(SMALL + "guard:\n", [("guard", "has no value")], id="no value"),
    pytest.param(
        "project: p\nname: n\njar: j\nargs: [a, {b: c}]\n", [("args[1]", "Expected `str`")],
        id="within a list",
    ),
    pytest.param(SMALL + "name: m\n", [("name", "is there twice")], id="twice"),
    pytest.param(
        SMALL + "configuration: {a: 1, a: 2}\n", [("a", "is there twice")], id="twice within"
    ),
    pytest.param("a: &x 1\nb: *x\n", [("b", "is an alias")], id="alias"),
    pytest.param("a: [1\nb: 2\n", [("2:2", "")], id="broken YAML"),
    pytest.param("project: p\n\tname: n\n", [("2:1", "")], id="a tab"),
    pytest.param(
        "project: p\nname: n\nsql_file: none.sql\n", [("sql_file", "cannot be read")], id="no file"
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), FAULTS)
def test_each_fault_is_named_by_its_path(faults, text, wanted):
    found = faults(text)
    assert [where for where, _ in found] == [where for where, _ in wanted], found
    for (_, message), (_, part) in zip(found, wanted, strict=True):
        assert part in message


def test_broken_json_is_named_by_its_place(faults):
    assert faults('{"project": "p",\n "name": }', "job.json")[0][0] == "2:10"
    assert faults('{"name": 1, "name": 2}', "job.json") == [("name", "is there twice")]


@pytest.mark.parametrize("text", ["", "- a\n", "just words", "[]"])
def test_what_holds_no_keys_is_refused(parse, text):
    with pytest.raises(Invalid, match="must hold keys and values"):
        parse(text)


def test_nothing_is_run_or_made_from_tags(parse):
    found = parse(
        "project: p\nname: n\nsql: !!python/object/apply:os.getcwd []\n".replace(" []", " x")
    )
    assert found.body.sql == "x"


def test_deep_nesting_is_refused(parse):
    with pytest.raises(Invalid):
        parse("[" * 5000)
    with pytest.raises(Invalid):
        parse("[" * 100_000, "job.json")


def test_unreadable_file_is_told(tmp_path):
    path = tmp_path / "job.yaml"
    path.write_bytes(b"name: \xff")
    with pytest.raises(Invalid, match="not UTF-8"):
        load_job_file(path, None)
