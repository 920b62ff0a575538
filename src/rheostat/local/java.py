"""Which Java runs Flink here.

Called by `engine.py`. Starts `java -version` once per binary and process, nothing else.
"""

import functools
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from rheostat.errors import Missing

_HINT = "install a JDK or JRE, version 17 or 21 (Debian: openjdk-17-jre-headless), or set JAVA_HOME"


@dataclass(frozen=True, slots=True, kw_only=True)
class Java:
    """One Java installation."""

    binary: Path
    """Symbolic links resolved: what `/usr/bin/java` means can change, a running engine's Java not."""
    feature: int
    """`17` of 17.0.15."""
    version: str
    """Everything that `java -version` prints; class archives fit exactly one of these."""


def find_java(flink: str) -> Java:
    """Find `$JAVA_HOME`'s java, else the first on PATH. Raises `Missing` when none is new enough."""
    home = os.environ.get("JAVA_HOME")
    named = os.path.join(home, "bin", "java") if home else None
    found = named if named and os.access(named, os.X_OK) else shutil.which("java")
    if found is None:
        raise Missing("There is no Java on this machine.", hint=_HINT)
    binary = Path(found).resolve()
    stat = binary.stat()
    java = _ask(binary, stat.st_mtime_ns, stat.st_size)
    # Flink 2.x is compiled for 11 and tested on 17 and 21; our own jar is Java 17, or 11 for 1.20.
    needed = 11 if flink.startswith("1.") else 17
    if java.feature < needed:
        raise Missing(f"{found} is Java {java.feature}; {needed} or newer is needed.", hint=_HINT)
    return java


@functools.cache
def _ask(binary: Path, _mtime_ns: int, _size: int) -> Java:
    command = [str(binary), "-version"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError) as err:
        raise Missing(f"{binary} does not run.", hint=_HINT) from err
    version = (done.stderr + done.stdout).strip()
    match = re.search(r'version "(?:1\.)?(\d+)', version)
    if match is None:
        raise Missing(f"{binary} does not say which version it is.", hint=_HINT)
    return Java(binary=binary, feature=int(match[1]), version=version)
