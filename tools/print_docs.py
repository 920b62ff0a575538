"""Print the parts of `docs/` that the code knows better than any writer.

A document holds a printed part between `<!-- printed: NAME -->` and `<!-- end -->`; everything else in
it is written by hand and left alone. `python tools/print_docs.py` writes, `--check` only compares and
exits with 1 if something differs. Called by `make golden`, and in process by `tests/unit/test_docs.py`.
"""

import ast
import datetime as dt
import difflib
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import click
from click.testing import CliRunner

from rheostat.api.asgi import make_app
from rheostat.api.contract import routes
from rheostat.api.problem import STATUS
from rheostat.api.server import Server
from rheostat.cli import main as cli
from rheostat.cli.exits import MEANING as EXIT_MEANING
from rheostat.cli.exits import find_exit
from rheostat.control import loop, step
from rheostat.core import (
    before_launch,
    conf,
    health,
    leave,
    lifecycle,
    live,
    metadata_handles,
    restore,
    sentences,
    situation,
)
from rheostat.core.advice import ADVICE
from rheostat.core.moves import LEGAL, MEANING
from rheostat.core.reserved import RESERVED, Reserved
from rheostat.core.sentences import SENTENCES
from rheostat.errors import RheostatError
from rheostat.model.action import NAMES
from rheostat.model.phase import Phase

