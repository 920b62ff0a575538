"""The stream of events over the real server: SDK and CLI, through its restarts, to its end."""

import contextlib
import itertools
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Generator

import httpx2
import pytest

from rheostat.client import Client
from rheostat.client.run import RunKey
from rheostat.client.stream import Patience
from rheostat.errors import RheostatError, Unauthenticated
from rheostat.wire.plan import StartBody
from rheostat.wire.stream import BeatFrame, HistoryFrame, JobFrame
from rheostat.wire.token import TokenBody
from tests.running_server import PROJECT, RHEOSTAT

END_S = 3.0
"""A server that is told to end does not wait for those who listen."""


class Listener:
    """Collects what a client hears, in a thread of its own."""

    def __init__(self, url: str, token: str, job: str | None = None) -> None:
        self.frames: list[object] = []
        self.error: RheostatError | None = None
        self.is_done = False
        self.client = Client(url, token)
        self.job = job
        self.is_open = threading.Event()
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()
        assert self.is_open.wait(30)

    def _listen(self) -> None:
        quick = Patience(sleep=lambda seconds: time.sleep(min(seconds, 0.5)))
        try:
            with contextlib.closing(self._frames(quick)) as frames:
                for frame in frames:
                    self.is_open.set()
                    self.frames.append(frame)
                    if self.is_done:
                        return
        except RheostatError as err:
            self.error = err
        finally:
            self.client.close()

    def _frames(self, patience: Patience) -> Generator[object]:
        yield from self.client.streams.events(PROJECT, self.job, patience=patience)

    def close(self) -> None:
        """Leave at the next beat."""
        self.is_done = True
        self.thread.join(30)
        assert not self.thread.is_alive()

    @property
    def ids(self) -> list[int]:
        """Ids of the events heard."""
        return [each.event.id for each in self.frames if isinstance(each, HistoryFrame)]

    def wait(self, until, timeout_s: float = 60) -> None:
        """Look until it is so."""
        end = time.monotonic() + timeout_s
        while not until(self):
            assert time.monotonic() < end, self.frames
            time.sleep(0.05)


@pytest.mark.flink
async def test_a_listener_misses_nothing_while_servers_come_and_go(server):
    server.job()
    port = server.url.rsplit(":", 1)[1]
    listener = Listener(server.url, server.token)
    with server.client() as client:
        client.jobs.start(PROJECT, "orders", StartBody(from_="empty"))
    listener.wait(lambda one: len(one.ids) >= 3)
    server.kill()
    server.start(port=port)
    server.wait_phase("running")
    begun = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    assert server.wait_dead(END_S * 4) == 0
    assert time.monotonic() - begun < END_S, "open streams hold nothing up"
    server.start(port=port)
    with server.client() as client:
        client.jobs.cancel(PROJECT, "orders")
    run = server.wait_phase("canceled")
    with server.client() as client:
        told = list(client.runs.events(RunKey(PROJECT, "orders")))
        steps = client.runs.start(RunKey(PROJECT, "orders"))
    listener.wait(lambda one: one.ids and one.ids[-1] >= told[-1].id)
    listener.close()
    assert listener.ids == [event.id for event in told]
    last = [each for each in listener.frames if isinstance(each, HistoryFrame)][-1]
    assert (last.row.phase, last.row.run, last.run) == ("canceled", run.number, run.number)
    codes = [step.code for step in steps.steps]
    assert codes == [
        "requested", "planned", "materialise", "permit", "launch", "hello", "compiled", "submitted",
        "tasks_running", "first_checkpoint",
    ][: len(codes)]  # fmt: skip
    assert "tasks_running" in codes
    assert all(step.duration_ms is not None and step.duration_ms >= 0 for step in steps.steps)
    ran = codes.index("tasks_running") + 1
    whole = sum(step.duration_ms or 0 for step in steps.steps[:ran])
    assert steps.total_ms == pytest.approx(whole, abs=2)


async def test_beats_hints_and_the_end_of_a_revoked_token(server):
    with server.client() as admin:
        admin.projects.create(PROJECT)
        made = admin.tokens.create(TokenBody(name="ear", role="viewer"))
        listener = Listener(server.url, made.secret)
        server.job("orders")
        listener.wait(lambda one: any(isinstance(each, JobFrame) for each in one.frames))
        listener.wait(lambda one: sum(isinstance(each, BeatFrame) for each in one.frames) > 1, 15)
        admin.tokens.revoke(made.token.id)
        listener.thread.join(30)
    assert isinstance(listener.error, Unauthenticated)
    assert "ear was revoked" in listener.error.message


async def test_the_stream_as_it_is_on_the_wire(server):
    with server.client() as client:
        client.projects.create(PROJECT)
    head = {"Authorization": f"Bearer {server.token}"}
    url = f"{server.url}/api/v1/events?project={PROJECT}"
    with httpx2.Client(headers=head, timeout=20) as http:
        with http.stream("GET", url) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert answer.headers["cache-control"] == "no-cache"
            assert answer.headers["x-accel-buffering"] == "no"
            lines = list(itertools.islice(answer.iter_lines(), 4))
            assert lines[:2] == ["id: 0", "event: beat"]
            assert json.loads(lines[2].removeprefix("data: ")).keys() == {"now"}
        with http.stream("GET", url, headers={"Last-Event-ID": "99"}) as answer:
            assert list(itertools.islice(answer.iter_lines(), 3))[1] == "event: reset"
        for query, status in (("", 422), ("?project=none", 404), ("?project=shop&after=x", 422)):
            assert http.get(f"{server.url}/api/v1/events{query}").status_code == status
        bad = http.get(url, headers={"Last-Event-ID": "x"})
        assert (bad.status_code, bad.json()["errors"][0]["where"]) == (422, "Last-Event-ID")
        assert http.get(url, headers={"Authorization": "Bearer x"}).status_code == 401


async def test_the_command_line_follows_a_job(server):
    server.job()
    environment = {**os.environ, "RHEOSTAT_URL": server.url, "RHEOSTAT_TOKEN": server.token}
    command = [RHEOSTAT, "job", "events", "orders", "-p", PROJECT, "--follow", "--json"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as said:
        try:
            time.sleep(3)
            with server.client() as client:
                client.jobs.start(PROJECT, "orders", StartBody(from_="empty"))
                assert said.stdout is not None
                first = json.loads(said.stdout.readline())
                assert first["code"] == "run_created"
                client.jobs.cancel(PROJECT, "orders")
                codes = (json.loads(line)["code"] for line in said.stdout)
                assert "intent_cancel" in codes
            server.wait_phase("canceled")
        finally:
            said.terminate()
