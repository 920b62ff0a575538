"""Drafts from files and options: bodies of create and edit, and the upload of their JARs."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec
from msgspec import UNSET, UnsetType

from rheostat.cli.content import ContentOptions
from rheostat.cli.words import render_size
from rheostat.errors import Invalid
from rheostat.wire.job import ContentView, DraftBody, Jar, JobBody, Policies, Resources

if TYPE_CHECKING:
    from rheostat.client import Client

RESOURCES = Resources.__struct_fields__
POLICIES = Policies.__struct_fields__


def first_body(
    client: "Client", project: str, name: str, mode: str | None, options: ContentOptions
) -> JobBody:
    """Render the body of a create, the JAR uploaded.

    Raises:
        Invalid: a file cannot be read, or something belongs to a JAR and there is none.
    """
    jar = _jar(client, project, options, None)
    found: dict[str, Any] = {
        "name": name,
        "mode": mode,
        "sql": load_sql(options["sql"]) if options["sql"] is not None else None,
        "jar": None if jar is UNSET else jar,
        "flink_configuration": options["settings"],
        "flink": options["flink"],
        "guard": options["guard"],
        "resources": Resources(**_given(options, RESOURCES)),
        "policies": Policies(**_given(options, POLICIES)),
    }
    return JobBody(**{key: value for key, value in found.items() if value is not None})


def changed_body(
    client: "Client",
    project: str,
    options: ContentOptions,
    unset: tuple[str, ...],
    before: ContentView,
) -> DraftBody:
    """Render the body of an edit, the JAR uploaded. A script takes a JAR's place, and the reverse.

    Raises:
        Invalid: as `first_body`, and when something to take away is not there.
    """
    settings, resources = _without(unset, before)
    is_fewer = len(settings) < len(before.flink_configuration)
    given = _given(options, RESOURCES)
    policies = _given(options, POLICIES)
    has_sql, has_jar = options["sql"] is not None, options["jar"] is not None
    sql: str | UnsetType = load_sql(options["sql"]) if options["sql"] is not None else UNSET
    jar = None if has_sql and before.jar else _jar(client, project, options, before)
    return DraftBody(
        sql="" if has_jar and before.sql else sql,
        jar=jar,
        flink_configuration=settings | options["settings"]
        if options["settings"] or is_fewer
        else UNSET,
        flink=options["flink"] or UNSET,
        guard=options["guard"] or UNSET,
        resources=Resources(**resources | given)
        if given or resources != msgspec.to_builtins(before.resources)
        else UNSET,
        policies=Policies(**msgspec.to_builtins(before.policies) | policies) if policies else UNSET,
    )


def load_sql(path: str) -> str:
    """Read a script from a file, or from stdin for `-`; `Invalid` when it cannot be read as UTF-8."""
    try:
        with click.open_file(path, encoding="utf-8") as file:
            text: str = file.read()
            return text
    except UnicodeDecodeError as err:
        raise Invalid(f"{path} is not UTF-8 text: {err.reason} at byte {err.start}.") from err
    except OSError as err:
        raise Invalid(f"{path} cannot be read: {err.strerror}.") from err


def upload_jar(client: "Client", project: str, file: Path) -> str:
    """Bring a JAR to the project; returns its digest. Says how far it is where a person looks on."""
    return client.artifacts.upload(project, file, progress=_progress(file)).digest


def _jar(
    client: "Client", project: str, options: ContentOptions, before: ContentView | None
) -> Jar | UnsetType:
    """The draft's JAR after the options: what is not said of it stays."""
    main, args = options["main"], list(options["args"])
    old = before.jar if before else None
    if options["jar"] is None and main is None and not args:
        return UNSET
    if options["jar"] is None and old is None:
        raise Invalid("--main and --arg are of a JAR, and there is none", hint="name it by --jar")
    digest = old.artifact if old else ""
    if options["jar"] is not None:
        digest = upload_jar(client, project, Path(options["jar"]))
    return Jar(
        artifact=digest,
        main=main if main is not None else old.main if old else "",
        args=args or (old.args if old else []),
    )


def _given(options: ContentOptions, fields: tuple[str, ...]) -> dict[str, Any]:
    values: Mapping[str, Any] = {**options}
    return {key: values[key] for key in fields if values[key] is not None}


def _without(unset: tuple[str, ...], before: ContentView) -> tuple[dict[str, str], dict[str, Any]]:
    """Settings and resources without what is to be taken away; resources go by their option's name."""
    settings, resources = dict(before.flink_configuration), msgspec.to_builtins(before.resources)
    absent = []
    for key in unset:
        field = key.replace("-", "_")
        if key in settings:
            del settings[key]
        elif resources.get(field) is not None:
            resources[field] = None
        else:
            absent.append(key)
    if absent:
        raise Invalid(f"The draft does not set {', '.join(absent)}.")
    return settings, resources


def _progress(file: Path) -> Callable[[int, int], None] | None:
    if not sys.stderr.isatty():
        return None

    def say(sent: int, size: int) -> None:
        end = "\n" if sent >= size else ""
        text = f"\ruploads {file.name}: {render_size(sent)} of {render_size(size)}  {end}"
        click.echo(text, err=True, nl=False)

    return say
