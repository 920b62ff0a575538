"""Bad days, on the real server and where a run is needed on real Flink: a clear error, nothing lost.

Others are tested where what they are about is tested:

- killed at every point of every action: `test_kill_matrix.py`
- JobManager, TaskManager, server killed, suspended, cut off: `test_run_loss.py`, `test_run_adoption.py`,
  `test_evidence_matrix.py`
- torn `_metadata` of a stop's savepoint, checkpoints that vanished: `test_run_loss.py`
- missing or damaged state file, the next older one of the branch: `test_run_restore.py`
- two servers on one data directory: `test_run_streaming.py`; on one database: `test_postgres_lead.py`
- events replayed and reordered: `tests/unit/service/test_service_ingest.py`
- a listener while servers come and go, a revoked token: `test_stream.py`
- JARs byte by byte: `tests/unit/local/test_jar.py`; one that is gone or changed: `test_run_jar.py`
- lines of any length, bytes that are no text, rolled logs: `tests/unit/local/test_log_part.py`
"""

import io
import itertools
import json
import os
import signal
import socket
import sqlite3
import zipfile
from contextlib import closing

import httpx2
import pytest

from rheostat.client import RunKey
from rheostat.client.job import JobFilter
from rheostat.wire.plan import StartBody
from tests.running_server import FAST, PROJECT, leftovers

KEY = RunKey(PROJECT, "orders")
NAMES = (
    "a\x00b",
    "a\nb",
    "..",
    ".",
    "a/b",
    "größer",
    "😀",
    "a" * 64,
    "\u202egnp.exe",
    "",
    " ",
    "%2e%2e",
)
WIDE = "größer 名前 😀 \u202e \ufeff \u0001 \x7f"


def start(server):
    with server.client() as client:
        client.jobs.start(PROJECT, "orders", StartBody())


def cancel(server):
    with server.client() as client:
        client.jobs.cancel(PROJECT, "orders")
    server.wait_phase("canceled")


def asking(server) -> httpx2.Client:
    head = {"Authorization": f"Bearer {server.token}"}
    return httpx2.Client(base_url=server.url, headers=head, timeout=60)


def check_problem(answer, statuses, codes):
    """A problem in its own shape, and the server goes on."""
    assert answer.status_code in statuses, answer.text[:500]
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] in codes
    assert problem["title"]
    assert "Traceback" not in answer.text


def check_alive(server):
    with server.client() as client:
        assert client.me().name == "admin"
    assert "request broke" not in server.log.read_text()


@pytest.mark.flink
async def test_a_port_that_was_taken_between_choice_and_launch_costs_one_attempt(server):
    server.job()
    server.kill()
    server.start(crash_at="launch:written")
    start(server)
    assert server.wait_dead() == -signal.SIGKILL
    with closing(sqlite3.connect(server.data / "rheostat.db")) as db:
        ((ports,),) = db.execute("select ports from attempt").fetchall()
    taken = json.loads(ports)["rest"]
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", taken))
        thief.listen()
        server.start()
        run = server.wait(
            lambda run: run.phase == "running" and run.attempt.number == 2, timeout_s=180
        )
        assert run.attempt.flink_url != f"http://127.0.0.1:{taken}"
        assert len(server.jobmanagers()) == 1
        told = server.history()
        assert "the JobManager ended before its job ran" in told
        with server.client() as client:
            log = client.logs.tail(KEY, 1, "jobmanager.log")
        assert "Address already in use" in log.text or "BindException" in log.text
        cancel(server)
    assert leftovers(server) == []


@pytest.mark.flink
async def test_a_checkpoint_directory_that_cannot_be_written_is_told_and_recovered_from(server):
    """As root no mode binds: a file stands where the folder was."""
    server.job(
        flink_configuration={
            **FAST,
            "execution.checkpointing.tolerable-failed-checkpoints": "1000",
        }
    )
    start(server)
    run = server.wait_phase("running")
    server.wait_checkpoint()
    [folder] = (server.data / "state").glob(f"*/checkpoints/{run.attempt.flink_job_id}")
    aside = folder.with_name("aside")
    folder.rename(aside)
    folder.write_text("in the way")
    try:
        ill = server.wait(lambda run: run.health == "degraded", timeout_s=120)
        assert "no_checkpoint" in [each.code for each in ill.health_reasons]
        assert ill.phase == "running"
        with server.client() as client:
            rows = list(client.jobs.list(PROJECT, JobFilter(healths=("degraded",))))
            log = client.logs.search(KEY, 1, "jobmanager.log", str(folder))
            words = list(
                itertools.islice((each.text for each in log if "Exception" in each.text), 8)
            )
        assert [row.name for row in rows] == ["orders"]
        assert any("FileAlreadyExistsException" in each for each in words), words
    finally:
        folder.unlink()
        aside.rename(folder)
    well = server.wait(lambda run: run.health == "healthy", timeout_s=120)
    assert well.attempt.number == 1
    cancel(server)


