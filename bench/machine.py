"""What was measured on: cores, memory, versions. Nothing that names a machine."""

import importlib.metadata
import os
import platform
from datetime import date
from typing import Any

from rheostat.local.engine import EngineHome
from rheostat.local.java import find_java
from rheostat.settings import default_engines_dir


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
