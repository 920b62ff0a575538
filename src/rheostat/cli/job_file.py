"""A job in a file, YAML or JSON: read whole, with every fault at its path, and before anything is asked.

What the file leaves out is the default, not what a server has now: the file is the whole truth of a
draft. Words that look like numbers stay words until a field wants a number, so `flink: 1.20` is 1.20.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
import yaml

from rheostat.errors import FieldProblem, Invalid
from rheostat.wire import job as wire
from rheostat.wire.common import Name

_TABLES: Mapping[str, type[msgspec.Struct]] = {
    "resources": wire.Resources,
    "policies": wire.Policies,
}
_LEAVES: Mapping[str, Any] = {
    "project": Name,
    "name": Name,
    "mode": wire.ModeWord,
    "sql": wire.Sql,
    "sql_file": str,
    "jar": str,
    "main": str,
    "args": list[wire.Argument],
    "flink": wire.FlinkVersion,
    "guard": wire.GuardWord,
    "configuration": dict[str, str],
}
KEYS = (*_LEAVES, *_TABLES)
"""What a file may say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFile:
    """What a file says, checked by itself; its paths are not opened yet."""

    project: str
    body: wire.JobBody
    """Whole, but for the JAR's digest."""
    jar: Path | None
    main: str
    args: tuple[str, ...]


def load_job_file(path: Path, project: str | None) -> JobFile:
    """Read a file; `project` stands in where the file names none.

    Raises:
        Invalid: it cannot be read, or has faults; each is named by its path.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as err:
        raise Invalid(f"{path} is not UTF-8 text: {err.reason} at byte {err.start}.") from err
    except OSError as err:
        raise Invalid(f"{path} cannot be read: {err.strerror}.") from err
    return parse_job_file(text, path, project)


def parse_job_file(text: str, path: Path, project: str | None = None) -> JobFile:
    """Read a file's text; paths in it are from its own folder. Raises `Invalid` as `load_job_file`."""
    said = _parse(text, path)
    faults: list[FieldProblem] = []
    found = _read(said, faults)
    if project is not None:
        found.setdefault("project", project)
    faults += _missing(found, said)
    sql = found.get("sql")
    if "sql_file" in found and not faults:
        sql = _load_sql(path.parent / found["sql_file"], faults)
    if faults:
        count = f"{len(faults)} faults" if len(faults) > 1 else "a fault"
        raise Invalid(f"{path} has {count}", problems=tuple(faults))
    fields = {key: found[key] for key in ("name", "mode", "flink", "guard") if key in found}
    body = wire.JobBody(
        **fields,
        sql=sql or "",
        flink_configuration=found.get("configuration", {}),
        resources=wire.Resources(**found.get("resources", {})),
        policies=wire.Policies(**found.get("policies", {})),
    )
    return JobFile(
        project=found["project"],
        body=body,
        jar=path.parent / found["jar"] if "jar" in found else None,
        main=found.get("main", "").strip(),
        args=tuple(found.get("args", ())),
    )


def _parse(text: str, path: Path) -> dict[str, Any]:
    try:
        if path.suffix == ".json":
            said = json.loads(
                text, object_pairs_hook=_once, parse_int=str, parse_float=str, parse_constant=str
            )
        else:
            said = _words(yaml.compose(text, yaml.SafeLoader), "", set())
    except yaml.MarkedYAMLError as err:
        mark = err.problem_mark
        where = f"{mark.line + 1}:{mark.column + 1}" if mark else "file"
        problem = FieldProblem(where, err.problem or "is no YAML")
        raise Invalid(f"{path} is no YAML that is taken here", problems=(problem,)) from err
    except yaml.YAMLError as err:
        raise Invalid(f"{path} is no YAML: {err}") from err
    except json.JSONDecodeError as err:
        problem = FieldProblem(f"{err.lineno}:{err.colno}", err.msg)
        raise Invalid(f"{path} is no JSON", problems=(problem,)) from err
    except RecursionError as err:
        raise Invalid(f"{path} is nested too deeply") from err
    if not isinstance(said, dict):
        raise Invalid(f"{path} must hold keys and values", hint=f"the keys are: {', '.join(KEYS)}")
    return said


