"""What differs between two versions of a job: chosen, compared, shown."""

from collections.abc import Iterator
from difflib import unified_diff

import click
from msgspec import Struct

from rheostat.cli.words import plain
from rheostat.errors import NotFound
from rheostat.wire.job import JobView, VersionView

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
        flink_configuration={
            key: (old.get(key), new.get(key))
            for key in sorted(old.keys() | new.keys())
            if old.get(key) != new.get(key)
        },
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
    for key, (old, new) in found.flink_configuration.items():
        lines.append(
            f"{key}: {'not set' if old is None else old} → {'not set' if new is None else new}"
        )
    for line in lines:
        click.echo(plain(line))
    if lines and found.sql:
        click.echo()
    for line in found.sql:
        click.echo(click.style(plain(line), fg=COLOURS.get(line[:1])))
    if not lines and not found.sql:
        click.echo(f"versions {found.a} and {found.b} hold the same")


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
