"""The runbook: every reason that needs a person has advice, and every command in it can be typed."""

import re
from pathlib import Path

import click
import pytest

import rheostat.core
from rheostat.cli import main as cli
from rheostat.core.advice import ADVICE, advise
from rheostat.core.sentences import SENTENCES
from rheostat.model.phase import Reason

CORE = Path(rheostat.core.__file__).parent
HELD = re.compile(r"phase=Phase\.HELD,\s*reason=Reason\(\s*\"(\w+)\"")
COMMAND = re.compile(r"([a-z]+(?: [a-z]+)?)(.*)", re.DOTALL)
OPTION = re.compile(r"(?<!\S)(--?[a-z][a-z-]*)")


def held_codes() -> set[str]:
    """Every reason for which `core` holds a run, read from its source, and those of restore points."""
    found = {code for file in CORE.glob("*.py") for code in HELD.findall(file.read_text("utf-8"))}
    return found | {
        "restore_not_proven",
        "nothing_proven",
        "rewind_too_large",
        "version_does_not_fit",
    }


def test_every_held_reason_has_advice() -> None:
    assert len(held_codes()) > 10
    assert held_codes() - ADVICE.keys() == set()


def test_every_advice_is_about_a_known_code() -> None:
    assert ADVICE.keys() - SENTENCES.keys() == set()


@pytest.mark.parametrize("code", ADVICE)
def test_advice_is_filled_in(code: str) -> None:
    text = advise(Reason(code), project="demo", job="orders")
    assert text is not None
    assert "{" not in text


def test_a_reason_that_needs_nobody_has_none() -> None:
    assert advise(Reason("running"), project="demo", job="orders") is None


@pytest.mark.parametrize("code", ADVICE)
def test_every_command_can_be_typed(code: str) -> None:
    text = advise(Reason(code), project="PROJECT", job="JOB") or ""
    for said in text.split("rheostat ")[1:]:
        words, rest = COMMAND.fullmatch(said).groups()  # type: ignore[union-attr]
        command: click.Command = cli
        for word in words.split():
            assert isinstance(command, click.Group), said
            found = command.get_command(click.Context(command), word)
            assert found is not None, f"there is no: rheostat {words}"
            command = found
        options = {name for each in command.params for name in each.opts}
        assert set(OPTION.findall(rest)) <= options, said