DOCS = Path(__file__).parents[1] / "docs"
EVIDENCE = DOCS.parent / "tests" / "evidence" / "matrix.txt"
PART = re.compile(r"(<!-- printed: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
LIMITS = (before_launch, lifecycle, live, health, leave, restore, conf, situation, loop, step)
LIMITS_SKIPPED = frozenset({"AT_ONCE"})


def main(arguments: list[str]) -> int:
    """Write or check every document; return the exit status."""
    differing = [path for path in sorted(DOCS.glob("*.md")) if find_difference(path)]
    if "--check" in arguments:
        for path in differing:
            print("".join(find_difference(path)), end="")
        print(f"{len(differing)} documents differ from the code; run: python tools/print_docs.py")
        return 1 if differing else 0
    for path in differing:
        path.write_text(render_document(path), encoding="utf-8")
        print(f"written: docs/{path.name}")
    return 0


def find_difference(path: Path) -> list[str]:
    """List, as a unified diff, what printing would change; empty when the document is as the code says."""
    there = path.read_text(encoding="utf-8").splitlines(keepends=True)
    wanted = render_document(path).splitlines(keepends=True)
    return list(difflib.unified_diff(there, wanted, f"docs/{path.name}", "the code"))


def render_document(path: Path) -> str:
    """Render the document with its printed parts made anew."""
    text = path.read_text(encoding="utf-8")
    return PART.sub(lambda match: f"{match[1]}\n{PRINTED[match[2]]()}\n{match[3]}", text)


def render_phases() -> str:
    """Render phase, meaning, and the legal moves from it."""
    order = list(Phase)
    rows = (
        (
            f"`{phase}`",
            MEANING[phase],
            ", ".join(f"`{after}`" for after in order if after in LEGAL[phase])
            or "nothing: it is terminal",
        )
        for phase in order
    )
    return render_table(("Phase", "Meaning", "May go to"), rows)


def render_diagram() -> str:
    """Render the legal moves as a Mermaid state diagram."""
    order = list(Phase)
    moves = [f"    {a} --> {b}" for a in order for b in order if b in LEGAL[a]]
    ends = [f"    {phase} --> [*]" for phase in order if phase.is_terminal]
    lines = ["stateDiagram-v2", f"    [*] --> {order[0]}", *moves, *ends]
    return "```mermaid\n" + "\n".join(lines) + "\n```\n"


def render_sentences() -> str:
    """Render every code with its sentence, in the groups of `core/sentences.py`."""
    group, groups = "", dict[str, list[tuple[str, str]]]()
    for line in inspect.getsource(sentences).splitlines():
        if heading := re.fullmatch(r" {4}# (.+)", line):
            group = heading[1]
        elif code := re.match(r' {4}"(\w+)": ', line):
            groups.setdefault(group, []).append((code[1], sentences.SENTENCES[code[1]]))
    return "\n".join(
        f"### {title[0].upper()}{title[1:]}\n\n"
        + render_table(("Code", "Sentence"), ((f"`{code}`", text) for code, text in rows))
        for title, rows in groups.items()
    )


def render_advice() -> str:
    """Render each reason that needs somebody: what it means, and what to do."""
    rows = (
        (f"`{code}`", SENTENCES[code], text.replace("{job}", "JOB").replace("{project}", "PROJECT"))
        for code, text in ADVICE.items()
    )
    return render_table(("Reason", "What it means", "What to do"), rows)


def render_actions() -> str:
    """Render the name and the docstring of every action."""
    rows = ((f"`{name}`", _first_line(action)) for action, name in NAMES.items())
    return render_table(("Action", "What it does"), rows)


def render_limits() -> str:
    """Render every constant of time or number on which a decision depends."""
    rows = [
        (f"`{name}`", _say(getattr(module, name)), text, f"`{_path(module)}`")
        for module in LIMITS
        for name, text in _constants(module)
    ]
    return render_table(("Constant", "Value", "Meaning", "Where"), rows)


def _constants(module: ModuleType) -> Iterator[tuple[str, str]]:
    """Name and docstring of each module constant that is a duration or a number."""
    body = ast.parse(inspect.getsource(module)).body
    for node, after in zip(body, [*body[1:], None], strict=True):
        if not isinstance(node, ast.Assign):
            continue
        text = ast.get_docstring(ast.Module([after], [])) if isinstance(after, ast.Expr) else None
        targets = [
            name.id
            for target in node.targets
            for name in (target.elts if isinstance(target, ast.Tuple) else [target])
            if isinstance(name, ast.Name)
        ]
        for name in targets:
            is_limit = isinstance(getattr(module, name), dt.timedelta | int | float)
            if name.isupper() and is_limit and name not in LIMITS_SKIPPED:
                yield name, (text or "").replace("\n", " ")


def _say(value: object) -> str:
    if not isinstance(value, dt.timedelta):
        return str(value)
    seconds = value.total_seconds()
    for size, word in ((3600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {word}"
    return f"{seconds:g} s"


def list_errors(root: type[RheostatError] = RheostatError) -> list[type[RheostatError]]:
    """List every error class below `root`, itself first, in the order of the tree."""
    return [root, *(found for each in root.__subclasses__() for found in list_errors(each))]


def render_evidence() -> str:
    """Render the hand-written table of what a run shows under trouble; `*` is left blank."""
    lines = EVIDENCE.read_text(encoding="utf-8").splitlines()
    cells = (
        tuple("" if cell.strip() == "*" else cell.strip() for cell in line.split("|"))
        for line in lines
        if line and not line.startswith("#")
    )
    heads, *rows = cells
    return render_table(tuple(head.capitalize() for head in heads), rows)


def render_errors() -> str:
    """Render every error class with its code, its two statuses and its docstring."""
    assert metadata_handles.BadMetadata in list_errors(), "it lives outside errors.py"
    rows = (
        (
            f"`{error.code}`",
            f"`{error.__name__}`",
            f"`{error.__bases__[0].__name__}`" if error is not RheostatError else "",
            str(STATUS.get(error.code, 500)),
            str(find_exit(error())),
            _first_line(error),
        )
        for error in list_errors()
    )
    return render_table(("Code", "Class", "Is a", "HTTP", "Exit", "Message"), rows)


def render_exits() -> str:
    """Render the meaning of every exit status."""
    rows = ((str(status), meaning) for status, meaning in EXIT_MEANING.items())
    return render_table(("Exit", "Meaning"), rows)


def render_serve() -> str:
    """Render the options of `rheostat serve`, with the variables that stand in for them."""
    command = cli.get_command(click.Context(cli), "serve")
    assert command is not None
    options = [each for each in command.params if isinstance(each, click.Option)]
    rows = (
        (
            f"`{option.opts[0]}`",
            f"`{option.default}`" if option.show_default else "",
            f"`{option.envvar}`" if option.envvar else "",
            option.help or "",
        )
        for option in options
    )
    return render_table(("Option", "Default", "Environment", "Meaning"), rows)


def render_reserved() -> str:
    """Render every reserved key, grouped by its reason."""
    groups: dict[str, list[Reserved]] = {}
    for entry in RESERVED:
        groups.setdefault(entry.reason, []).append(entry)
    rows = ((f"`{e.pattern}`", _condition(e), reason) for reason, es in groups.items() for e in es)
    return render_table(("Key", "Refused", "Why"), rows)


def _condition(entry: Reserved) -> str:
    if entry.minimum is not None:
        return f"below {entry.minimum}"
    return "with " + " or ".join(f"`{value}`" for value in entry.only) if entry.only else "always"


def walk_commands() -> Iterator[tuple[str, ...]]:
    """Yield the words of every command, groups before their verbs."""
    for noun in cli.list_commands(click.Context(cli)):
        yield (noun,)
        command = cli.get_command(click.Context(cli), noun)
        if isinstance(command, click.Group):
            yield from ((noun, verb) for verb in sorted(command.commands))


def render_commands() -> str:
    """Render the help of every command, as the program prints it."""
    return "\n".join(
        f"## `{' '.join(('rheostat', *words))}`\n\n```text\n{_help(words)}```\n"
        for words in ((), *walk_commands())
    )


def _help(words: Iterable[str]) -> str:
    result = CliRunner().invoke(cli, [*words, "--help"], prog_name="rheostat", terminal_width=100)
    return "\n".join(line.rstrip() for line in result.output.splitlines()) + "\n"


def list_routes() -> list[tuple[str, str, str, str]]:
    """List path, method, permission and docstring of every route, by path."""
    server = cast("Server", None)  # the routes are only listed, never called
    found = (
        (path, method, str(handler.opt.get("permission", "")), _first_line(_function(handler)))
        for path, method, handler in routes(make_app(server))
        if not path.startswith("/api/raw")
    )
    return sorted(found)


def render_routes() -> str:
    """Render the table of routes."""
    rows = ((m, f"`{path}`", f"`{needs}`", text) for path, m, needs, text in list_routes())
    return render_table(("Method", "Path", "Needs", "What it does"), rows)


def _function(handler: Any) -> object:
    return handler.fn


def _first_line(thing: object) -> str:
    return " ".join((inspect.getdoc(thing) or "").partition("\n\n")[0].split())


def _path(module: ModuleType) -> str:
    return module.__name__.removeprefix("rheostat.").replace(".", "/") + ".py"


def render_table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Render a table of GitHub's Markdown; a bar within a cell is escaped."""
    lines = [heads, tuple("---" for _ in heads), *rows]
    cells = (tuple(cell.replace("|", "\\|") for cell in line) for line in lines)
    return "".join(f"| {' | '.join(line)} |\n" for line in cells)


PRINTED: dict[str, Callable[[], str]] = {
    "phases": render_phases,
    "diagram": render_diagram,
    "sentences": render_sentences,
    "advice": render_advice,
    "actions": render_actions,
    "limits": render_limits,
    "evidence": render_evidence,
    "errors": render_errors,
    "exits": render_exits,
    "serve": render_serve,
    "reserved": render_reserved,
    "commands": render_commands,
    "routes": render_routes,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
