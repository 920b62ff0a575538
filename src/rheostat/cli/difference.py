"""What differs between two versions of a job: chosen, compared, shown."""

import shlex
from collections.abc import Iterator, Mapping
from difflib import unified_diff

import click
from msgspec import Struct, structs

from rheostat.cli.words import plain
from rheostat.errors import NotFound
from rheostat.wire.job import JarView, JobView, PoliciesView, ResourcesView, VersionView

Pair = tuple[str, str]
COLOURS = {"+": "green", "-": "red", "@": "cyan"}
"""Of the lines of a unified diff, by how they begin."""


class Difference(Struct, frozen=True, kw_only=True):
    """What version `b` has changed of version `a`; what is equal is empty or null."""

    a: int
    b: int
    sql: list[str]
    """A unified diff, a line each."""
    flink_configuration: dict[str, tuple[str | None, str | None]]
    """Old and new value by key; null where it is not set."""
    jar: dict[str, tuple[str | None, str | None]]
    """Old and new value of `artifact`, `name`, `main` and `args`; null where there is no JAR."""
    resources: dict[str, tuple[str | None, str | None]]
    policies: dict[str, tuple[str | None, str | None]]
    flink: Pair | None
    guard: Pair | None


def choose_versions(job: JobView, old: int | None, new: int | None) -> tuple[int, int]:
    """Fill in what was left out: the newest for `new`, the one before it for `old`.

    Raises:
        NotFound: the job has not the versions that this takes.
    """
    if old is not None and new is not None:
        return old, new
    publish = f"publish one: rheostat job publish {job.name} -p {job.project}"
    if job.version is None:
        raise NotFound(f"{job.name} has no version yet", hint=publish)
    if old is not None:
        return old, job.version
    if job.version == 1:
        raise NotFound(f"{job.name} has one version only: there is none before it", hint=publish)
    return job.version - 1, job.version


def compare_versions(a: VersionView, b: VersionView) -> Difference:
    """Compare what two versions hold."""
    before, after = a.content, b.content
    old, new = before.flink_configuration, after.flink_configuration
    return Difference(
        a=a.number,
        b=b.number,
        sql=list(
            _diff_lines((f"version {a.number}", before.sql), (f"version {b.number}", after.sql))
        ),
        flink_configuration=_compare(old, new),
        jar=_compare(_jar_texts(before.jar), _jar_texts(after.jar)),
        resources=_compare(_texts(before.resources), _texts(after.resources)),
        policies=_compare(_texts(before.policies), _texts(after.policies)),
        flink=None if before.flink == after.flink else (before.flink, after.flink),
        guard=None if before.guard == after.guard else (before.guard, after.guard),
    )


def show_versions(found: Difference) -> None:
    """Print a difference: facts first, then the SQL as a unified diff."""
    lines = [
        f"{name}: {pair[0]} → {pair[1]}"
        for name, pair in (("flink", found.flink), ("guard", found.guard))
        if pair is not None
    ]
    parts = (found.jar, found.resources, found.policies, found.flink_configuration)
    for name, part in zip(("jar ", "", "", ""), parts, strict=True):
        for key, (old, new) in part.items():
            before, after = ("not set" if value is None else value for value in (old, new))
            lines.append(f"{name}{key.replace('_', ' ')}: {before} → {after}")
    for line in lines:
        click.echo(plain(line))
    if lines and found.sql:
        click.echo()
    for line in found.sql:
        click.echo(click.style(plain(line), fg=COLOURS.get(line[:1])))
    if not lines and not found.sql:
        click.echo(f"versions {found.a} and {found.b} hold the same")


def _compare(
    old: Mapping[str, str | None], new: Mapping[str, str | None]
) -> dict[str, tuple[str | None, str | None]]:
    return {
        key: (old.get(key), new.get(key))
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    }


def _texts(values: ResourcesView | PoliciesView) -> dict[str, str | None]:
    return {
        key: None
        if value is None
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
        for key, value in structs.asdict(values).items()
    }


def _jar_texts(jar: JarView | None) -> dict[str, str | None]:
    if jar is None:
        return {}
    args = shlex.join(jar.args) or None
    return {"artifact": jar.artifact, "name": jar.name, "main": jar.main or None, "args": args}


def _diff_lines(old: Pair, new: Pair) -> Iterator[str]:
    """Yield a unified diff as `diff -u` prints it; a pair is a heading and a text."""
    for line in unified_diff(_lines(old[1]), _lines(new[1]), old[0], new[0]):
        yield line.removesuffix("\n")
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def _lines(text: str) -> list[str]:
    """Split at line feeds only, and keep them: `splitlines` knows ends of which SQL knows nothing."""
    *whole, rest = text.split("\n")
    return [f"{line}\n" for line in whole] + ([rest] if rest else [])
