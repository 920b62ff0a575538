"""The adapter with a script in Java's place: real shims, real processes, no Flink."""

import asyncio
import dataclasses
import json
import os
import signal
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from rheostat.clock import new_id
from rheostat.errors import Missing, NotFound, Unusable
from rheostat.local.engine import EngineHome
from rheostat.local.engines import LocalEngines
from rheostat.model.ids import AttemptId, FlinkJobId
from rheostat.model.observation import Looked, PermitState, ProcessState
from rheostat.model.phase import Reason
from rheostat.model.run import JobEnd
from rheostat.model.snapshot import RestoreKind, RestorePoint
from rheostat.ports import LaunchSpec

JAVA = """\
#!/bin/sh
if [ "$1" = -version ]; then echo 'openjdk version "17.0.1"' >&2; exit 0; fi
env > "$RHEOSTAT_RUN_DIR/env-$$.new"
mv "$RHEOSTAT_RUN_DIR/env-$$.new" "$RHEOSTAT_RUN_DIR/env-$$"
echo started
exec sleep 60
"""


def make_spec(**changes: Any) -> LaunchSpec:
    spec = LaunchSpec(
        attempt_id=AttemptId(new_id()),
        flink_job_id=FlinkJobId(new_id()),
        flink="2.3",
        job_name="x",
        is_streaming=True,
        sql="SELECT '窗'",
        flink_configuration={"parallelism.default": "2", "taskmanager.numberOfTaskSlots": "1"},
        restore=RestorePoint(kind=RestoreKind.EMPTY, reason=Reason("first_start")),
        checkpoint_dir="file:///c",
        savepoint_dir="file:///s",
        ports={"rest": 1, "rpc": 2, "blob": 3},
        token="very-secret",
    )
    return dataclasses.replace(spec, **changes)


@pytest.fixture
def make_engines(tmp_path, monkeypatch):
    java = tmp_path / "jdk/bin/java"
    java.parent.mkdir(parents=True)
    java.write_text(JAVA)
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))
    monkeypatch.setenv("RHEOSTAT_DATABASE_URL", "very-secret-url")
    engine = tmp_path / "engines/2.3"
    (engine / "lib").mkdir(parents=True)
    (engine / "lib/flink-dist.jar").touch()
    (engine / "engine.json").write_text('{"version": "2.3", "release": "2.3.0"}')
    (tmp_path / "agent.jar").touch()

    def make() -> LocalEngines:
        return LocalEngines(
            tmp_path / "runs",
            tmp_path / "logs",
            tmp_path / "end point",
            tmp_path / "agent.jar",
            EngineHome(tmp_path / "engines"),
            tmp_path / "artifacts",
        )

    return make


@pytest.fixture
async def prepared(make_engines):
    engines, spec = make_engines(), make_spec()
    await engines.materialise(spec)
    await engines.write_permit(spec.attempt_id)
    yield engines, spec
    await engines.revoke_permit(spec.attempt_id)
    await engines.terminate(spec.attempt_id)
    engines.close()


def wait_for(file: Path) -> None:
    while not file.exists():
        time.sleep(0.01)


async def states(engines: LocalEngines, spec: LaunchSpec) -> list[ProcessState]:
    watched = await engines.watch(spec.attempt_id)
    assert watched.look.looked is Looked.OK
    return [each.state for each in (watched.jobmanager, *watched.taskmanagers)]


ABSENT, ALIVE, DEAD = ProcessState.ABSENT, ProcessState.ALIVE, ProcessState.DEAD


async def test_nothing_is_visible_before_the_permit(make_engines, tmp_path):
    engines, spec = make_engines(), make_spec()
    await engines.materialise(spec)
    await engines.materialise(spec)
    watched = await engines.watch(spec.attempt_id)
    assert (watched.permit, watched.jobmanager.state) == (PermitState.NONE, ABSENT)
    assert watched.taskmanagers == ()
    await engines.launch(spec)
    assert await states(engines, spec) == [ABSENT]
    assert [p.name for p in (tmp_path / "runs").iterdir()] == [f".making-{spec.attempt_id}"]


async def test_what_the_run_folder_holds(prepared, tmp_path):
    _, spec = prepared
    folder = tmp_path / "runs" / spec.attempt_id
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "token").stat().st_mode) == 0o600
    assert (folder / "token").read_text() == "very-secret"
    assert (folder / "job.sql").read_text(encoding="utf-8") == spec.sql
    assert (folder / "agent.properties").read_text() == (
        f"attempt={spec.attempt_id}\nendpoint.file={tmp_path}/end point\n"
    )
    assert "execution.checkpointing.dir\n" in (folder / "reserved.keys").read_text()
    assert (folder / "lib/flink-dist.jar").exists()
    assert (folder / "usrlib/agent.jar").exists()
    assert "very-secret" not in (folder / "conf/config.yaml").read_text()


