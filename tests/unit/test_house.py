"""Rules of the house that no linter checks."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("src/**/*.py", "tests/**/*.py", "tools/*.py", "bench/*.py")
PYTHON = sorted(path for room in ROOMS for path in ROOT.glob(room))
JAVA = sorted(ROOT.glob("jvm/*/src/**/*.java"))
MAX_LINES = 400
GENERIC = re.compile(r"(^|_)(utils?|helpers?|common_stuff|misc|managers?)(_|$)")


def short(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PYTHON, ids=short)
def test_module_fits_on_a_few_screens_and_says_what_it_is(path):
    text = path.read_text()
    assert text.count("\n") <= MAX_LINES
    assert ast.get_docstring(ast.parse(text)), "say what this module is, and who calls it"


@pytest.mark.parametrize("path", JAVA, ids=short)
def test_java_file_fits_on_a_few_screens(path):
    assert path.read_text().count("\n") <= MAX_LINES


@pytest.mark.parametrize("path", [*PYTHON, *JAVA], ids=short)
def test_no_generic_names(path):
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", path.stem).lower()
    assert not GENERIC.search(words), "name it by what it is"


def test_no_machine_paths_and_no_registry_hosts():
    found = []
    for path in ROOT.glob("**/*"):
        parts = path.relative_to(ROOT).parts
        if not path.is_file() or set(parts) & SKIPPED or path.suffix in BINARY or path == UV_LOCK:
            continue
        text = path.read_text(errors="replace")
        found += [f"{short(path)}: {hit}" for hit in FORBIDDEN.findall(text)]
    assert not found


UV_LOCK = ROOT / "uv.lock"  # names registry hosts, and stays out of git
SKIPPED = {
    ".git",
    ".venv",
    "target",
    "_jvm",
    "__pycache__",
    ".hypothesis",
    "node_modules",
    ".cache",
    ".mypy_cache",
    ".ruff_cache",
    ".build",
    "dist",
}
BINARY = {".gz", ".jar", ".jsa", ".pyc"}
FORBIDDEN = re.compile(
    r"/wor[k]/main|/roo[t]/\.|pypi\.or[g]/simple|files\.pythonhoste[d]|registry\.npmj[s]|repo1?\.maven\.apach[e]"
)
