"""How many events of agents the server takes in, kept and folded, each batch in a transaction of its own."""

import threading
import time
from typing import Any

from bench.engine import find_engine
from bench.sample import summarise
from bench.site import Api, serving, wait_for
from bench.starts import JOB

STAMP = "2026-01-01T00:00:00Z"


def measure_ingest(events: int) -> dict[str, Any]:
    """Measure against the attempt of a job that runs: singly, in batches, and by eight agents at a time."""
    with serving() as (server, api):
        server.job()
        api.send("POST", f"{JOB}/start", {"from": "empty"})
        server.wait_phase("running", timeout_s=120)
        engine = wait_for(
            lambda: find_engine(server.data / "runs", server.java_processes()), "both processes"
        )
        attempt, token = engine.run_dir.name, (engine.run_dir / "token").read_text()
        found = {}
        for name, batch, agents in (
            ("singly", 1, 1),
            ("by 20", 20, 1),
            ("by 20, eight at once", 20, 8),
        ):
            found[name] = _measure(server.url, (attempt, token), events, batch, agents)
        api.send("POST", f"{JOB}/cancel", {})
        server.wait_phase("canceled", timeout_s=120)
        return {"events": events, "ways": found}


def _measure(
    url: str, who: tuple[str, str], events: int, batch: int, agents: int
) -> dict[str, Any]:
    took_ms: list[float] = []
    share = max(1, events // (batch * agents))
    threads = [
        threading.Thread(
            target=_push, args=(url, who, f"bench-{batch}-{agents}-{n}", share, batch, took_ms)
        )
        for n in range(agents)
    ]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent_s = time.perf_counter() - begun
    if len(took_ms) != share * agents:
        raise RuntimeError("an agent of the measurement failed")
    per_s = round(share * agents * batch / spent_s)
    return {"events_per_s": per_s, "batch_ms": summarise(took_ms, digits=2)}


def _push(
    url: str, who: tuple[str, str], incarnation: str, batches: int, batch: int, took_ms: list[float]
) -> None:
    attempt, token = who
    api = Api(url, token)
    for number in range(batches):
        seqs = range(number * batch + 1, (number + 1) * batch + 1)
        events = [{"seq": seq, "at": STAMP, "kind": "status", "new": "RUNNING"} for seq in seqs]
        body = {"attempt": attempt, "incarnation": incarnation, "events": events}
        begun = time.perf_counter()
        api.send("POST", "/ingest/v1/events", body)
        took_ms.append((time.perf_counter() - begun) * 1000)
