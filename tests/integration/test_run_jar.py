"""JAR jobs on real Flink, both versions: they run, stop, restart; each failure says what is wrong."""

import os
import signal

import pytest
from click.testing import CliRunner

from rheostat.cli import main
from rheostat.settings import default_engines_dir
from rheostat.wire.job import DraftBody, Jar
from rheostat.wire.plan import StartBody
from tests.integration.test_run_streaming import restored
from tests.program_jar import make_program
from tests.running_server import PROJECT, leftovers

pytestmark = pytest.mark.flink
ENDLESS = "demo.Programs$Endless"


@pytest.fixture(params=["2.3", "1.20"])
def flink(request):
    if not (default_engines_dir() / request.param / "engine.json").exists():
        pytest.skip(
            f"Flink {request.param} is not installed: rheostat engine install {request.param}"
        )
    return request.param


@pytest.fixture(scope="session")
def programs(tmp_path_factory):
    """Makes the JAR of a Flink version, once."""
    made = {}

    def make(flink, main=""):
        if (flink, main) not in made:
            folder = tmp_path_factory.mktemp("programs")
            made[flink, main] = make_program(folder, flink, main)
        return made[flink, main]

    return make


@pytest.fixture
def make(server, programs):
    """Uploads the programs and publishes a job of one of them."""

    def job(flink, program, *args, name="orders", **body):
        with server.client() as client:
            if PROJECT not in [each.name for each in client.projects.list()]:
                client.projects.create(PROJECT)
            digest = client.artifacts.upload(PROJECT, programs(flink)).digest
        jar = Jar(artifact=digest, main=f"demo.Programs${program}", args=list(args))
        server.job(name, "", jar=jar, flink=flink, **body)
        return jar

    return job


def start(server, name="orders"):
    with server.client() as client:
        return client.jobs.start(PROJECT, name, StartBody())


async def test_jar_runs_stops_and_starts_again_from_its_savepoint(server, make, flink, tmp_path):
    told = tmp_path / "told ü.txt"
    args = [str(told), "--rate", "", "größe 😀=1\n2", "\\u0041 $HOME 'x' \"y\"", " a "]
    make(flink, "Endless", *args)
    start(server)
    run = server.wait_phase("running")
    assert run.attempt is not None
    assert told.read_text(encoding="utf-8") == "\n".join(args)
    server.wait(lambda run: all(each.reachable for each in run.evidence))
    server.wait_checkpoint()
    assert {"hello", "submitted", "tasks_running"} <= set(server.codes())
    with server.client() as client:
        client.jobs.stop(PROJECT, "orders")
        run = server.wait_phase("stopped")
        savepoint = next(iter(client.snapshots.list(PROJECT, "orders")))
    assert (savepoint.kind, savepoint.proven, run.savepoint) == ("savepoint", 2, savepoint.path)
    assert leftovers(server) == []

    with server.client() as client:  # other arguments make another version, of the same code
        view = client.jobs.get(PROJECT, "orders")
        jar = Jar(artifact=view.draft.jar.artifact, main=ENDLESS, args=[str(told), "second"])
        client.jobs.edit(PROJECT, "orders", DraftBody(jar=jar), revision=view.revision)
        assert client.jobs.publish(PROJECT, "orders").number == 2
    start(server)
    run = server.wait_phase("running")
    assert (run.number, run.version) == (2, 2)
    assert run.attempt is not None
    assert run.attempt.restore.path == savepoint.path
    assert restored(run)["id"] == savepoint.checkpoint_id
    assert told.read_text(encoding="utf-8") == f"{told}\nsecond"
    with server.client() as client:
        client.jobs.cancel(PROJECT, "orders")
    server.wait_phase("canceled")
    assert leftovers(server) == []


async def test_lost_jobmanager_of_a_jar_is_replaced(server, make):
    make("2.3", "Endless")
    start(server)
    server.wait_phase("running")
    server.wait_checkpoint()
    (pid,) = server.jobmanagers()
    os.kill(pid, signal.SIGKILL)
    run = server.wait(lambda run: run.phase == "running" and run.attempt.number == 2)
    assert run.attempt is not None
    assert run.attempt.restore.kind == "checkpoint"
    with server.client() as client:
        client.jobs.cancel(PROJECT, "orders")
    server.wait_phase("canceled")


