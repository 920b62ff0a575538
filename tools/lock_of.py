"""Print one package's lines of a hashed lock file, so that it can be installed before all others.

Called by the Makefile for uv, which then installs the rest.
"""

import sys
from pathlib import Path


def lines_of(name: str, lock: str) -> list[str]:
    """The requirement of `name` with its hashes; empty if the lock does not have it."""
    found: list[str] = []
    for line in lock.splitlines():
        if not line.startswith(" "):
            if found:
                break
            if not line.startswith(f"{name}=="):
                continue
        elif not found:
            continue
        if not line.strip().startswith("#"):
            found.append(line)
    if found:
        found[-1] = found[-1].rstrip(" \\")
    return found


if __name__ == "__main__":
    wanted = lines_of(sys.argv[1], Path(sys.argv[2]).read_text())
    if not wanted:
        sys.exit(f"{sys.argv[2]} has no {sys.argv[1]}")
    print("\n".join(wanted))