@pytest.mark.flink
async def test_a_checkpoint_directory_that_cannot_be_written_makes_a_strict_job_restart(server):
    server.job()
    start(server)
    run = server.wait_phase("running")
    server.wait_checkpoint()
    [folder] = (server.data / "state").glob(f"*/checkpoints/{run.attempt.flink_job_id}")
    aside = folder.with_name("aside")
    folder.rename(aside)
    folder.write_text("in the way")
    try:
        server.wait_phase("restarting", timeout_s=120)
        with server.client() as client:
            told = list(client.runs.exceptions(KEY))
        assert any("heckpoint" in each.root for each in told), told
        assert told[0].attempt == 1
    finally:
        folder.unlink()
        aside.rename(folder)
    server.wait(lambda run: run.phase == "running" and run.health == "healthy", timeout_s=180)
    cancel(server)


@pytest.mark.flink
async def test_events_with_another_attempts_token_are_refused_and_change_nothing(server):
    server.job("orders")
    server.job("bills")
    with server.client() as client:
        client.jobs.start(PROJECT, "orders", StartBody())
        client.jobs.start(PROJECT, "bills", StartBody())
    orders = server.wait_phase("running")
    bills = server.wait_phase("running", name="bills")
    tokens = {
        run.job: (server.data / "runs" / run.attempt.id / "token").read_text().strip()
        for run in (orders, bills)
    }
    lie = {"seq": 1_000, "kind": "outcome", "at": "2026-01-01T00:00:00Z", "status": "FINISHED"}
    body = {"attempt": orders.attempt.id, "incarnation": "forged", "events": [lie]}
    with asking(server) as http:
        for token in (tokens["bills"], server.token, "x"):
            answer = http.post(
                "/ingest/v1/events", json=body, headers={"Authorization": f"Bearer {token}"}
            )
            check_problem(answer, {401}, {"unauthenticated"})
        for each in tokens.values():  # nor is an agent's token good for anything else
            answer = http.get("/api/v1/projects", headers={"Authorization": f"Bearer {each}"})
            check_problem(answer, {401}, {"unauthenticated"})
    assert server.run().phase == "running"
    assert "the agent's last word" not in server.history()
    with server.client() as client:
        client.jobs.cancel(PROJECT, "bills")
    server.wait_phase("canceled", name="bills")
    cancel(server)


async def test_sixty_four_megabytes_of_sql_are_refused_and_the_server_lives(server):
    server.job()
    huge = "-- " + "x" * 64 * 1024 * 1024
    with asking(server) as http:
        for method, path in (("POST", "jobs"), ("PATCH", "jobs/orders/draft")):
            answer = http.request(
                method,
                f"/api/v1/projects/{PROJECT}/{path}",
                json={"name": "huge", "sql": huge} if method == "POST" else {"sql": huge},
                headers={"If-Match": '"1"'},
            )
            check_problem(answer, {413}, {"too_large"})
        five = {"name": "five", "sql": "-- " + "x" * 5 * 1024 * 1024}
        answer = http.post(f"/api/v1/projects/{PROJECT}/jobs", json=five)
        check_problem(answer, {413}, {"too_large"})
        assert "at most" in answer.json()["detail"]
    with server.client() as client:
        assert [row.name for row in client.jobs.list(PROJECT)] == ["orders"]
        assert client.jobs.get(PROJECT, "orders").revision == 1
    with (server.data.parent / "server.log").open() as log:
        assert "MemoryError" not in log.read()
    check_alive(server)