def _words(node: yaml.Node | None, where: str, seen: set[int]) -> Any:
    """The tree with every scalar as the text that it is, plain nulls as None."""
    if node is None:
        return None
    if id(node) in seen:
        raise Invalid(problems=(FieldProblem(where, "is an alias; write it out"),))
    seen.add(id(node))
    match node:
        case yaml.MappingNode():
            pairs = []
            for key, value in node.value:
                name = _words(key, where, seen)
                place = f"{where}.{name}".lstrip(".")
                pairs.append((f"{name}", _words(value, place, seen)))
            return _once(pairs)
        case yaml.SequenceNode():
            return [_words(each, f"{where}[{i}]", seen) for i, each in enumerate(node.value)]
        case _:
            return None if node.tag == "tag:yaml.org,2002:null" else node.value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise Invalid(problems=(FieldProblem(name, "is there twice"),))
    return dict(pairs)


def _read(said: Mapping[Any, Any], faults: list[FieldProblem]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in said.items():
        if key in _LEAVES:
            _take(found, (key, key), value, _LEAVES[key], faults)
        elif key in _TABLES and isinstance(value, dict):
            hints = get_type_hints(_TABLES[key], include_extras=True)
            table: dict[str, Any] = {}
            for inner, each in value.items():
                where = f"{key}.{inner}"
                if inner in hints:
                    _take(table, (inner, where), each, hints[inner], faults)
                else:
                    faults.append(_unknown(where, inner, hints))
            found[key] = table
        elif key in _TABLES:
            faults.append(FieldProblem(key, "must hold keys and values"))
        else:
            faults.append(_unknown(str(key), key, KEYS))
    return found


def _take(
    into: dict[str, Any],
    place: tuple[str, str],
    value: Any,
    kind: Any,
    faults: list[FieldProblem],
) -> None:
    """Convert one value; a fault inside of it is named by its own path."""
    key, where = place
    if key == "configuration" and isinstance(value, dict):
        for name, each in value.items():
            if not isinstance(name, str) or not isinstance(each, str):
                faults.append(
                    FieldProblem(f"{where}.{name}", "needs one word or text as its value")
                )
    elif value is None:
        faults.append(FieldProblem(where, "has no value; take the key away, or give it one"))
        return
    if any(fault.where.startswith(f"{where}.") for fault in faults):
        return
    try:
        into[key] = msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as err:
        message, _, inner = str(err).partition(" - at `$")
        faults.append(FieldProblem(where + inner.rstrip("`"), message))


def _unknown(where: str, key: object, known: Iterable[str]) -> FieldProblem:
    names = list(known)
    near = get_close_matches(str(key), names, n=1)
    if near:
        return FieldProblem(where, f"is not known. Did you mean {near[0]}?")
    if isinstance(key, str) and "." in key and where == key:
        return FieldProblem(where, "is not known. Flink's keys belong below configuration.")
    return FieldProblem(where, f"is not known. There are: {', '.join(names)}.")


def _missing(found: Mapping[str, Any], said: Mapping[Any, Any]) -> list[FieldProblem]:
    """What the file as a whole lacks, or has too much of."""
    faults = [
        FieldProblem(key, "is needed") for key in ("project", "name") if key not in {*found, *said}
    ]
    programs = [key for key in ("sql", "sql_file", "jar") if key in said]
    if not programs:
        faults.append(FieldProblem("sql", "is needed, or sql_file, or jar: say what runs"))
    faults += [
        FieldProblem(key, f"and {programs[0]} exclude each other: a job is one program")
        for key in programs[1:]
    ]
    if programs and "jar" not in said:
        faults += [
            FieldProblem(k, "is of a jar, and there is none") for k in ("main", "args") if k in said
        ]
    return faults


def _load_sql(path: Path, faults: list[FieldProblem]) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as err:
        faults.append(FieldProblem("sql_file", f"{path} is not UTF-8 text: {err.reason}"))
    except OSError as err:
        faults.append(FieldProblem("sql_file", f"{path} cannot be read: {err.strerror}"))
    return ""
