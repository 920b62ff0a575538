"""The server that the demo starts, and the two ways it talks to it: commands to act, the SDK to look."""

import contextlib
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from rheostat.cli.demo.leftover import Note
from rheostat.cli.demo.screen import Screen
from rheostat.client import Client, RunKey
from rheostat.clock import monotonic_s
from rheostat.errors import NotFound, Permanent, RheostatError
from rheostat.wire.run import RunView

PROJECT = "demo"
READY_S = 60.0
"""The first start also makes the database; on a busy machine that took 10 s."""
END_S = 20.0
PROGRAM = (sys.executable, "-c", "from rheostat.cli import main; main(prog_name='rheostat')")
"""Our own command line, wherever it is installed."""


class CommandFailed(Permanent):
    """A command of the demo failed."""

    code = "command_failed"


class Site(Protocol):
    """What the demo needs of a server."""

    url: str

    def act(self, *words: str) -> None:
        """Run `rheostat …`, visibly. Raises `CommandFailed`."""

    def look(self, job: str) -> RunView | None:
        """The newest run of a job; None = there is none."""

    def checkpoints(self, job: str) -> int:
        """How many checkpoints of a job are known now."""

    def make_link(self) -> str:
        """The pages' address, which signs one browser in, once."""


class Server:
    """Fits `Site`: a `rheostat serve` of our own on a folder of its own."""

    def __init__(self, folder: Path, port: int | None, screen: Screen, note: Note) -> None:
        """Nothing is started yet."""
        self.folder = folder
        self.log = folder / "server.log"
        self.token_file = folder / "admin-token"
        self._port = port or _free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._screen = screen
        self._note = note
        self._process: subprocess.Popen[bytes] | None = None
        self._client: Client | None = None

    def start(self) -> None:
        """Start it and wait until it is ready. Raises `CommandFailed` with its last words."""
        words = (
            *("serve", "--data-dir", str(self.folder / "server"), "--port", str(self._port)),
            *("--admin-token-file", str(self.token_file)),
        )
        self._screen.command("rheostat", *words)
        begun_s = monotonic_s()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                (*PROGRAM, *words),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._note.add_server(self._process.pid)
        while not self._is_ready():
            if self._process.poll() is not None or monotonic_s() - begun_s > READY_S:
                raise CommandFailed("The server did not start.", hint=self._last_words())
        token = self.token_file.read_text(encoding="utf-8").strip()
        self._client = Client(self.url, token)
        self._screen.say(f"ready at {self.url} after {monotonic_s() - begun_s:.1f} s")

    def stop(self) -> None:
        """End it politely, then not; harmless when it is not running."""
        if self._client is not None:
            self._client.close()
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def act(self, *words: str) -> None:
        """Run `rheostat …`, visibly. Raises `CommandFailed`."""
        run_program(self._screen, words, RHEOSTAT_URL=self.url, RHEOSTAT_TOKEN_FILE=self.token_file)

    def look(self, job: str) -> RunView | None:
        """Load the newest run of a job; None = there is none."""
        try:
            return self._sdk().runs.get(RunKey(PROJECT, job))
        except NotFound:
            return None

    def checkpoints(self, job: str) -> int:
        """Count the checkpoints of a job that are known now."""
        found = self._sdk().snapshots.list(PROJECT, job)
        return sum(snapshot.kind == "checkpoint" for snapshot in found)

    def make_link(self) -> str:
        """Make the pages' address, which signs one browser in, once."""
        return f"{self.url}{self._sdk().sign_in_link().path}"

    def _sdk(self) -> Client:
        if self._client is None:
            raise CommandFailed("The server is not started.")
        return self._client

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=1) as answer:
                return bool(answer.status == 200) and self.token_file.exists()
        except OSError:
            if self._process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(0.1)
            return False

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])


def run_program(screen: Screen, words: Sequence[str], **environment: str | Path) -> None:
    """Run `rheostat …`, visibly. Raises `CommandFailed`."""
    variables = os.environ | {name: str(value) for name, value in environment.items()}
    status = screen.run((*PROGRAM, *words), variables, shown=("rheostat", *words))
    if status != 0:
        raise CommandFailed(f"`rheostat {' '.join(words)}` ended with status {status}.")


def find_pids(site: Site, jobs: Sequence[str]) -> list[int]:
    """Find the processes that run these jobs, as far as the server tells."""
    pids: list[int] = []
    for job in jobs:
        try:
            run = site.look(job)
        except RheostatError:
            continue
        if run is not None and run.attempt is not None and run.attempt.stage != "gone":
            jobmanager = run.attempt.pids.jobmanager
            pids += [jobmanager] if jobmanager is not None else []
            pids += run.attempt.pids.taskmanagers
    return pids


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
