"""The root: its table, its help, its weight, its exit statuses."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from rheostat.cli import exits, main
from rheostat.cli.root import COMMANDS
from rheostat.client.problem import BY_CODE
from rheostat.errors import NotFound

GOLDEN = Path(__file__).parents[2] / "golden" / "cli"
MINE = ("signin", "token", "engine", "project", "job", "version", "run", "snapshot")
"""Nouns whose help is kept here; the others are kept by those who own them."""
HEAVY = ("msgspec", "rich", "httpx2", "litestar", "sqlalchemy", "aiohttp", "structlog", "asyncio")


def walk() -> Iterator[tuple[str, ...]]:
    """Yield the arguments of every command: a noun, or a noun and a verb."""
    yield ()
    for noun in MINE:
        yield (noun,)
        command = main.get_command(click.Context(main), noun)
        if isinstance(command, click.Group):
            for verb in command.commands:
                yield (noun, verb)


@pytest.mark.parametrize("words", list(walk()), ids=lambda words: " ".join(words) or "rheostat")
def test_help_is_as_reviewed(words):
    result = CliRunner().invoke(main, [*words, "--help"], prog_name="rheostat", terminal_width=100)
    file = GOLDEN / f"{'-'.join(('rheostat', *words))}.txt"
    if os.environ.get("RHEOSTAT_GOLDEN") == "1":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(result.output, encoding="utf-8")
    assert result.exit_code == 0
    assert "Examples:" in result.output
    assert result.output == file.read_text(encoding="utf-8")


def test_no_golden_file_without_its_command():
    expected = {"-".join(("rheostat", *words)) for words in walk()}
    assert {file.stem for file in GOLDEN.glob("rheostat*.txt")} == expected


def test_every_code_has_an_exit_status():
    assert exits.BY_CODE.keys() == BY_CODE.keys()


def test_every_exit_status_is_explained():
    assert set(exits.BY_CODE.values()) <= exits.MEANING.keys()
    result = CliRunner().invoke(main, ["--help"])
    for status, meaning in exits.MEANING.items():
        assert f"{status}  {meaning}" in result.output


def test_the_start_is_light():
    script = (
        "import sys\n"
        "from rheostat.cli import main\n"
        "main(['--help'], standalone_mode=False)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("noun", MINE)
def test_help_of_a_noun_is_light(noun):
    script = (
        "import sys\n"
        "from rheostat.cli import main\n"
        f"main([{noun!r}, '--help'], standalone_mode=False)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_table_has_every_noun_of_the_contract():
    assert list(COMMANDS) == ["serve", "demo", *MINE]


def test_an_unknown_noun_is_wrong_usage():
    result = CliRunner().invoke(main, ["jbo"])
    assert result.exit_code == 2


def test_version():
    result = CliRunner().invoke(main, ["--version"])
    assert result.output.startswith("rheostat, version ")


def failing(err: BaseException) -> Callable[[], object]:
    def make() -> object:
        raise err

    return make


@pytest.mark.parametrize(
    ("err", "status", "said"),
    [
        (NotFound("x\x1b[1m"), 4, "error: x\ufffd[1m\n"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (ZeroDivisionError("ours"), 70, "bug of Rheostat"),
    ],
    ids=["ours on purpose", "ctrl-c", "bug"],
)
def test_every_error_ends_in_its_status(err, status, said):
    result = CliRunner().invoke(main, ["project", "list"], obj=failing(err))
    assert result.exit_code == status
    assert said in result.stderr


def test_no_color_also_holds_for_errors():
    coloured = CliRunner().invoke(main, ["project", "list"], obj=failing(NotFound("x")), color=True)
    assert "\x1b" in coloured.stderr
    bare = CliRunner().invoke(
        main, ["project", "list"], obj=failing(NotFound("x")), color=True, env={"NO_COLOR": "1"}
    )
    assert "\x1b" not in bare.stderr
