"""The proof of an upgrade: numbers that flow through stops, a cancel and a rescale come out once each.

A source numbers its rows at a fixed rate and still flows whenever the job is ended. The sink is exactly
once: a file can be read when a checkpoint has committed it. What the sink holds in the end is the judge,
with Flink's own word on what it restored; our records are only compared with both.
"""

import json
import sys
import time
import urllib.request
from collections import Counter
from pathlib import Path

import pytest

from rheostat.local.engine import EngineHome
from rheostat.settings import default_engines_dir
from rheostat.wire.job import DraftBody, Resources
from rheostat.wire.plan import RestartBody, StartBody
from rheostat.wire.run import RunView
from tests.running_server import FAST, PROJECT, RunningServer, check_invariants

pytestmark = pytest.mark.flink

WITHOUT_RESTORE = """\
#!{python}
'''The server, with its hands tied in one place: no engine is told what to restore.'''
import dataclasses
from rheostat.cli.root import main
from rheostat.control import act

whole = act.launch_spec

def launch_spec(*given):
    spec = whole(*given)
    return dataclasses.replace(spec, restore=dataclasses.replace(spec.restore, path=None))

act.launch_spec = launch_spec
main()
"""


def numbers_sql(folder: Path, total: int, rate: int) -> str:
    """A script that writes 1 … total, `rate` a second, as files of one number a line."""
    return f"""\
CREATE TABLE numbers (n BIGINT) WITH (
  'connector' = 'datagen', 'rows-per-second' = '{rate}', 'fields.n.kind' = 'sequence',
  'fields.n.start' = '1', 'fields.n.end' = '{total}');
CREATE TABLE kept (n BIGINT) WITH (
  'connector' = 'filesystem', 'path' = 'file://{folder}', 'format' = 'csv');
INSERT INTO kept SELECT n FROM numbers;
"""


def read_numbers(folder: Path) -> list[int]:
    """What is committed: Flink hides a file that is not, by a dot."""
    files = [each for each in folder.glob("**/*") if each.is_file() and each.name[0] not in "._"]
    return [int(line) for each in files for line in each.read_text().split()]


def assert_each_once(folder: Path, total: int) -> None:
    """Every number from 1 to total came out, and none came out twice."""
    counted = Counter(read_numbers(folder))
    twice = sorted(number for number, times in counted.items() if times > 1)
    missing = sorted(set(range(1, total + 1)) - counted.keys())
    assert not twice, f"{len(twice)} numbers came out more than once: {twice[:3]} … {twice[-3:]}"
    assert not missing, f"{len(missing)} numbers never came out: {missing[:3]} … {missing[-3:]}"
    assert len(counted) == total


def wait_flowing(server, folder: Path, more: int) -> int:
    """Wait until so many numbers more are committed; how many there are."""
    had, end = len(read_numbers(folder)), time.monotonic() + 90
    while (now := len(read_numbers(folder))) < had + more:
        assert time.monotonic() < end, server.history()
        time.sleep(0.2)
    return now


def flinks_restored(run: RunView) -> str:
    """Where Flink itself says that it restored from."""
    assert run.attempt is not None
    url = f"{run.attempt.flink_url}/jobs/{run.attempt.flink_job_id}/checkpoints"
    with urllib.request.urlopen(url, timeout=10) as answer:
        path: str = json.load(answer)["latest"]["restored"]["external_path"]
    return "file:///" + path.removeprefix("file:").lstrip("/")


def publish(server: RunningServer, **draft) -> int:
    with server.client() as client:
        job = client.jobs.get(PROJECT, "orders")
        client.jobs.edit(PROJECT, "orders", DraftBody(**draft), revision=job.revision)
        return client.jobs.publish(PROJECT, "orders").number


def wait_running(server: RunningServer, number: int) -> RunView:
    """Wait until that run runs, and no longer than it can."""
    bad = ("failed", "held")
    run = server.wait(
        lambda run: run.number == number and run.phase in ("running", *bad), timeout_s=120
    )
    assert run.phase == "running", f"{run.reason.text}\n{server.history()}"
    return run


def begin(server, folder: Path, total: int, rate: int, flink: str = "2.3") -> None:
    server.job(sql=numbers_sql(folder, total, rate), flink=flink, flink_configuration=FAST)
    with server.client() as client:
        client.jobs.start(PROJECT, "orders", StartBody())
    wait_running(server, 1)


def restart(server: RunningServer, number: int, **body) -> str:
    """Restart by the plan that is shown; the path that Flink restored."""
    with server.client() as client:
        plan = client.jobs.restart(PROJECT, "orders", RestartBody(**body), dry_run=True).plan
        client.jobs.restart(PROJECT, "orders", RestartBody(**body, plan=plan.hash))
    run = wait_running(server, number)
    assert run.version == plan.version
    assert run.attempt is not None
    path = flinks_restored(run)
    assert run.attempt.restore.path == path
    return path


async def test_numbers_come_out_once_each_through_upgrade_cancel_and_rescale(server, tmp_path):
    total, folder = 100_000, tmp_path / "out"
    begin(server, folder, total, rate=4_000)
    wait_flowing(server, folder, 2_000)

    version = publish(server, sql=numbers_sql(folder, total, 4_100))
    savepoint = restart(server, 2, version=version)
    assert "/savepoints/" in savepoint
    wait_flowing(server, folder, 2_000)

    with server.client() as client:
        client.jobs.cancel(PROJECT, "orders")
        server.wait_phase("canceled")
        plan = client.jobs.start(PROJECT, "orders", StartBody(), dry_run=True).plan
        client.jobs.start(PROJECT, "orders", StartBody(plan=plan.hash))
    assert plan.restore is not None
    assert (plan.restore.kind, plan.restore.proven) == ("checkpoint", 2)
    run = wait_running(server, 3)
    assert flinks_restored(run) == plan.restore.path
    wait_flowing(server, folder, 2_000)

    version = publish(server, resources=Resources(parallelism=2))
    restart(server, 4, version=version)
    assert wait_flowing(server, folder, 1) < total, "it still flowed when it was rescaled"
    server.wait_phase("finished", timeout_s=120)
    assert_each_once(folder, total)


async def test_numbers_come_out_once_each_through_an_upgrade_of_flink_1_20(server, tmp_path):
    if "1.20" not in [each.version for each in EngineHome(default_engines_dir()).list()]:
        pytest.skip("Flink 1.20 is not installed: rheostat engine install 1.20")
    total, folder = 20_000, tmp_path / "out"
    begin(server, folder, total, rate=2_000, flink="1.20")
    wait_flowing(server, folder, 1_000)
    restart(server, 2)
    assert wait_flowing(server, folder, 1) < total
    server.wait_phase("finished", timeout_s=120)
    assert_each_once(folder, total)


async def test_the_same_proof_fails_where_nothing_is_restored(tmp_path):
    """Were the restore path lost on the way to Flink, the proof would say so."""
    program = tmp_path / "rheostat"
    program.write_text(WITHOUT_RESTORE.format(python=sys.executable))
    program.chmod(0o755)
    server = RunningServer(tmp_path, program=str(program))
    server.start()
    try:
        total, folder = 12_000, tmp_path / "out"
        begin(server, folder, total, rate=2_000)
        wait_flowing(server, folder, 1_000)
        with server.client() as client:
            client.jobs.restart(PROJECT, "orders", RestartBody())
        server.wait(lambda run: run.number == 2 and run.phase == "finished", timeout_s=120)
        with pytest.raises(AssertionError, match="numbers came out more than once"):
            assert_each_once(folder, total)
        await check_invariants(server)
    finally:
        server.stop()
