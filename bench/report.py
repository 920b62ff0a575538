"""The results as a page to read, from the same data as the JSON beside it."""

from collections.abc import Mapping
from typing import Any

HEAD = """\
# Measurements

Written by `make bench`; the numbers are those of `results.json` beside this page. Everything was measured
on a real server and real Flink, sides that are compared within one run and in turns. No test depends on them.
"""


def render_report(results: Mapping[str, Any]) -> str:
    """Render the whole page."""
    parts = [HEAD, _render_machine(results["machine"]), _render_starts(results["starts"])]
    parts += [_render_lists(results["lists"]), _render_ingest(results["ingest"]), LEFT_OUT]
    return "\n".join(parts)


LEFT_OUT = """\
## What is not measured

The cost of the loop with 200 steady runs: this machine cannot carry 200 JobManagers, and a loop over runs
that do not exist would look at nothing.
"""


def _render_machine(machine: Mapping[str, Any]) -> str:
    return (
        f"On {machine['day']}: {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']},"
        f" load {machine['load_before']} before; Rheostat {machine['rheostat']},"
        f" Flink {machine['flink']}, {machine['java']}, Python {machine['python']}, {machine['database']}.\n"
    )


def _render_starts(starts: Mapping[str, Any]) -> str:
    own, ratio = starts["overhead_ms"], starts["stock_to_ours"]
    lines = [
        "## A start\n",
        f"**What we add**, from the request until Java is executed (plan, restore point, run folder, permit and"
        f" its claim), plus the agent's hello: **{own['median']} ms** (median of {own['n']}; goal"
        f" {starts['overhead_goal_ms']} ms: {_verdict(starts['overhead_met'])}).\n",
        _table(
            ("span, ms", "median", "p95", "min", "max"),
            [(name, *_cells(sums)) for name, sums in starts["spans_ms"].items()],
        ),
        "`request to exec` is the time on the clock, gaps between the spans included; `launch` begins before and"
        " ends after exec. A round waits, up to a minute, until other programs leave the cores idle.\n",
        "**Until every task runs**, by the stamps of Flink's own log each time, in ms:\n",
        _table(
            ("start", "median", "p95", "min", "max", "n"),
            [
                (NAMES[name], *_cells(sums), sums["n"])
                for name, sums in starts["running_ms"].items()
            ],
        ),
        f"Same JDK, same job, same heap: Flink's stock flags take **{ratio['median']} times** as long as ours with"
        f" class archives (median of {ratio['n']} pairs, {ratio['min']} to {ratio['max']}; goal"
        f" {starts['stock_to_ours_goal']}: {_verdict(starts['stock_to_ours_met'])}).\n",
    ]
    return "\n".join(lines)


NAMES = {
    "server": "through the server, from the request",
    "by hand": "the same command lines by hand, from exec",
    "stock": "by hand, with Flink's stock flags and class path",
}


def _render_lists(lists: Mapping[str, Any]) -> str:
    rows = [
        (name, *_cells(page["ms"]), f"{page['bytes']:,}") for name, page in lists["pages"].items()
    ]
    return "\n".join(
        [
            f"## The list of {lists['jobs']:,} jobs\n",
            _table(("page, ms", "median", "p95", "min", "max", "bytes"), rows),
            f"Every other job is published; none has a run. They were made by the API, one after the other:"
            f" {lists['create_and_publish_per_s']} requests a second.\n",
        ]
    )


def _render_ingest(ingest: Mapping[str, Any]) -> str:
    rows = [
        (name, f"{way['events_per_s']:,}", way["batch_ms"]["median"], way["batch_ms"]["p95"])
        for name, way in ingest["ways"].items()
    ]
    return "\n".join(
        [
            "## Events of agents\n",
            _table(("sent", "events a second", "batch ms, median", "p95"), rows),
            f"{ingest['events']:,} events each, about an attempt that runs, and each becomes a line of its history;"
            " the sender is on the same machine.\n",
        ]
    )


def _cells(sums: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(sums[key] for key in ("median", "p95", "min", "max"))


def _verdict(is_met: bool) -> str:  # noqa: FBT001 -- it is what is said
    return "met" if is_met else "**missed**"


def _table(heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    line = "| " + " | ".join(heads) + " |"
    rule = "| --- |" + " ---: |" * (len(heads) - 1)
    body = ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join([line, rule, *body]) + "\n"
