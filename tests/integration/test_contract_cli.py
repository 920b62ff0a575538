"""The command line as programs rely on it: commands, `--json` fields, exit statuses; on real Flink."""

import json
import os
import stat
import subprocess
import urllib.request

import pytest

from tests.running_server import FAST, RHEOSTAT, STREAM_SQL

pytestmark = pytest.mark.flink

RUN_FIELDS = {"id", "phase", "health", "health_reasons", "version", "attempt", "evidence"}
ATTEMPT_FIELDS = {"number", "flink_job_id", "pids", "restore"}
RESTORE_FIELDS = {"kind", "path", "age_s", "rewind_s", "reason"}
EVIDENCE_FIELDS = {"source", "value", "at", "reachable"}
SNAPSHOT_FIELDS = {"id", "kind", "path", "completed_at", "size_bytes", "verified", "proven"}


class Shell:
    """Runs commands as a user's script does."""

    def __init__(self, server):
        self.environment = {
            **os.environ,
            "RHEOSTAT_URL": server.url,
            "RHEOSTAT_TOKEN": server.token,
            "COLUMNS": "200",
        }

    def __call__(self, *words, status=0):
        done = subprocess.run(
            [RHEOSTAT, *words], env=self.environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def json(self, *words, status=0):
        return json.loads(self(*words, "--json", status=status))


async def test_a_streaming_job_by_command_line(server, tmp_path):
    sh = Shell(server)
    script = tmp_path / "orders.sql"
    script.write_text(STREAM_SQL)
    sets = [f"--set={key}={value}" for key, value in FAST.items()]
    sh("project", "create", "shop")
    sh("job", "create", "orders", "-p", "shop", "--sql", str(script), *sets)
    assert sh.json("run", "show", "orders", "-p", "shop", status=4)["code"] == "not_found"
    sh("job", "publish", "orders", "-p", "shop")
    assert "without state" in sh("job", "start", "orders", "-p", "shop", "--dry-run")
    sh("run", "show", "orders", "-p", "shop", status=4)
    sh("job", "start", "orders", "-p", "shop", "--from", "empty", "--yes", "--wait")

    run = sh.json("run", "show", "orders", "-p", "shop")
    assert run.keys() >= RUN_FIELDS
    assert (run["phase"], run["health"], run["version"]) == ("running", "healthy", 1)
    assert run["attempt"].keys() >= ATTEMPT_FIELDS
    assert run["attempt"]["restore"].keys() >= RESTORE_FIELDS
    assert run["attempt"]["pids"]["jobmanager"] in server.jobmanagers()
    assert [each["source"] for each in run["evidence"]] == ["pushed", "asked", "watched"]
    assert all(each.keys() >= EVIDENCE_FIELDS and each["reachable"] for each in run["evidence"])

    assert sh.json("run", "events", "orders", "-p", "shop")
    assert "Flink" in sh("run", "logs", "orders", "-p", "shop")
    assert sh.json("job", "start", "orders", "-p", "shop", "--yes", status=5)["code"] == "conflict"
    sh("job", "stop", "orders", "-p", "shop", status=2)  # nobody to ask, and no --yes
    sh("job", "stop", "orders", "-p", "shop", "--yes", "--wait")
    snapshots = sh.json("snapshot", "list", "orders", "-p", "shop")
    assert snapshots[0].keys() >= SNAPSHOT_FIELDS
    assert (snapshots[0]["kind"], snapshots[0]["verified"]) == ("savepoint", True)
    assert sh.json("run", "show", "orders", "-p", "shop")["phase"] == "stopped"
    assert "Flink" in sh("run", "logs", "orders", "-p", "shop"), "logs of an ended attempt"

    wanted = snapshots[0]["id"]
    sh("job", "start", "orders", "-p", "shop", "--from", wanted, "--yes", "--wait")
    restore = sh.json("run", "show", "orders", "-p", "shop")["attempt"]["restore"]
    assert (restore["kind"], restore["path"]) == ("savepoint", snapshots[0]["path"])
    assert restore["age_s"] > 0
    sh("job", "cancel", "orders", "-p", "shop", "--yes", "--wait")
    assert sh.json("run", "show", "orders", "-p", "shop")["phase"] == "canceled"


async def test_failures_have_their_exit_statuses(server, tmp_path):
    sh = Shell(server)
    script = tmp_path / "bad.sql"
    script.write_text(
        "CREATE TABLE a (x INT) WITH ('connector' = 'nosuch');\nINSERT INTO a SELECT y;"
    )
    sh("project", "create", "shop")
    sh("project", "create", "shop", status=5)
    sh("job", "create", "bad", "-p", "nosuch", "--sql", str(script), status=4)
    sh("job", "create", "bad", "-p", "shop", "--sql", str(script))
    sh("job", "start", "bad", "-p", "shop", "--yes", status=5)  # nothing published
    sh("job", "publish", "bad", "-p", "shop")
    failed = sh.json("job", "start", "bad", "-p", "shop", "--yes", "--wait", status=1)
    outcome = failed["run"]["outcome"]
    assert outcome["code"] in ("sql_invalid", "missing_class")
    assert outcome["line"] == 2
    reserved = "high-availability.type=kubernetes"
    sh("job", "create", "no", "-p", "shop", "--sql", str(script), "--set", reserved)
    assert sh.json("job", "publish", "no", "-p", "shop", status=3)["code"] == "invalid"
    sh.environment["RHEOSTAT_TOKEN"] = "wrong"
    sh("project", "list", status=6)
    sh.environment["RHEOSTAT_URL"] = "http://127.0.0.1:9"
    sh("project", "list", status=7)


async def test_the_token_file_is_its_owners_alone_and_the_api_describes_itself(server):
    assert stat.S_IMODE((server.data / "admin-token").stat().st_mode) == 0o600
    for name in ("ingest.key", "rheostat.db"):
        assert stat.S_IMODE((server.data / name).stat().st_mode) == 0o600
    with urllib.request.urlopen(f"{server.url}/api/openapi.json", timeout=5) as answer:
        assert json.load(answer)["openapi"].startswith("3.1")
    with urllib.request.urlopen(f"{server.url}/healthz", timeout=5) as answer:
        assert answer.status == 200
