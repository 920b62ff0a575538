"""The documents say what the code says: printed parts are fresh, and nothing is left out or leads nowhere."""

import importlib.util
import os
import re
from pathlib import Path
from types import ModuleType

import pytest

from rheostat.core.sentences import SENTENCES
from rheostat.model.phase import Phase

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("**/*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"```.*?```", re.DOTALL)
VARIABLE = re.compile(r"\bRHEOSTAT_[A-Z_]+\b")
PATH = re.compile(r"`((?:src|tests|tools|jvm|docs|engines)/[\w./-]+)`")


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("print_docs", ROOT / "tools" / "print_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = load_tool()
PRINTED = sorted(path for path in DOCS.glob("*.md") if "<!-- printed: " in path.read_text())


def short(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PRINTED, ids=short)
def test_printed_parts_are_as_the_code_says(path):
    if os.environ.get("RHEOSTAT_GOLDEN") == "1":
        path.write_text(TOOL.render_document(path), encoding="utf-8")
    assert not TOOL.find_difference(path), "run: make golden"


def test_every_part_is_printed_somewhere():
    texts = "".join(path.read_text() for path in PRINTED)
    assert set(re.findall(r"<!-- printed: ([a-z-]+) -->", texts)) == TOOL.PRINTED.keys()


@pytest.mark.parametrize("phase", list(Phase))
def test_every_phase_has_its_line(phase):
    assert f"\n| `{phase}` | " in (DOCS / "lifecycle.md").read_text()


@pytest.mark.parametrize("code", SENTENCES)
def test_every_reason_and_event_has_its_line(code):
    assert f"\n| `{code}` | " in (DOCS / "lifecycle.md").read_text()


@pytest.mark.parametrize("error", TOOL.list_errors(), ids=lambda error: error.code)
def test_every_error_has_its_line(error):
    assert f"\n| `{error.code}` | `{error.__name__}` | " in (DOCS / "errors.md").read_text()


@pytest.mark.parametrize("route", TOOL.list_routes(), ids=lambda route: f"{route[1]} {route[0]}")
def test_every_route_has_its_line_with_its_permission(route):
    path, method, permission, text = route
    assert permission
    assert text
    assert f"\n| {method} | `{path}` | `{permission}` | " in (DOCS / "api.md").read_text()


@pytest.mark.parametrize("words", list(TOOL.walk_commands()), ids=" ".join)
def test_every_command_has_its_heading(words):
    assert f"\n## `rheostat {' '.join(words)}`\n" in (DOCS / "commands.md").read_text()


def test_every_variable_of_ours_is_explained():
    sources = [*ROOT.glob("src/**/*.py"), *ROOT.glob("jvm/*/src/main/**/*.java")]
    used = {name for path in sources for name in VARIABLE.findall(path.read_text())}
    text = (DOCS / "settings.md").read_text()
    assert sorted(name for name in used if f"`{name}`" not in text) == []


@pytest.mark.parametrize("path", PAGES, ids=short)
def test_no_link_and_no_named_file_leads_nowhere(path):
    text = FENCE.sub("", path.read_text())
    links = [link.partition("#")[0] for link in LINK.findall(text) if "://" not in link]
    missing = [link for link in links if link and not (path.parent / link).exists()]
    missing += [name for name in PATH.findall(text) if not (ROOT / name).exists()]
    assert missing == []


def test_decisions_are_numbered_without_a_gap_and_listed():
    records = sorted(path.name for path in (DOCS / "adr").glob("[0-9]*.md"))
    assert [name[:4] for name in records] == [f"{n:04}" for n in range(1, len(records) + 1)]
    index = (DOCS / "adr" / "README.md").read_text()
    assert [name for name in records if f"({name})" not in index] == []
