"""What a draft holds: made from bodies, kept within what can be stored, judged before it is published."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace

import msgspec
import sqlalchemy as sa
from msgspec import UNSET

from rheostat.core import script
from rheostat.core.effective import launch_conf
from rheostat.core.local_command import check_settings
from rheostat.core.reserved import check_configuration
from rheostat.core.resources import (
    blame_resource,
    check_resources,
    check_twice,
)
from rheostat.errors import FieldProblem, Invalid, TooLarge
from rheostat.model.job import (
    Content,
    GuardPolicy,
    Jar,
    Mode,
    Policies,
    Project,
    Resources,
    UnseenBatch,
)
from rheostat.store import artifact as artifacts
from rheostat.wire import job as wire

SQL_LIMIT_BYTES = 4 * 1024 * 1024
"""A script larger than this is a program: put the data into tables."""
ALWAYS = frozenset({"sql", "flink_configuration", "flink", "guard"})
"""Part of every digest. What others default to must never change: a digest is kept for good."""
ARGS_LIMIT_BYTES = 64 * 1024
"""All arguments of a JAR together: what is larger belongs into a file."""


def first_content(conn: sa.Connection, project: Project, body: wire.JobBody) -> Content:
    """The first draft. It may be wrong SQL; only `check_content` judges it."""
    draft = Content(
        sql=body.sql,
        jar=_jar(conn, project, body.jar),
        flink_configuration=body.flink_configuration,
        flink=body.flink,
        guard=GuardPolicy(body.guard),
        resources=_resources(body.resources),
        policies=_policies(body.policies),
    )
    _check_edges(draft)
    return draft


def changed_content(
    conn: sa.Connection, project: Project, old: Content, body: wire.DraftBody
) -> Content:
    """The draft after a change: what the body leaves out stays."""
    draft = replace(
        old,
        sql=old.sql if body.sql is UNSET else body.sql,
        jar=old.jar if body.jar is UNSET else _jar(conn, project, body.jar),
        flink_configuration=old.flink_configuration
        if body.flink_configuration is UNSET
        else body.flink_configuration,
        flink=old.flink if body.flink is UNSET else body.flink,
        guard=old.guard if body.guard is UNSET else GuardPolicy(body.guard),
        resources=old.resources if body.resources is UNSET else _resources(body.resources),
        policies=old.policies if body.policies is UNSET else _policies(body.policies),
    )
    _check_edges(draft)
    return draft


def check_content(content: Content, mode: Mode) -> None:
    """Refuse what would fail, or what is ours to set; every fault at once."""
    is_streaming = mode is Mode.STREAMING
    problems = list(_program_problems(content, is_streaming=is_streaming))
    problems += check_configuration(content.flink_configuration)
    problems += check_resources(content.resources)
    statements = script.split(content.sql).statements
    problems += check_twice(content.resources, content.flink_configuration, statements)
    if not problems:
        user = launch_conf(content)
        found = check_settings(content.flink, user, is_streaming=is_streaming)
        problems += [
            blame_resource(each, content.resources, content.flink_configuration) for each in found
        ]
    if problems:
        count = f"{len(problems)} faults" if len(problems) > 1 else "a fault"
        raise Invalid(f"the draft has {count}", problems=tuple(problems))


def content_digest(content: Content) -> str:
    """SHA-256 over the canonical JSON: equal content, equal digest, in later releases too."""
    canonical = msgspec.json.encode(msgspec.to_builtins(_said(content)), order="deterministic")
    return hashlib.sha256(canonical).hexdigest()


def _said(value: object) -> object:
    """Without the fields that say nothing: a field that a release adds, and nobody sets, changes no digest."""
    if not is_dataclass(value):
        return value
    every = {each: getattr(value, each.name) for each in fields(value)}
    return {
        each.name: _said(found)
        for each, found in every.items()
        if each.name in ALWAYS or found != each.default
    }


def _program_problems(content: Content, *, is_streaming: bool) -> list[FieldProblem]:
    if content.jar is not None:
        if content.sql.strip():
            return [FieldProblem("jar", "the draft has a script too. Take one of the two away.")]
        return []
    return [
        FieldProblem(f"{fault.line}:{fault.column}", fault.message)
        for fault in script.check_script(content.sql, streaming=is_streaming)
    ]


def _jar(conn: sa.Connection, project: Project, body: wire.Jar | None) -> Jar | None:
    if body is None:
        return None
    found = artifacts.find_artifact(conn, project, body.artifact)
    if found is None:
        message = f"project {project.name} has no artifact {body.artifact[:12]}…; upload it first"
        raise Invalid(problems=(FieldProblem("jar.artifact", message),))
    return Jar(
        artifact=found.digest,
        name=found.name,
        size_bytes=found.size_bytes,
        main=body.main.strip(),
        args=tuple(body.args),
    )


def _resources(body: wire.Resources) -> Resources:
    return Resources(**msgspec.structs.asdict(body))


def _policies(body: wire.Policies) -> Policies:
    return Policies(
        unseen_batch=UnseenBatch(body.unseen_batch),
        resume_failed=body.resume_failed,
        max_rewind_s=body.max_rewind_s,
        is_stateless=body.is_stateless,
    )


def _check_edges(draft: Content) -> None:
    """What no draft may hold, however wrong its SQL may be."""
    _check_sizes(draft)
    texts = {"sql": draft.sql}
    texts |= {f"flink_configuration.{key}": text for key, text in draft.flink_configuration.items()}
    if draft.jar is not None:
        texts["jar.main"] = draft.jar.main
        texts |= {f"jar.args[{i}]": text for i, text in enumerate(draft.jar.args)}
    for name in ("jobmanager_memory", "taskmanager_memory"):
        texts[f"resources.{name}"] = getattr(draft.resources, name) or ""
    problems = list(_text_problems(texts))
    problems += [
        FieldProblem(f"flink_configuration.{key!r}", "a key may not be empty or hold line breaks")
        for key in draft.flink_configuration
        if not key.strip() or any(each in key for each in "\n\r\x00")
    ]
    if problems:
        raise Invalid(problems=tuple(problems))


def _check_sizes(draft: Content) -> None:
    size = _size(draft.sql)
    if size > SQL_LIMIT_BYTES:
        raise TooLarge(
            f"the script has {size:,} bytes, and at most {SQL_LIMIT_BYTES:,} are taken",
            hint="put data into tables or files, and keep the script for statements",
        )
    size = sum(_size(each) for each in draft.jar.args) if draft.jar else 0
    if size > ARGS_LIMIT_BYTES:
        raise TooLarge(
            f"the arguments have {size:,} bytes, and at most {ARGS_LIMIT_BYTES:,} are taken",
            hint="put what is large into a file, and give the program its address",
        )


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _text_problems(texts: Mapping[str, str]) -> list[FieldProblem]:
    """NUL cannot be stored by PostgreSQL, and lone surrogates by nobody."""
    problems = []
    for where, text in texts.items():
        at = text.find("\x00")
        if at >= 0:
            line = text.count("\n", 0, at) + 1
            problems.append(FieldProblem(where, f"holds a NUL character in line {line}"))
        elif any("\ud800" <= char <= "\udfff" for char in text):
            problems.append(FieldProblem(where, "is not valid Unicode"))
    return problems