@pytest.mark.parametrize("program", ["Ends", "Tables"])
async def test_batch_jar_finishes(server, make, flink, program):
    make(flink, program, mode="batch", flink_configuration={})
    start(server)
    run = server.wait_phase("finished", "failed", "held")
    assert (run.phase, run.outcome and run.outcome.status) == ("finished", "FINISHED")
    assert leftovers(server) == []


FAILURES = {
    "DoesNothing": ("no_job", "main has returned without submitting a job"),
    "Throws": ("main_threw", "main failed before it submitted a job: --input is missing"),
    "ThrowsAfterwards": ("main_threw", "the catalog cannot be told"),
    "ExecutesTwice": ("second_execute", "submits a second job"),
    "Exits": ("exited", "System.exit(3) at demo.Programs$Exits.main"),
    "NoMain": ("no_main", "has no method public static void main(String[])"),
    "Absent": ("missing_class", "The main class demo.Programs$Absent is not in job.jar"),
    "LacksLibrary": ("missing_class", "demo.Library"),
}


async def test_each_failure_reaches_the_user_as_code_and_message(server, make, flink):
    found = {}
    for program in FAILURES:
        name = program.lower()
        make(flink, program, name=name)
        start(server, name)
        run = server.wait_phase("failed", "held", "running", name=name, timeout_s=120)
        run = server.wait_phase("failed", "held", name=name, timeout_s=120)
        outcome = run.outcome
        found[program] = (run.phase, outcome and outcome.code, outcome and outcome.message)
        assert outcome is not None, run
        assert "exit code" not in run.reason.text
        assert outcome.message is not None
        assert outcome.message in run.reason.text
    wanted = {program: ("failed", code) for program, (code, _) in FAILURES.items()}
    assert {program: each[:2] for program, each in found.items()} == wanted, found
    for program, (_, text) in FAILURES.items():
        assert text in found[program][2], found[program]
    assert leftovers(server) == []


async def test_exit_after_the_job_was_submitted_is_the_end_of_main(server, make, flink):
    make(flink, "ExitsAfterwards")
    start(server)
    server.wait_phase("running")
    server.wait_checkpoint()
    with server.client() as client:
        client.jobs.cancel(PROJECT, "orders")
    server.wait_phase("canceled")


async def test_failing_function_is_told_with_its_cause(server, make, flink):
    make(flink, "FailsInAMap", mode="batch", flink_configuration={"restart-strategy.type": "none"})
    start(server)
    run = server.wait_phase("failed", "finished", "held")
    assert (run.phase, run.outcome and run.outcome.status) == ("failed", "FAILED")
    assert run.outcome is not None
    assert "seven is not wanted" in f"{run.outcome.message} {run.outcome.cause}"


async def test_main_class_of_the_manifest_by_the_command_line(server, programs, tmp_path):
    told = tmp_path / "told"
    jar = str(programs("2.3", ENDLESS))
    with server.client() as client:
        client.projects.create(PROJECT)

    def rheostat(*words):
        done = CliRunner().invoke(main, words, obj=server.client)
        assert done.exit_code == 0, done.output
        return done.output

    rheostat(
        "job", "create", "orders", "-p", PROJECT, "--jar", jar, "--arg", str(told), "--arg", "x",
        "--set", "taskmanager.memory.task.heap.size=64m",
    )  # fmt: skip
    rheostat("job", "publish", "orders", "-p", PROJECT)
    rheostat("job", "start", "orders", "-p", PROJECT, "--yes", "--wait", "--timeout", "120")
    assert told.read_text() == f"{told}\nx"
    shown = rheostat("job", "show", "orders", "-p", PROJECT)
    assert "main class as the manifest says" in " ".join(shown.split())
    rheostat("job", "cancel", "orders", "-p", PROJECT, "--yes", "--wait", "--timeout", "120")


@pytest.mark.parametrize("harm", ["gone", "changed"])
async def test_start_of_a_jar_that_is_gone_or_changed_fails_and_says_so(server, make, harm):
    digest = make("2.3", "Endless").artifact
    file = server.data / "artifacts" / f"{digest}.jar"
    if harm == "gone":
        file.unlink()
    else:
        with file.open("ab") as out:
            out.write(b"\0")
    start(server)
    run = server.wait_phase("failed", "held", "running")
    assert (run.phase, run.reason.code) == ("failed", "artifact_gone")
    assert "programs-2.3.jar" in run.reason.text
    assert server.java_processes() == []
    assert leftovers(server) == []
