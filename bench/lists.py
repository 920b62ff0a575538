"""The list of jobs, large: how long a page takes and how many bytes it has."""

import time
from typing import Any

from bench.sample import summarise
from bench.site import Api, serving

PROJECT = "/api/v1/projects/many"
SQL = "INSERT INTO totals SELECT MOD(n, 7), COUNT(*) FROM numbers GROUP BY MOD(n, 7);"
PAGE = 50


def measure_lists(jobs: int, times: int) -> dict[str, Any]:
    """Make so many jobs by the API, every other one published, then read pages of the list."""
    with serving() as (_, api):
        api.send("POST", "/api/v1/projects", {"name": "many"})
        begun = time.perf_counter()
        for number in range(jobs):
            _make(api, number)
        made_s = time.perf_counter() - begun
        last = _find_last(api, jobs)
        paths = {
            f"first {PAGE}": f"{PROJECT}/jobs?limit={PAGE}",
            f"last {PAGE}": f"{PROJECT}/jobs?limit={PAGE}&after={last}",
            "by name": f"{PROJECT}/jobs?limit={PAGE}&q=job-{jobs - 1:06}",
            "first 200": f"{PROJECT}/jobs?limit=200",
        }
        return {
            "jobs": jobs,
            "create_and_publish_per_s": round(1.5 * jobs / made_s, 1),
            "pages": {name: _measure(api, path, times) for name, path in paths.items()},
        }


def _make(api: Api, number: int) -> None:
    name = f"job-{number:06}"
    api.send("POST", f"{PROJECT}/jobs", {"name": name, "sql": SQL})
    if number % 2:
        api.send("POST", f"{PROJECT}/jobs/{name}/versions")


def _find_last(api: Api, jobs: int) -> str:
    """Walk the pages to the cursor of the last whole one."""
    cursor, seen = "", 0
    while seen + PAGE < jobs:
        page = api.ask(
            "GET", f"{PROJECT}/jobs?limit={PAGE}" + (f"&after={cursor}" if cursor else "")
        )
        seen += len(page["items"])
        if page["next"] is None:
            break
        cursor = page["next"]
    return cursor


def _measure(api: Api, path: str, times: int) -> dict[str, Any]:
    api.send("GET", path)
    taken = [api.time_ms(path) for _ in range(times)]
    return {"ms": summarise([ms for ms, _ in taken], digits=2), "bytes": taken[-1][1]}
