"""What was measured on: cores, memory, versions. Nothing that names a machine."""

import importlib.metadata
import os
import platform
import time
from datetime import date
from pathlib import Path
from typing import Any

from rheostat.local.engine import EngineHome
from rheostat.local.java import find_java
from rheostat.settings import default_engines_dir

IDLE_SHARE = 0.85
QUIET_WAIT_S = 60.0


def wait_until_quiet() -> None:
    """Wait until others leave the cores idle for a second; at most a minute, and nothing but on Linux."""
    end = time.monotonic() + QUIET_WAIT_S
    while time.monotonic() < end and (before := _read_ticks()):
        time.sleep(1)
        idle, total = (now - then for now, then in zip(_read_ticks(), before, strict=True))
        if idle > IDLE_SHARE * total:
            return


def _read_ticks() -> tuple[int, ...]:
    """How long all cores were idle, and how long that was in all; empty where nobody tells."""
    try:
        ticks = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    except OSError:
        return ()
    return ticks[3], sum(ticks)


def describe_machine() -> dict[str, Any]:
    """Describe it, and how busy it was at the beginning."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "day": date.today().isoformat(),  # noqa: DTZ011 -- of the person who reads it
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "java": find_java("2.3").version.splitlines()[0],
        "flink": EngineHome(default_engines_dir()).find("2.3").release,
        "rheostat": importlib.metadata.version("rheostat"),
        "database": "SQLite",
    }