async def test_launch_watch_end_archive(prepared, tmp_path):
    engines, spec = prepared
    assert await states(engines, spec) == [ABSENT, ABSENT, ABSENT]
    await asyncio.gather(*(engines.launch(spec) for _ in range(3)))
    assert await states(engines, spec) == [ALIVE, ALIVE, ALIVE]
    watched = await engines.watch(spec.attempt_id)
    assert watched.permit is PermitState.CLAIMED
    folder = tmp_path / "runs" / spec.attempt_id
    assert len([p for p in os.listdir(folder) if p.startswith("pid-")]) == 3
    file = folder / f"env-{watched.jobmanager.pid}"
    await asyncio.to_thread(wait_for, file)
    environment = file.read_text()
    assert "very-secret" not in environment
    assert "RHEOSTAT_INCARNATION=" in environment
    with pytest.raises(Unusable):
        await engines.archive(spec.attempt_id)

    await engines.revoke_permit(spec.attempt_id)
    await engines.terminate(spec.attempt_id)
    watched = await engines.watch(spec.attempt_id)
    assert (watched.permit, watched.jobmanager.state) == (PermitState.REVOKED, DEAD)
    assert watched.jobmanager.exit_code == -signal.SIGTERM
    assert not watched.refused
    assert watched.last_words == "started"
    await engines.launch(spec)
    assert await states(engines, spec) == [DEAD, DEAD, DEAD]

    await engines.archive(spec.attempt_id)
    await engines.archive(spec.attempt_id)
    assert list((tmp_path / "runs").iterdir()) == []
    log = await engines.read_tail(spec.attempt_id, "jobmanager.out", 100)
    assert log.data == b"started\n"
    await engines.materialise(spec)
    with pytest.raises(Unusable):
        await engines.write_permit(spec.attempt_id)


async def test_a_death_is_noticed_and_a_taskmanager_replaced(prepared):
    engines, spec = prepared
    await engines.launch(spec)
    pid = (await engines.watch(spec.attempt_id)).taskmanagers[1].pid
    os.kill(pid, signal.SIGKILL)
    assert await asyncio.wait_for(engines.wait_change(), 2) == spec.attempt_id
    fact = (await engines.watch(spec.attempt_id)).taskmanagers[1]
    assert (fact.state, fact.exit_code) == (DEAD, -signal.SIGKILL)
    await engines.launch(spec)
    assert await states(engines, spec) == [ALIVE, ALIVE, ALIVE]


async def test_a_second_server_adopts(prepared, make_engines):
    engines, spec = prepared
    await engines.launch(spec)
    successor = make_engines()
    watched = await successor.watch(spec.attempt_id)
    await successor.launch(spec)
    again = await successor.watch(spec.attempt_id)
    assert again == dataclasses.replace(watched, look=again.look)
    os.kill(watched.jobmanager.pid, signal.SIGKILL)
    assert await asyncio.wait_for(successor.wait_change(), 2) == spec.attempt_id
    assert (await states(successor, spec))[0] is DEAD
    await successor.launch(spec)  # a claimed permit lets nobody start again
    assert (await states(successor, spec))[0] is DEAD
    successor.close()


async def test_an_outcome_ends_launching(prepared, tmp_path):
    engines, spec = prepared
    file = tmp_path / "runs" / spec.attempt_id / "outcome.json"
    file.write_text('{"status": "FAI')
    assert (await engines.watch(spec.attempt_id)).outcome is None
    file.write_text(json.dumps({"status": "FAILED", "message": "no such table", "line": 3}))
    outcome = (await engines.watch(spec.attempt_id)).outcome
    assert outcome is not None
    assert (outcome.status, outcome.line) == (JobEnd.FAILED, 3)
    await engines.launch(spec)
    assert await states(engines, spec) == [ABSENT, ABSENT, ABSENT]


async def test_a_look_that_fails_says_so(prepared, tmp_path):
    engines, spec = prepared
    before = await engines.watch(spec.attempt_id)
    (tmp_path / "runs").rename(tmp_path / "away")
    failed = await engines.watch(spec.attempt_id)
    assert failed.look.looked is Looked.FAILED
    assert failed.look.ok_at == before.look.ok_at
    assert failed.look.why
    (tmp_path / "away").rename(tmp_path / "runs")
    assert (await engines.watch(spec.attempt_id)).look.looked is Looked.OK


async def test_what_is_missing_shows_before_the_permit(make_engines, tmp_path):
    engines = make_engines()
    with pytest.raises(Missing) as caught:
        await engines.materialise(make_spec(flink="1.20"))
    assert caught.value.hint == "run: rheostat engine install 1.20"
    (tmp_path / "agent.jar").unlink()
    with pytest.raises(Missing):
        await engines.materialise(make_spec())


async def test_an_id_is_no_path(make_engines):
    engines = make_engines()
    with pytest.raises(NotFound):
        await engines.log_files(AttemptId("../logs"))
    assert await engines.log_files(AttemptId(new_id())) == ()


async def test_ports(make_engines):
    ports = await make_engines().choose_ports()
    assert set(ports) == {"rest", "rpc", "blob"}
    assert len(set(ports.values())) == 3
