"""`rheostat job apply` against a real server, and a live run that goes over to what the file says."""

import json

import pytest
from click.testing import CliRunner

from rheostat.cli import main
from tests.running_server import PROJECT, STREAM_SQL

pytestmark = pytest.mark.flink
FILE = """\
project: shop
name: orders
sql_file: orders.sql
flink: 2.3
configuration:
  execution.checkpointing.interval: 1s
  taskmanager.memory.task.heap.size: 64m
"""


async def test_file_is_applied_again_and_again(server, tmp_path):
    path = tmp_path / "orders.yaml"
    path.write_text(FILE)
    (tmp_path / "orders.sql").write_text(STREAM_SQL)
    with server.client() as client:
        client.projects.create(PROJECT)

    def apply(*words, status=0):
        done = CliRunner().invoke(
            main, ["job", "apply", "-f", str(path), *words], obj=server.client
        )
        assert done.exit_code == status, done.output
        return done.stdout

    assert "orders is new in shop, and would be version 1:" in apply("--dry-run")
    assert "orders: version 1 is published" in apply("--yes")
    assert "nothing to do; version 1 is what the file says" in apply("--yes")
    with server.client() as client:
        assert client.jobs.get(PROJECT, "orders").revision == 1
        client.jobs.start(PROJECT, "orders")
        server.wait_phase("running")
        server.wait_checkpoint()

    path.write_text(f"{FILE}resources:\n  parallelism: 2\n  slots: 1\n")
    planned = json.loads(apply("--yes", "--json"))
    assert (planned["version"], planned["running_version"]) == (2, 1)
    assert [(each["key"], each["after"]) for each in planned["changes"]] == [
        ("parallelism", "2"),
        ("slots", "1"),
    ]
    assert planned["restart"]["action"] == "restart"
    assert server.run().version == 1

    assert "nothing to do" in apply("--yes", "--restart", "--wait", "--timeout", "120")
    run = server.wait(lambda run: run.phase == "running" and run.version == 2, timeout_s=120)
    assert run.attempt is not None
    assert (run.number, run.attempt.restore.kind) == (2, "savepoint")
    assert len(run.attempt.pids.taskmanagers) == 2
    assert "nothing to restart" in apply("--yes", "--restart")

    (tmp_path / "orders.sql").write_text("SELEC 1;\nINSERT INTO nowhere SELECT 1 FROM 'x;\n")
    apply("--yes", status=3)
    with server.client() as client:
        assert client.jobs.get(PROJECT, "orders").version == 2
        client.jobs.cancel(PROJECT, "orders")
    server.wait_phase("canceled")
