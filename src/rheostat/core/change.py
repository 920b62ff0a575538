"""What differs between two contents of a job: for plans and for people. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import Literal

from rheostat.core.local_conf import hide_secrets
from rheostat.model.job import Content, Jar

What = Literal["sql", "jar", "flink", "guard", "setting", "resource", "policy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is another one now; None = not set."""

    what: What
    key: str | None = None
    before: str | None
    after: str | None


def compare_contents(before: Content, after: Content) -> list[Difference]:
    """All that differs: the program first, then settings, resources and policies by their names.

    The values of keys that hold a secret are blanked, after they were compared.
    """
    found = [
        Difference(what="sql", before=before.sql or None, after=after.sql or None),
        Difference(what="jar", before=_jar(before.jar), after=_jar(after.jar)),
        Difference(what="flink", before=before.flink, after=after.flink),
        Difference(what="guard", before=before.guard.value, after=after.guard.value),
        *_settings(before.flink_configuration, after.flink_configuration),
        *_values("resource", before.resources, after.resources),
        *_values("policy", before.policies, after.policies),
    ]
    return [_without_secret(each) for each in found if each.before != each.after]


def tell_difference(difference: Difference) -> str:
    """Say it in one line; texts of programs are not repeated in it."""
    if difference.what == "sql":
        return "the SQL differs"
    before, after = difference.before or "not set", difference.after or "not set"
    head = {"jar": "JAR ", "flink": "Flink ", "guard": "guard "}.get(difference.what)
    return f"{head or f'{difference.key}: '}{before} → {after}"


def _without_secret(each: Difference) -> Difference:
    if each.what != "setting" or each.key is None:
        return each
    shown = [
        value if value is None else hide_secrets({each.key: value})[each.key]
        for value in (each.before, each.after)
    ]
    return replace(each, before=shown[0], after=shown[1])


def _jar(jar: Jar | None) -> str | None:
    """A JAR in one line; its digest tells two of one name apart."""
    if jar is None:
        return None
    main = f" --main {jar.main}" if jar.main else ""
    args = f" {' '.join(jar.args)}" if jar.args else ""
    return f"{jar.name} ({jar.artifact[:12]}){main}{args}"


def _settings(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
    for key in sorted(before.keys() | after.keys()):
        yield Difference(what="setting", key=key, before=before.get(key), after=after.get(key))


def _values(what: What, before: object, after: object) -> Iterator[Difference]:
    """Fields of two values of one dataclass."""
    for field in fields(before):  # type: ignore[arg-type]  # both are dataclasses by contract
        old, new = getattr(before, field.name), getattr(after, field.name)
        yield Difference(what=what, key=field.name, before=_text(old), after=_text(new))


def _text(value: object) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "yes" if value else "no"
        case Enum():
            return str(value.value)
        case _:
            return str(value)
