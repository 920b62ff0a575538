"""A job's resources in Flink's words, and the settings that say the same thing.

Key spellings are those of Flink 1.20.5 and 2.3.0, fallback keys included.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rheostat.core.local_conf import parse_memory
from rheostat.core.script import Kind, Statement
from rheostat.errors import FieldProblem, Invalid
from rheostat.model.job import Resources

MOST = 1024
"""Of parallelism and slots: more processes than this no single machine carries."""


@dataclass(frozen=True, slots=True)
class ResourceKey:
    """One resource: its field, the key that it becomes, and other keys that mean it too."""

    field: str
    key: str
    others: tuple[str, ...] = ()


RESOURCE_KEYS: tuple[ResourceKey, ...] = (
    ResourceKey("parallelism", "parallelism.default"),
    ResourceKey("slots", "taskmanager.numberOfTaskSlots"),
    ResourceKey(
        "jobmanager_memory", "jobmanager.memory.process.size", ("jobmanager.memory.flink.size",)
    ),
    ResourceKey(
        "taskmanager_memory", "taskmanager.memory.process.size", ("taskmanager.memory.flink.size",)
    ),
    ResourceKey(
        "jobmanager_cpu", "kubernetes.jobmanager.cpu", ("kubernetes.jobmanager.cpu.amount",)
    ),
    ResourceKey(
        "taskmanager_cpu",
        "taskmanager.cpu.cores",
        ("kubernetes.taskmanager.cpu", "kubernetes.taskmanager.cpu.amount"),
    ),
)


def render_resources(resources: Resources) -> dict[str, str]:
    """The Flink configuration that the resources stand for; what is not set is left out."""
    return {
        each.key: str(value)
        for each in RESOURCE_KEYS
        if (value := getattr(resources, each.field)) is not None
    }


def check_resources(resources: Resources) -> tuple[FieldProblem, ...]:
    """Name every resource that is no possible one."""
    return tuple(
        FieldProblem(f"resources.{each.field}", message)
        for each in RESOURCE_KEYS
        if (message := _fault(each.field, getattr(resources, each.field))) is not None
    )


def check_twice(
    resources: Resources, conf: Mapping[str, str], statements: tuple[Statement, ...] = ()
) -> tuple[FieldProblem, ...]:
    """Name every key, of the configuration or of a SET, that says again what a resource says."""
    return tuple(_twice(resources, conf, statements))


def blame_resource(
    problem: FieldProblem, resources: Resources, conf: Mapping[str, str]
) -> FieldProblem:
    """Move a fault of the rendered configuration to the resource that it came from.

    A fault of a part of a process's memory that nobody set comes from the whole.
    """
    key = problem.where.removeprefix("flink_configuration.")
    if key in conf:
        return problem
    for each in RESOURCE_KEYS:
        is_part = each.field.endswith("_memory") and key.startswith(each.key.split("process")[0])
        if (key == each.key or is_part) and getattr(resources, each.field) is not None:
            return FieldProblem(f"resources.{each.field}", problem.message)
    return problem


def _twice(
    resources: Resources, conf: Mapping[str, str], statements: tuple[Statement, ...]
) -> Iterator[FieldProblem]:
    for each in RESOURCE_KEYS:
        if getattr(resources, each.field) is None:
            continue
        keys = (each.key, *each.others)
        for key in keys:
            if key in conf:
                yield FieldProblem(f"flink_configuration.{key}", _said_twice(key, each.field))
        for one in statements:
            if one.kind is Kind.SET and one.key in keys:
                yield FieldProblem(f"{one.line}:{one.column}", _said_twice(one.key, each.field))


def _said_twice(key: str, field: str) -> str:
    return f"{key} and the resource {field} say the same thing. Leave one of them out."


def _fault(field: str, value: object) -> str | None:
    match value:
        case None:
            return None
        case int() if field in ("parallelism", "slots"):
            return None if 1 <= value <= MOST else f"must be a whole number from 1 to {MOST}"
        case int() | float():
            return None if 0 < value < math.inf else "must be a number of cores above 0"
        case _:
            try:
                parse_memory(str(value))
            except Invalid as err:
                return err.message
            return None
