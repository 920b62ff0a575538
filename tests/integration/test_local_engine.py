"""The local adapter with real Flink processes; the engine must be installed in its default place."""

import asyncio
import contextlib
import json
import os
import signal
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rheostat.clock import new_id
from rheostat.local.engine import EngineHome
from rheostat.local.engines import LocalEngines
from rheostat.local.material import PACKAGED_AGENT
from rheostat.model.ids import AttemptId, FlinkJobId
from rheostat.model.observation import Looked, PermitState, ProcessState
from rheostat.model.phase import Reason
from rheostat.model.snapshot import RestoreKind, RestorePoint
from rheostat.ports import LaunchSpec

pytestmark = pytest.mark.flink

SQL = """\
CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '10');
CREATE TABLE nowhere (n BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO nowhere SELECT n + 1 FROM numbers;
"""


def find_home() -> Path:
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "rheostat" / "engines"


def make_engines(folder: Path) -> LocalEngines:
    (folder / "endpoint").write_text("http://127.0.0.1:9", encoding="utf-8")
    agent = Path(os.environ.get("RHEOSTAT_TEST_AGENT", PACKAGED_AGENT))
    return LocalEngines(
        folder / "runs",
        folder / "logs",
        folder / "endpoint",
        agent,
        EngineHome(find_home()),
        folder / "artifacts",
    )


async def make_spec(engines: LocalEngines, folder: Path, flink: str) -> LaunchSpec:
    return LaunchSpec(
        attempt_id=AttemptId(new_id()),
        flink_job_id=FlinkJobId(new_id()),
        flink=flink,
        job_name="numbers",
        is_streaming=True,
        sql=SQL,
        flink_configuration={"execution.checkpointing.interval": "1s"},
        restore=RestorePoint(kind=RestoreKind.EMPTY, reason=Reason("first_start")),
        checkpoint_dir=(folder / "checkpoints").as_uri(),
        savepoint_dir=(folder / "savepoints").as_uri(),
        ports=await engines.choose_ports(),
        token=new_id(),
    )


