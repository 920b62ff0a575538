"""How long a start takes: through the server, by hand with the same command line, and with Flink's stock flags.

The three take turns, so that whatever else the machine does meets all of them. When every task runs is
read from Flink's own log, in the same way for all three.
"""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.engine import (
    Engine,
    as_it_was,
    copy_folder,
    find_engine,
    measure_by_hand,
    with_stock_flags,
)
from bench.machine import wait_until_quiet
from bench.sample import Numbers, summarise
from bench.site import Api, serving, wait_for
from rheostat.client import RunKey
from rheostat.clock import now
from tests.running_server import PROJECT, RunningServer

JOB = "/api/v1/projects/shop/jobs/orders"
OVERHEAD_GOAL_MS = 150
RATIO_GOAL = 2.0
ACTIONS = ("resolve_restore", "write_attempt", "materialise", "write_permit", "launch")


def measure_starts(rounds: int, stock_rounds: int) -> dict[str, Any]:
    """Measure after one round that does not count."""
    overhead: list[float] = []
    spans: dict[str, list[float]] = {}
    running: dict[str, list[float]] = {"server": [], "by hand": [], "stock": []}
    with serving() as (server, api), tempfile.TemporaryDirectory() as folder:
        server.job()
        for turn in range(-1 if rounds > 1 else 0, rounds):
            if rounds > 1:
                wait_until_quiet()
            engine, found, took_ms = _start(server, api)
            kept = copy_folder(engine, server.data, Path(folder, str(turn)))
            _end(server, api)
            by_hand_ms = measure_by_hand(kept, as_it_was)
            stock_ms = measure_by_hand(kept, with_stock_flags) if turn < stock_rounds else None
            if turn < 0:
                continue
            overhead.append(found["request to exec"] + found["hello"])
            for name, value in found.items():
                spans.setdefault(name, []).append(value)
            running["server"].append(took_ms)
            running["by hand"].append(by_hand_ms)
            if stock_ms is not None:
                running["stock"].append(stock_ms)
    return _conclude(overhead, spans, running)


def _start(server: RunningServer, api: Api) -> tuple[Engine, dict[str, float], float]:
    begun = now().timestamp()
    api.send("POST", f"{JOB}/start", {"from": "empty"})
    engine: Engine = wait_for(
        lambda: find_engine(server.data / "runs", server.java_processes()), "both processes"
    )
    ran = wait_for(engine.running_at, "every task running", every_s=0.1)
    server.wait_phase("running", timeout_s=120)
    return engine, _read_spans(server, engine, begun), (ran - begun) * 1000


def _end(server: RunningServer, api: Api) -> None:
    api.send("POST", f"{JOB}/cancel", {})
    server.wait_phase("canceled", timeout_s=120)


def _read_spans(server: RunningServer, engine: Engine, begun: float) -> dict[str, float]:
    """Spans in ms. The claim of the permit is the last thing before exec: a rename, which the file's ctime tells."""
    (claimed,) = engine.run_dir.glob("permit.claimed-*")
    spans = {"request to exec": (claimed.stat().st_ctime - begun) * 1000}
    with closing(sqlite3.connect(server.data / "rheostat.db")) as conn:
        row = "select at, received_at from push where kind = 'hello' and attempt_id = ?"
        at_us, received_us = conn.execute(row, (engine.run_dir.name,)).fetchone()
    spans["hello"] = (received_us - at_us) / 1000
    with server.client() as client:
        events = list(client.runs.events(RunKey(PROJECT, "orders")))
    for event in events:
        name = event.fields.get("action")
        if event.code == "action_done" and name in ACTIONS and event.duration_ms is not None:
            spans[str(name)] = event.duration_ms
        if event.code == "tasks_running":
            spans["request to running, as our page says"] = (event.at.timestamp() - begun) * 1000
    return spans


def _conclude(
    overhead: list[float], spans: dict[str, list[float]], running: dict[str, list[float]]
) -> dict[str, Any]:
    sums: dict[str, Numbers] = {name: summarise(values) for name, values in spans.items()}
    pairs = list(zip(running["by hand"], running["stock"], strict=False))
    ratios = summarise([stock / ours for ours, stock in pairs], digits=2)
    own = summarise(overhead)
    return {
        "overhead_ms": own,
        "overhead_goal_ms": OVERHEAD_GOAL_MS,
        "overhead_met": own["median"] <= OVERHEAD_GOAL_MS,
        "spans_ms": sums,
        "running_ms": {name: summarise(values) for name, values in running.items() if values},
        "stock_to_ours": ratios,
        "stock_to_ours_goal": RATIO_GOAL,
        "stock_to_ours_met": ratios["median"] >= RATIO_GOAL,
    }
