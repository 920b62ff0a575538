"""Settings: command line and environment, read once, frozen."""

import os
from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024
RUN_MIB = 1_000
"""What one local run takes: a JobManager, a TaskManager, and what the JVMs add (measured: 550 MiB)."""
SHARE = 0.7
"""Of the machine's memory, for runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a server is started with."""

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8642
    """0 = any free one."""
    database: str | None = None
    """None = SQLite in the data directory."""
    admin_token_file: Path | None = None
    engines_dir: Path
    runs_limit: int
    crash_at: str | None = None
    """`<action>:before|written|acted`, from RHEOSTAT_TEST_CRASH: the process ends there by SIGKILL."""

    @property
    def database_url(self) -> str:
        """Where the store is."""
        return self.database or f"sqlite:///{self.data_dir / 'rheostat.db'}"


def default_engines_dir() -> Path:
    """$RHEOSTAT_ENGINES, else the user's data home."""
    chosen = os.environ.get("RHEOSTAT_ENGINES")
    if chosen:
        return Path(chosen).absolute()
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local/share")
    return Path(home, "rheostat/engines")


def default_runs_limit() -> int:
    """As many as the machine's memory carries, and at least one."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, int(memory * SHARE / (RUN_MIB * MIB)))