async def test_strange_characters_in_every_text_of_a_body(server):
    server.job()
    jobs = f"/api/v1/projects/{PROJECT}/jobs"
    with asking(server) as http:
        for name in NAMES:
            for path, body in (
                ("/api/v1/projects", {"name": name}),
                (jobs, {"name": name, "sql": "SELECT 1"}),
                ("/api/v1/tokens", {"name": name, "role": "viewer"}),
            ):
                check_problem(http.post(path, json=body), {422}, {"invalid"})
        bad = {"sql": "a\x00b", "flink": "2.3\x00", "flink_configuration": {"a\x00": "b"}}
        bad |= {"mode": "\x00", "guard": "\x00", "jar": {"artifact": "\x00" * 64}}
        for field, value in bad.items():
            answer = http.post(jobs, json={"name": "bad", "sql": "SELECT 1", field: value})
            check_problem(answer, {422}, {"invalid"})
        for wish in ({"from": "\x00"}, {"plan": "\x00"}, {"version": 2**40}):
            answer = http.post(f"{jobs}/orders/start", json=wish)
            check_problem(answer, {404, 412, 422}, {"invalid", "not_found", "stale"})
        for raw in (b'{"name": "\xff"}', b'{"name": "\xed\xa0\x80"}', b"[" * 100_000, b"", b"\x00"):
            head = {"Content-Type": "application/json"}
            check_problem(http.post(jobs, content=raw, headers=head), {400, 422}, {"invalid"})
        kept = http.post(jobs, json={"name": "wide", "sql": f"-- {WIDE}\nSELECT '{WIDE}'"})
        assert kept.status_code == 201
        assert WIDE in http.get(f"{jobs}/wide").json()["draft"]["sql"]
    check_alive(server)


async def test_strange_names_in_every_path_and_query(server):
    server.job()
    start_of = "/api/v1/projects"
    encoded = [
        "%2e%2e", "%2e%2e%2f%2e%2e", "..%2f..%2fadmin-token", "%00", "a%00b", "%ff", "%F0%9F%98%80",
        "a" * 2000, "%0d%0aSet-Cookie:x", "%E2%80%AEx", "*", "'%22;--", "{job}",
    ]  # fmt: skip
    paths = [
        "/{}", "/{}/jobs", "/{}/artifacts", "/shop/jobs/{}", "/shop/jobs/{}/versions",
        "/shop/jobs/orders/versions/{}", "/shop/jobs/orders/runs/{}", "/shop/jobs/orders/runs/{}/events",
        "/shop/jobs/orders/runs/{}/start", "/shop/jobs/orders/runs/{}/exceptions",
        "/shop/jobs/orders/runs/1/logs/{}/jobmanager.log", "/shop/jobs/orders/runs/1/logs/1/{}",
        "/shop/jobs/orders/runs/1/logs/1/{}/download", "/shop/artifacts/{}",
    ]  # fmt: skip
    queries = [
        "/shop/jobs?after={}", "/shop/jobs?q={}", "/shop/jobs/orders/snapshots?after={}", "?after={}",
    ]  # fmt: skip
    with asking(server) as http:
        for path, name in itertools.product(paths, encoded):
            answer = http.get(start_of + path.format(name))
            check_problem(answer, {400, 404, 422}, {"invalid", "not_found"})
            assert "set-cookie" not in answer.headers
        for query, name in itertools.product(queries, encoded):
            answer = http.get(start_of + query.format(name))
            if answer.status_code != 200:
                check_problem(answer, {400, 404, 422}, {"invalid", "not_found"})
        for name in encoded:
            check_problem(
                http.get(f"/api/v1/events?project={name}"),
                {400, 404, 422},
                {"invalid", "not_found"},
            )
            check_problem(
                http.delete(f"/api/v1/tokens/{name}"), {400, 404, 422}, {"invalid", "not_found"}
            )
    check_alive(server)


def make_jar(*entries: tuple[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as jar:
        for name, content in entries:
            jar.writestr(name, content)
    return data.getvalue()


async def test_files_that_are_no_jar_bombs_and_paths_in_names(server):
    with server.client() as client:
        client.projects.create(PROJECT)
    manifest = ("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\n")
    bad = {
        "nothing": (b"", "not_a_jar"),
        "text": (b"not a jar", "not_a_jar"),
        "half a JAR": (make_jar(manifest, ("a.class", os.urandom(5000)))[:3000], "not_a_jar"),
        "a bomb": (make_jar(manifest, ("a", bytes(400 * 1024 * 1024))), "jar_unsafe"),
        "a way out": (make_jar(manifest, ("../../admin-token", b"x")), "jar_unsafe"),
        "a root": (make_jar(manifest, ("/etc/passwd", b"x")), "jar_unsafe"),
    }
    path = f"/api/v1/projects/{PROJECT}/artifacts"
    with asking(server) as http:
        for data, code in bad.values():
            answer = http.post(f"{path}?name=x.jar", content=data)
            check_problem(answer, {422}, {code})
        for name in ("..%2f..%2fx.jar", "%00.jar", "a%2fb.jar", ""):
            answer = http.post(f"{path}?name={name}", content=make_jar(manifest))
            check_problem(answer, {422}, {"invalid"})
        assert http.get(path).json()["items"] == []
    kept = [each for each in (server.data / "artifacts").rglob("*") if each.is_file()]
    assert kept == []
    check_alive(server)
