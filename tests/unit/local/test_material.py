"""What a run folder of a JAR job holds, and how its JobManager is called."""

from dataclasses import replace

import pytest

from rheostat.core.local_command import Jvm, render_jobmanager_command
from rheostat.core.local_conf import render_conf
from rheostat.errors import ArtifactGone
from rheostat.local.engine_folder import Engine
from rheostat.local.material import Plan, Sources, write_material
from rheostat.local.training import _plan
from rheostat.model.job import Jar
from tests.jars import digest_of, make_jar

DATA = make_jar()
JAR = Jar(artifact=digest_of(DATA), name="orders.jar", size_bytes=len(DATA))


@pytest.fixture
def sources(tmp_path):
    (tmp_path / "artifacts").mkdir()
    (tmp_path / "artifacts" / f"{JAR.artifact}.jar").write_bytes(DATA)
    (tmp_path / "agent.jar").write_bytes(b"agent")
    return Sources(
        agent_jar=tmp_path / "agent.jar",
        endpoint_file=tmp_path / "endpoint",
        artifacts_dir=tmp_path / "artifacts",
    )


@pytest.fixture
def plan(tmp_path):
    (tmp_path / "engine" / "lib").mkdir(parents=True)
    engine = Engine(version="2.3", release="2.3.0", path=tmp_path / "engine")
    whole = _plan(engine, tmp_path / "runs" / "a b")
    return Plan(spec=replace(whole.spec, sql="", jar=JAR), engine=engine, run_dir=whole.run_dir)


def with_jar(plan, **changes):
    spec = replace(plan.spec, jar=replace(JAR, **changes))
    return Plan(spec=spec, engine=plan.engine, run_dir=plan.run_dir)


def test_jar_and_its_call_are_in_the_folder(plan, sources, tmp_path):
    folder = tmp_path / "making"
    args = ("x", "", " y=1", "ü\n😀")
    write_material(with_jar(plan, main="a.B", args=args), folder, sources)
    assert (folder / "usrlib" / "job.jar").read_bytes() == DATA
    assert sorted(each.name for each in (folder / "usrlib").iterdir()) == ["agent.jar", "job.jar"]
    assert (folder / "main.properties").read_text(encoding="ascii").splitlines() == [
        f"jar={plan.run_dir}/usrlib/job.jar",
        "main=a.B",
        "arg.0=x",
        "arg.1=",
        "arg.2=\\ y=1",
        "arg.3=\\u00fc\\n\\ud83d\\ude00",
    ]
    assert not (folder / "job.sql").exists()


def test_script_has_no_call(plan, sources, tmp_path):
    folder = tmp_path / "making"
    spec = replace(plan.spec, sql="SELECT 1;\n", jar=None)
    write_material(Plan(spec=spec, engine=plan.engine, run_dir=plan.run_dir), folder, sources)
    assert (folder / "job.sql").read_text() == "SELECT 1;\n"
    assert not (folder / "main.properties").exists()


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_jar_that_is_not_the_one_is_refused(plan, sources, tmp_path, harm):
    kept = sources.artifacts_dir / f"{JAR.artifact}.jar"
    kept.unlink() if harm == "gone" else kept.write_bytes(DATA[:-1])
    with pytest.raises(ArtifactGone, match=r"orders\.jar"):
        write_material(plan, tmp_path / "making", sources)
    assert not (tmp_path / "making" / "usrlib" / "job.jar").exists()


def test_runner_is_called_with_what_it_reads(plan):
    jvm = Jvm(java="java", classpath=("a.jar",))
    for is_jar, words in (
        (True, ["io.rheostat.agent.JarRunner", f"{plan.run_dir}/main.properties"]),
        (False, ["io.rheostat.agent.SqlRunner", f"{plan.run_dir}/job.sql"]),
    ):
        job = replace(plan.job, is_jar=is_jar)
        command = render_jobmanager_command(job, render_conf(job), jvm)
        at = command.index("--job-classname")
        assert [command[at + 1], command[-1]] == words