def find_java_processes(run_dir: Path) -> set[int]:
    """From the system's own table, not from our files."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if str(run_dir).encode() in (entry / "cmdline").read_bytes():
                    found.add(int(entry.name))
    return found


def ask(spec: LaunchSpec, path: str) -> Any:
    url = f"http://127.0.0.1:{spec.ports['rest']}/jobs/{path}"
    with urllib.request.urlopen(url, timeout=5) as answer:
        return json.loads(answer.read())


def count(spec: LaunchSpec, checkpoints: str) -> int:
    return int(ask(spec, f"{spec.flink_job_id}/checkpoints")["counts"][checkpoints])


def is_running(spec: LaunchSpec) -> bool:
    try:
        jobs = ask(spec, "overview")["jobs"]
    except (OSError, ValueError):
        return False
    tasks = [j["tasks"] for j in jobs if j["state"] == "RUNNING"]
    return any(each["running"] == each["total"] > 0 for each in tasks)


async def wait_until(condition: Callable[[], bool], timeout_s: float = 120) -> float:
    began = time.monotonic()
    while not await asyncio.to_thread(condition):
        assert time.monotonic() - began < timeout_s, "it took too long"
        await asyncio.sleep(0.1)
    return time.monotonic() - began


async def end(engines: LocalEngines, spec: LaunchSpec) -> None:
    await engines.revoke_permit(spec.attempt_id)
    await engines.terminate(spec.attempt_id)


@pytest.fixture
async def launched(request, tmp_path):
    engines = make_engines(tmp_path)
    spec = await make_spec(engines, tmp_path, getattr(request, "param", "2.3"))
    try:
        await engines.materialise(spec)
        await engines.write_permit(spec.attempt_id)
        began = time.monotonic()
        await engines.launch(spec)
        await wait_until(lambda: is_running(spec))
        print(f"start to RUNNING: {time.monotonic() - began:.1f} s")
        yield engines, spec, tmp_path / "runs" / spec.attempt_id
    finally:
        await end(engines, spec)
        engines.close()


@pytest.mark.parametrize("launched", ["2.3"], indirect=True)
async def test_a_job_runs_once_and_leaves_nothing(launched):
    engines, spec, run_dir = launched
    watched = await engines.watch(spec.attempt_id)
    assert watched.look.looked is Looked.OK
    assert watched.permit is PermitState.CLAIMED
    assert watched.jobmanager.state is ProcessState.ALIVE
    assert [tm.state for tm in watched.taskmanagers] == [ProcessState.ALIVE]
    assert not watched.refused
    assert watched.last_words is None
    before = find_java_processes(run_dir)
    assert before == {watched.jobmanager.pid, watched.taskmanagers[0].pid}

    await engines.launch(spec)
    assert find_java_processes(run_dir) == before

    await end(engines, spec)
    assert find_java_processes(run_dir) == set()
    after = await engines.watch(spec.attempt_id)
    assert after.permit is PermitState.REVOKED
    assert after.jobmanager.state is ProcessState.DEAD
    assert after.jobmanager.exit_code is not None
    assert after.last_words
    await engines.launch(spec)
    assert find_java_processes(run_dir) == set()

    await engines.archive(spec.attempt_id)
    assert not run_dir.exists()
    assert {log.name for log in await engines.log_files(spec.attempt_id)} >= {
        "jobmanager.log",
        "jobmanager.out",
        "taskmanager-0.log",
    }
    log = await engines.read_tail(spec.attempt_id, "jobmanager.log", 1 << 20)
    assert b"Flink" in log.data


async def test_a_lost_taskmanager_is_noticed_and_replaced(launched):
    engines, spec, _run_dir = launched
    await wait_until(lambda: count(spec, "completed") > 0)
    lost = (await engines.watch(spec.attempt_id)).taskmanagers[0].pid
    began = time.monotonic()
    os.kill(lost, signal.SIGKILL)
    assert await asyncio.wait_for(engines.wait_change(), 5) == spec.attempt_id
    fact = (await engines.watch(spec.attempt_id)).taskmanagers[0]
    assert (fact.state, fact.exit_code) == (ProcessState.DEAD, -signal.SIGKILL)

    await engines.launch(spec)
    fact = (await engines.watch(spec.attempt_id)).taskmanagers[0]
    assert fact.state is ProcessState.ALIVE
    assert fact.pid != lost
    await wait_until(lambda: count(spec, "restored") > 0)
    await wait_until(lambda: is_running(spec))
    print(f"loss to RUNNING: {time.monotonic() - began:.1f} s")


async def test_an_engine_outlives_the_server_and_is_adopted(launched):
    engines, spec, run_dir = launched
    pids = find_java_processes(run_dir)
    engines.close()
    successor = make_engines(run_dir.parent.parent)
    try:
        watched = await successor.watch(spec.attempt_id)
        assert {watched.jobmanager.pid, watched.taskmanagers[0].pid} == pids
        await successor.launch(spec)
        assert find_java_processes(run_dir) == pids
        assert is_running(spec)
        assert watched.jobmanager.pid is not None
        os.kill(watched.jobmanager.pid, signal.SIGKILL)
        assert await asyncio.wait_for(successor.wait_change(), 5) == spec.attempt_id
        dead = await successor.watch(spec.attempt_id)
        assert dead.jobmanager.state is ProcessState.DEAD
        assert dead.last_words
    finally:
        successor.close()


async def test_a_suspended_engine_is_alive_and_can_be_ended(launched):
    engines, spec, run_dir = launched
    pid = (await engines.watch(spec.attempt_id)).jobmanager.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    fact = (await engines.watch(spec.attempt_id)).jobmanager
    while not fact.is_suspended:  # a signal takes a moment
        assert fact.state is ProcessState.ALIVE
        fact = (await engines.watch(spec.attempt_id)).jobmanager
    assert fact.state is ProcessState.ALIVE
    await end(engines, spec)
    assert find_java_processes(run_dir) == set()
