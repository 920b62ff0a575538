"""Every code of a reason or an event that the source names has its sentence, and every sentence its code."""

import ast
import re
from pathlib import Path

import pytest

from rheostat.core.sentences import SENTENCES, tell
from rheostat.model.phase import Phase
from rheostat.model.run import IntentKind
from rheostat.service.ingest import TOLD

ROOT = Path(__file__).parents[3]
RECORDING = ("core", "control", "service", "app", "store")
SOURCES = sorted(
    path
    for room in RECORDING
    for path in ROOT.glob(f"src/rheostat/{room}/**/*.py")
    if path.name != "sentences.py"
)
FAILURE_CODES = ROOT / "jvm/agent/src/main/java/io/rheostat/agent/FailureCode.java"
PLACES = {"Reason": (0, "code"), "Event": (99, "code"), "tell": (0, "code"), "add": (1, "code"),
          "_blind": (1, "code")}  # fmt: skip
"""Functions that are given a code: at which place, under which name."""
ENDS = [phase for phase in Phase if phase.is_terminal]
FAMILIES = {
    *(f"run_{phase}" for phase in ENDS),
    *(f"intent_{kind}" for kind in IntentKind),
    "intent_failed",
    "intent_void",
}
"""Codes that are put together."""


def name_of(call):
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def literals(node, assigned):
    """The texts that an expression may be; a name stands for what its function assigns to it."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp():
            yield from literals(node.body, assigned)
            yield from literals(node.orelse, assigned)
        case ast.Name():
            for value in assigned.get(node.id, ()):
                yield from literals(value, {})
        case _:
            return


def codes_in(path):
    tree = ast.parse(path.read_text())
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
            continue
        assigned: dict[str, list[ast.expr]] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                assigned.setdefault(node.targets[0].id, []).append(node.value)
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and name_of(node) in PLACES:
                place, keyword = PLACES[name_of(node)]
                given = [*node.args[place : place + 1]]
                given += [each.value for each in node.keywords if each.arg == keyword]
                for each in given:
                    yield from literals(each, assigned)


NAMED = {path: sorted(set(codes_in(path))) for path in SOURCES}


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if NAMED[path]], ids=lambda path: path.stem
)
def test_code_in_the_source_has_its_sentence(path):
    assert [code for code in NAMED[path] if code not in SENTENCES] == []


def test_source_is_read_at_all():
    found = {code for codes in NAMED.values() for code in codes}
    few = {"engine_lost", "engine_lost_at_start", "run_created", "hello", "phase_changed"}
    assert few - {"hello"} <= found
    assert len(found) > 45


@pytest.mark.parametrize("code", sorted(FAMILIES | TOLD))
def test_code_that_is_put_together_has_its_sentence(code):
    assert code in SENTENCES


def test_failure_codes_of_the_agent_have_their_sentences():
    codes = re.findall(r'^\s*[A-Z_]+\("?([a-z_]+)"?\)', FAILURE_CODES.read_text(), re.MULTILINE)
    codes = codes or [
        name.lower() for name in re.findall(r"^\s*([A-Z_]+)[,;(]", FAILURE_CODES.read_text(), re.M)
    ]
    assert len(codes) > 4
    assert [code for code in codes if code not in SENTENCES] == []


def test_no_sentence_is_left_over():
    texts = [path.read_text() for path in SOURCES]
    agent = FAILURE_CODES.read_text().lower()
    unused = [
        code
        for code in SENTENCES
        if code not in FAMILIES | TOLD
        and code not in agent
        and not any(f'"{code}"' in text for text in texts)
    ]
    assert unused == []


@pytest.mark.parametrize("code", SENTENCES)
def test_sentence_stands_without_its_fields(code):
    text = tell(code, {})
    assert text
    assert "{" not in text


def test_unknown_code_is_its_own_sentence():
    assert tell("never_heard_of", {"a": 1}) == "never heard of"
