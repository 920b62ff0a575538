"""`FlinkRest` and `FileSnapshots` against real JobManagers; the engines must be installed."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from rheostat.clock import new_id
from rheostat.flink.rest import FlinkRest
from rheostat.local.engine import EngineHome
from rheostat.local.engines import LocalEngines
from rheostat.local.material import PACKAGED_AGENT
from rheostat.model.ids import AttemptId, FlinkJobId, OperationId
from rheostat.model.observation import Asked, Looked
from rheostat.model.phase import Reason
from rheostat.model.snapshot import RestoreKind, RestorePoint
from rheostat.ports import LaunchSpec
from rheostat.settings import default_engines_dir
from rheostat.storage.files import FileSnapshots
from tests.builders import make_operation

pytestmark = pytest.mark.flink

COUNTING = """\
CREATE TABLE numbers (n INT) WITH (
  'connector' = 'datagen', 'rows-per-second' = '100', 'fields.n.min' = '0', 'fields.n.max' = '99');
CREATE TABLE nowhere (n INT, c BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO nowhere SELECT n, COUNT(*) FROM numbers GROUP BY n;
"""
FAILING = """\
CREATE TABLE numbers (n INT) WITH ('connector' = 'datagen', 'rows-per-second' = '1');
CREATE TABLE nowhere (n DECIMAL(38, 0)) WITH ('connector' = 'blackhole');
INSERT INTO nowhere SELECT n / (n - n) FROM numbers;
"""


class Running:
    """A launched job, and what is asked of it."""

    def __init__(self, rest: FlinkRest, spec: LaunchSpec) -> None:
        self.rest = rest
        self.spec = spec
        self.url = f"http://127.0.0.1:{spec.ports['rest']}"

    async def ask(self, operation: OperationId | None = None) -> Asked:
        return await self.rest.ask(self.url, self.spec.flink_job_id, operation, is_stop=True)

    async def stop(self, operation: OperationId, directory: str) -> None:
        asked = make_operation(id=operation, directory=directory)
        await self.rest.stop(self.url, self.spec.flink_job_id, asked)

    async def ask_until(
        self, wanted: Callable[[Asked], bool], operation: OperationId | None = None
    ) -> Asked:
        until = time.monotonic() + 90
        while not wanted(asked := await self.ask(operation)):
            assert time.monotonic() < until, asked
            await asyncio.sleep(0.1)
        return asked


@asynccontextmanager
async def launched(folder: Path, flink: str, sql: str) -> AsyncIterator[Running]:
    home = EngineHome(default_engines_dir())
    agent = Path(os.environ.get("RHEOSTAT_TEST_AGENT", PACKAGED_AGENT))
    (folder / "endpoint").write_text("http://127.0.0.1:9", encoding="utf-8")
    engines = LocalEngines(
        folder / "runs",
        folder / "logs",
        folder / "endpoint",
        agent,
        home,
        folder / "artifacts",
    )
    spec = LaunchSpec(
        attempt_id=AttemptId(new_id()),
        flink_job_id=FlinkJobId(new_id()),
        flink=flink,
        job_name="numbers",
        is_streaming=True,
        sql=sql,
        flink_configuration={
            "execution.checkpointing.interval": "500ms",
            "restart-strategy.type": "fixed-delay",
            "restart-strategy.fixed-delay.attempts": "50",
            "restart-strategy.fixed-delay.delay": "2s",
        },
        restore=RestorePoint(kind=RestoreKind.EMPTY, reason=Reason("first_start")),
        checkpoint_dir=f"file://{folder}/checkpoints",
        savepoint_dir=f"file://{folder}/savepoints",
        ports=await engines.choose_ports(),
        token=new_id(),
    )
    rest = FlinkRest()
    try:
        await engines.materialise(spec)
        await engines.write_permit(spec.attempt_id)
        await engines.launch(spec)
        yield Running(rest, spec)
    finally:
        await rest.aclose()
        await engines.revoke_permit(spec.attempt_id)
        await engines.terminate(spec.attempt_id)
        engines.close()


@pytest.mark.parametrize("flink", ["1.20", "2.3"])
async def test_a_job_is_seen_from_its_start_to_its_savepoint(tmp_path, flink):
    if flink not in [engine.version for engine in EngineHome(default_engines_dir()).list()]:
        assert flink == "1.20", "2.3 is what `make install` installs"
        pytest.skip("Flink 1.20 is not installed: rheostat engine install 1.20")
    snapshots = FileSnapshots(roots=(f"file://{tmp_path}",))
    async with launched(tmp_path, flink, COUNTING) as job:
        early = await job.ask()
        assert (early.look.looked, early.look.why) == (Looked.FAILED, "connection refused")

        asked = await job.ask_until(lambda asked: len(asked.checkpoints) > 0)
        assert asked.status == "RUNNING"
        assert asked.tasks["total"] == asked.tasks["running"] == 2
        assert asked.restored_path is None
        listed = await snapshots.list(f"file://{tmp_path}/checkpoints")
        newest = (await job.ask()).checkpoints[0]
        assert newest.path.startswith(f"file://{tmp_path}/checkpoints/")
        assert listed

        operation = OperationId(new_id())
        assert (unknown := (await job.ask(operation)).operation) is not None
        assert unknown.status == "UNKNOWN"
        directory = f"file://{tmp_path}/savepoints/{operation}"
        for _ in range(2):  # repeating is harmless
            await job.stop(operation, directory)
        asked = await job.ask_until(
            lambda asked: asked.operation is not None and asked.operation.status == "COMPLETED",
            operation,
        )
        assert asked.operation is not None
        assert asked.operation.error is None
        assert (asked.operation.location,) == await snapshots.list(directory)
        proof = await snapshots.prove(asked.operation.location or "", level=2)
        assert (proof.proven, proof.fault) == (2, None)

        await job.ask_until(lambda asked: asked.status == "FINISHED")
        await job.stop(operation, directory)
        await job.rest.cancel(job.url, job.spec.flink_job_id)
        await job.rest.cancel(job.url, FlinkJobId(new_id()))
        assert len(await snapshots.list(directory)) == 1


async def test_a_savepoint_that_fails_says_why(tmp_path):
    async with launched(tmp_path, "2.3", COUNTING) as job:
        await job.ask_until(lambda asked: len(asked.checkpoints) > 0)
        operation = OperationId(new_id())
        await job.stop(operation, "nosuch://bucket/a")
        asked = await job.ask_until(
            lambda asked: asked.operation is not None and asked.operation.status == "COMPLETED",
            operation,
        )
        assert asked.operation is not None
        assert asked.operation.location is None
        assert asked.operation.error is not None
        assert "UnsupportedFileSystemSchemeException" in asked.operation.error.splitlines()[0]
        sent, received = await job.rest.counters(job.url, job.spec.flink_job_id)
        assert sent >= received >= 0


async def test_a_restarting_job_comes_with_its_cause(tmp_path):
    async with launched(tmp_path, "2.3", FAILING) as job:
        asked = await job.ask_until(
            lambda asked: asked.status == "RESTARTING" and asked.cause is not None
        )
        assert asked.cause is not None
        assert "ArithmeticException" in asked.cause.splitlines()[0]
