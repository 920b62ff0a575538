"""The configuration that a job's content really asks for: its settings, its resources, its script's SETs.

A SET stands before what it is for, and counts more than the same key in the configuration; after the first
INSERT it is refused at publish. So what a script sets can be known, and judged, before anything is started.
Code of a JAR can set what it likes: that is seen when it runs, not here.
"""

from collections.abc import Mapping
from functools import lru_cache

from rheostat.core.resources import render_resources
from rheostat.core.script import Kind, split
from rheostat.model.job import Content

PARALLELISM_KEY = "parallelism.default"
TABLE_PARALLELISM_KEY = "table.exec.resource.default-parallelism"
"""Counts more than `parallelism.default` for what SQL is made of, where it is above 0."""
LAUNCH_KEYS = (PARALLELISM_KEY, TABLE_PARALLELISM_KEY)
"""What the number of TaskManagers depends on, besides their slots, which no script can set."""


def effective_conf(content: Content) -> dict[str, str]:
    """Settings, resources and SETs, in rising order of power."""
    written = {**content.flink_configuration, **render_resources(content.resources)}
    return {**written, **_settings(content.sql)}


def launch_conf(content: Content) -> dict[str, str]:
    """What the engine is launched with: with those SETs on which its size depends."""
    written = {**content.flink_configuration, **render_resources(content.resources)}
    sets = _settings(content.sql)
    return {**written, **{key: sets[key] for key in LAUNCH_KEYS if _is_count(sets.get(key, ""))}}


def parallelism_in(conf: Mapping[str, str]) -> int | None:
    """What SQL operators run with; None = nothing says it."""
    counts = (conf.get(key, "").strip() for key in (TABLE_PARALLELISM_KEY, PARALLELISM_KEY))
    return next((int(each) for each in counts if _is_count(each)), None)


def default_parallelism(conf: Mapping[str, str]) -> int | None:
    """`parallelism.default` alone, as Flink tells it of a running job; None = nothing says it."""
    written = conf.get(PARALLELISM_KEY, "").strip()
    return int(written) if _is_count(written) else None


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and int(text) > 0


def _settings(sql: str) -> Mapping[str, str]:
    return dict(_read(sql))


@lru_cache(maxsize=256)
def _read(sql: str) -> tuple[tuple[str, str], ...]:
    """What holds at the end of the script: a RESET takes its key back, or all of them."""
    found: dict[str, str] = {}
    for one in split(sql).statements:
        if one.kind is Kind.SET and one.key is not None and one.value is not None:
            found[one.key] = one.value
        elif one.kind is Kind.RESET and one.key is not None:
            found.pop(one.key, None)
        elif one.kind is Kind.RESET:
            found.clear()
    return tuple(found.items())
