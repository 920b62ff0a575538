"""OpenAPI 3.1: routes by Litestar, schemas by msgspec, one problem for every refusal.

msgspec knows more of our bodies than Litestar shows: discriminators, `additionalProperties: false`,
docstrings, formats. So the paths are Litestar's and the schemas are msgspec's.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, get_args

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from rheostat.wire.common import Problem
from rheostat.wire.ingest import AgentEvents
from rheostat.wire.log import LogEnd, LogLines
from rheostat.wire.stream import BeatFrame, HistoryFrame, JobFrame, ResetFrame

Json = dict[str, Any]
REF = "#/components/schemas/{name}"
STREAMS: dict[str, tuple[type[msgspec.Struct], ...]] = {
    "streamEvents": (HistoryFrame, JobFrame, BeatFrame, ResetFrame),
    "followLog": (LogLines, BeatFrame, LogEnd),
}
EVENTS = {
    "streamEvents": ("history", "job", "beat", "reset"),
    "followLog": ("lines", "beat", "end"),
}
_REF = re.compile(r'#/components/schemas/([^"]+)"')


def render_document(app: Litestar) -> Json:
    """The document of all routes; the same for the same code."""
    document: Json = app.openapi_schema.to_schema()
    bodies, answers = _annotations(app)
    _, schemas = msgspec.json.schema_components([*bodies, *answers], ref_template=REF)
    _, asked = msgspec.json.schema_components(bodies, ref_template=REF)
    for name, schema in schemas.items():
        if name not in asked and "properties" in schema and name != Problem.__name__:
            schema["required"] = list(schema["properties"])  # an answer always has every field
    names = {old: _short(old) for old in document["components"]["schemas"]}
    _walk(document["paths"], lambda node: _rename(node, names))
    _describe_ingest(document)
    _describe_streams(document)
    _describe_upload(document)
    optional = {handler.operation_id for _, _, handler in routes(app) if _may_be_empty(handler)}
    for operation in _operations(document):
        if operation["operationId"] in optional:
            operation["requestBody"]["required"] = False
        kept = {code: each for code, each in operation["responses"].items() if code < "400"}
        operation["responses"] = {**kept, "default": _problem()}
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    return document


def routes(app: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """Path, method and handler of every HTTP route, the generated OPTIONS left out."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler):
                for method in sorted(str(each) for each in handler.http_methods):
                    if method != "OPTIONS":
                        yield route.path_format, method, handler


def _annotations(app: Litestar) -> tuple[list[Any], list[Any]]:
    bodies: list[Any] = [AgentEvents]
    answers: list[Any] = [Problem, *(each for frames in STREAMS.values() for each in frames)]
    for _, _, handler in routes(app):
        signature = handler.parsed_fn_signature
        if "data" in signature.parameters:
            bodies += _structs(signature.parameters["data"].annotation)
        answers += _structs(signature.return_type.annotation)
    return bodies, answers


def _may_be_empty(handler: HTTPRouteHandler) -> bool:
    """Whether a request may come without a body."""
    data = handler.parsed_fn_signature.parameters.get("data")
    return data is not None and data.has_default


def _structs(annotation: Any) -> list[Any]:
    """The Structs that an annotation names: alone, or in unions, generics and wrappers."""
    origin = getattr(annotation, "__origin__", annotation)
    if isinstance(origin, type) and issubclass(origin, msgspec.Struct):
        return [annotation]
    return [found for argument in get_args(annotation) for found in _structs(argument)]


def _short(name: str) -> str:
    """`Page_rheostat.wire.job.JobView_` → `Page_JobView_`, as msgspec names it."""
    return re.sub(r"_[\w.]*\.(\w+)_$", r"_\1_", name)


def _rename(node: Json, names: dict[str, str]) -> None:
    ref = node.get("$ref")
    if isinstance(ref, str) and ref.startswith("#/components/schemas/"):
        old = ref.rsplit("/", 1)[1]
        node["$ref"] = REF.format(name=names.get(old, old))


def _describe_ingest(document: Json) -> None:
    """The route reads its body itself, so that a token is checked before anything is believed."""
    schema = {"$ref": REF.format(name=AgentEvents.__name__)}
    document["paths"]["/ingest/v1/events"]["post"]["requestBody"] = {
        "required": True,
        "content": {"application/json": {"schema": schema}},
    }


def _describe_streams(document: Json) -> None:
    """What leaves frame by frame, or byte by byte."""
    for operation in _operations(document):
        frames = STREAMS.get(operation["operationId"])
        if frames is not None:
            kinds = [{"$ref": REF.format(name=each.__name__)} for each in frames]
            content = {"text/event-stream": {"schema": {"oneOf": kinds}}}
            words = ", ".join(f"`{word}`" for word in EVENTS[operation["operationId"]])
            operation["responses"]["200"] = {
                "description": f"Events {words}: the data of each, in this order.",
                "content": content,
            }


def _describe_upload(document: Json) -> None:
    """The route takes the bytes as they come."""
    schema = {"type": "string", "format": "binary"}
    document["paths"]["/api/v1/projects/{project}/artifacts"]["post"]["requestBody"] = {
        "required": True,
        "content": {"application/java-archive": {"schema": schema}},
    }


def _operations(document: Json) -> Iterator[Json]:
    for path in document["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and "responses" in operation:
                yield operation


def _problem() -> Json:
    schema = {"$ref": REF.format(name=Problem.__name__)}
    return {
        "description": "A problem: what happened, why, and what to do next.",
        "content": {"application/problem+json": {"schema": schema}},
    }


def _walk(node: Any, visit: Callable[[Json], None]) -> None:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        _walk(child, visit)
    if isinstance(node, dict):
        visit(node)
