"""Print pip's settings in the words of uv, which does not read them: index, find-links, certificates.

Called by the Makefile and by the test of the wheel, for the environment of uv.
"""

import shlex
import subprocess
import sys
from pathlib import Path

NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "trusted-host": "UV_INSECURE_HOST",
}
SECTIONS = ("global", "install", ":env:")
"""As pip ranks them, the strongest last."""


def read_settings(listing: str) -> dict[str, str]:
    """Translate what `pip config list` prints."""
    found: dict[str, tuple[int, str]] = {}
    for line in listing.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.partition(".")
        if section in SECTIONS and name in NAMES:
            rank = SECTIONS.index(section)
            if rank >= found.get(name, (-1, ""))[0]:
                found[name] = (rank, value.strip("'"))
    return {NAMES[name]: _join(name, value) for name, (_, value) in found.items()}


def _join(name: str, value: str) -> str:
    parts = value.replace("\\n", " ").split()
    if name == "find-links":  # pip passes over a folder that is not there, uv does not
        parts = [part for part in parts if "://" in part or Path(part).is_dir()]
        return ",".join(parts)
    return " ".join(parts)


def load_settings(python: str = sys.executable) -> dict[str, str]:
    """Ask the pip of this Python, or another; nothing when it has none."""
    command = (python, "-m", "pip", "--disable-pip-version-check", "config", "list")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return read_settings(done.stdout)


if __name__ == "__main__":
    settings = load_settings().items()
    print(" ".join(f"{name}={shlex.quote(value)}" for name, value in settings if value))
