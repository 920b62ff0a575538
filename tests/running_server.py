"""A real server in a process of its own, as a user starts it; for integration tests.

It is told by pid to end, never by name. `java_processes` counts from the operating system's table, not
from our database.
"""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from rheostat.client import Client, RunKey
from rheostat.core.invariant import History, find_violations
from rheostat.settings import default_engines_dir
from rheostat.store import attempt as attempts
from rheostat.store import event as events
from rheostat.store import run as runs
from rheostat.store import snapshot as snapshots
from rheostat.store.database import open_database
from rheostat.wire.job import JobBody
from rheostat.wire.run import RunView

RHEOSTAT = str(Path(sys.executable).with_name("rheostat"))
PROJECT = "shop"
START_S = 30
STREAM_SQL = """\
CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '20');
CREATE TABLE totals (n BIGINT, c BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO totals SELECT MOD(n, 7), COUNT(*) FROM numbers GROUP BY MOD(n, 7);
"""
FAST = {
    "execution.checkpointing.interval": "1s",
    "taskmanager.memory.task.heap.size": "64m",
}


class RunningServer:
    """One data directory, and at most one server process on it at a time."""

    def __init__(
        self,
        folder: Path,
        database: str | None = None,
        *,
        program: str = RHEOSTAT,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self.data = folder / "my data"  # with a blank: paths must bear it
        self.database = database
        self.program = program
        self.environment = {"RHEOSTAT_ENGINES": str(default_engines_dir()), **environment}
        self.url = ""
        self.process: subprocess.Popen[str] | None = None
        self.log = folder / "server.log"

    def start(self, crash_at: str | None = None, port: str = "0") -> None:
        """Start it and wait for its line; with `crash_at` it will end itself there by SIGKILL."""
        command = [self.program, "serve", "--data-dir", str(self.data), "--port", port]
        if self.database:
            command += ["--database", self.database]
        environment = dict(self.environment)
        environment.pop("RHEOSTAT_TEST_CRASH", None)
        if crash_at:
            environment["RHEOSTAT_TEST_CRASH"] = crash_at
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert "http://" in line, self.log.read_text()[-2000:]
        self.url = line.rsplit(" ", 1)[1].strip()

    def kill(self) -> None:
        """End the server as a power cut does."""
        assert self.process is not None
        self.process.kill()
        self.wait_dead()

    def wait_dead(self, timeout_s: float = START_S) -> int:
        """Wait until the server's process has ended; its exit code."""
        assert self.process is not None
        code = self.process.wait(timeout_s)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def stop(self) -> None:
        """End the server politely, then whatever engine is left."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.wait_dead()
        for pid in self.java_processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
                os.kill(pid, signal.SIGKILL)

    @property
    def token(self) -> str:
        """The admin token of the first start."""
        return (self.data / "admin-token").read_text()

    def client(self) -> Client:
        """A client of the server as it is now."""
        return Client(self.url, self.token)

    def java_processes(self, main: str = "") -> list[int]:
        """Pids of live JVMs that this data directory's runs have, by the operating system's table."""
        found = []
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                line = (folder / "cmdline").read_bytes().decode(errors="replace")
                state = (folder / "stat").read_text().rsplit(")", 1)[1].split()[0]
                is_java = f"{self.data}/runs/" in line and "java" in line.split("\0")[0]
                if is_java and state != "Z" and main in line:
                    found.append(int(folder.name))
        return found

    def jobmanagers(self) -> list[int]:
        """Pids of live JobManagers."""
        return self.java_processes("StandaloneApplicationClusterEntryPoint")

    def job(self, name: str = "orders", sql: str = STREAM_SQL, **body: object) -> None:
        """Create and publish a job."""
        with self.client() as client:
            if PROJECT not in [project.name for project in client.projects.list()]:
                client.projects.create(PROJECT)
            fields: dict[str, object] = {"flink_configuration": FAST, **body}
            client.jobs.create(PROJECT, JobBody(name=name, sql=sql, **fields))  # type: ignore[arg-type]
            client.jobs.publish(PROJECT, name)

    def run(self, name: str = "orders") -> RunView:
        """The latest run as it is now."""
        with self.client() as client:
            return client.runs.get(RunKey(PROJECT, name))

    def wait(
        self,
        until: Callable[[RunView], object],
        name: str = "orders",
        timeout_s: float = 120,
    ) -> RunView:
        """Look until it is so; fails with the run as last seen."""
        end = time.monotonic() + timeout_s
        with self.client() as client:
            while True:
                run = client.runs.get(RunKey(PROJECT, name))
                if until(run):
                    return run
                assert time.monotonic() < end, f"{run}\n{self.history(name)}"
                time.sleep(0.1)

    def wait_phase(self, *phases: str, name: str = "orders", timeout_s: float = 120) -> RunView:
        """Wait for one of these phases."""
        return self.wait(lambda run: run.phase in phases, name, timeout_s)

    def wait_checkpoint(self, name: str = "orders") -> None:
        """Wait until a checkpoint of the latest run is recorded."""
        end = time.monotonic() + 60
        with self.client() as client:
            while not list(client.snapshots.list(PROJECT, name)):
                assert time.monotonic() < end, self.history(name)
                time.sleep(0.2)

    def history(self, name: str = "orders") -> str:
        """The events of the latest run, a line each."""
        with self.client() as client:
            lines = client.runs.events(RunKey(PROJECT, name))
            return "\n".join(f"{e.at:%H:%M:%S.%f} a{e.attempt} {e.kind} {e.text}" for e in lines)

    def codes(self, name: str = "orders") -> list[str]:
        """The codes of the latest run's events."""
        with self.client() as client:
            return [event.code for event in client.runs.events(RunKey(PROJECT, name))]


def leftovers(server: RunningServer) -> list[str]:
    """What a look at the target finds: live JVMs and run folders."""
    folders = server.data / "runs"
    found = [f"pid {pid}" for pid in server.java_processes()]
    return found + [f"folder {each.name}" for each in folders.iterdir()]


async def check_invariants(server: RunningServer) -> None:
    """Every run's history keeps the invariants; SQLite or PostgreSQL alike."""
    db = open_database(server.database or f"sqlite:///{server.data / 'rheostat.db'}")
    try:
        for history in await db.read(_histories, leftovers(server)):
            assert find_violations(history) == [], history.run
    finally:
        await db.close()


def _histories(conn, left: list[str]) -> Iterator[History]:
    ids = [row[0] for row in conn.exec_driver_sql("select id from run")]
    live = any(not runs.load_run(conn, each).phase.is_terminal for each in ids)
    return iter(
        [
            History(
                run=runs.load_run(conn, each),
                attempts=attempts.list_attempts(conn, each),
                events=events.list_events(conn, each, 0, 100_000),
                snapshots=snapshots.list_of_run(conn, each),
                leftovers=[] if live else left,
            )
            for each in ids
        ]
    )


def count_pushes(server: RunningServer) -> int:
    """How many events agents have delivered (SQLite only)."""
    with contextlib.closing(sqlite3.connect(server.data / "rheostat.db")) as conn:
        found: int = conn.execute("select count(*) from push").fetchone()[0]
        return found
