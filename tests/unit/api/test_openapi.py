"""The document: as in the golden file, valid, whole, and what the answers really are."""

import json
import os
from pathlib import Path

import jsonschema
import msgspec
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from rheostat.api.asgi import make_app
from rheostat.api.contract import render_document, routes
from rheostat.store.snapshot import save_snapshot
from tests.unit.api.test_api_access import NoServer
from tests.unit.store.nouns import make_snapshot

GOLDEN = Path(__file__).parents[2] / "golden" / "openapi.json"
APP = make_app(NoServer())
DOCUMENT = json.loads(msgspec.json.encode(render_document(APP)))
SCHEMAS = DOCUMENT["components"]["schemas"]
METHODS = {"get", "post", "put", "patch", "delete"}
OPERATIONS = [
    (f"{method} {path}", operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if method in METHODS
]
every_operation = pytest.mark.parametrize(
    "operation", [each for _, each in OPERATIONS], ids=[name for name, _ in OPERATIONS]
)


def nodes(node):
    if isinstance(node, dict):
        yield node
    for child in (
        node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    ):
        yield from nodes(child)


def test_document_is_the_golden_one():
    text = json.dumps(DOCUMENT, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if os.environ.get("RHEOSTAT_GOLDEN") == "1":
        GOLDEN.write_text(text, encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == text, "run: make golden, and review the diff"


def test_document_is_the_same_each_time():
    again = render_document(make_app(NoServer()))
    assert json.loads(msgspec.json.encode(again)) == DOCUMENT


def test_shape_is_openapi_3_1():
    assert DOCUMENT["openapi"].startswith("3.1.")
    assert set(DOCUMENT) >= {"openapi", "info", "paths", "components"}
    assert {"title", "version"} <= set(DOCUMENT["info"])
    assert all(path.startswith("/") for path in DOCUMENT["paths"])
    names = [each["operationId"] for _, each in OPERATIONS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_valid(name):
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name].get("description"), "a docstring is its description"


def test_every_reference_leads_somewhere():
    found = {node["$ref"] for node in nodes(DOCUMENT) if isinstance(node.get("$ref"), str)}
    assert found
    assert {
        ref for ref in found if ref.removeprefix("#/components/schemas/") not in SCHEMAS
    } == set()


def test_no_schema_is_left_over():
    found = {node["$ref"].rpartition("/")[2] for node in nodes(DOCUMENT) if "$ref" in node}
    assert set(SCHEMAS) == found


def test_every_route_is_described():
    described = {
        (path, method.upper())
        for path, methods in DOCUMENT["paths"].items()
        for method in methods
        if method in METHODS
    }
    ours = {(path, method) for path, method, _ in routes(APP) if not path.startswith("/api/raw")}
    assert described == ours - {("/", "GET"), ("/{path}", "GET")}, "pages are no API"


@every_operation
def test_operation_says_what_it_does_and_how_it_fails(operation):
    assert operation["summary"]
    assert operation["description"], "the route's docstring"
    codes = [code for code in operation["responses"] if code != "default"]
    assert codes
    assert all(code.startswith(("2", "3")) for code in codes)
    problem = operation["responses"]["default"]["content"]["application/problem+json"]
    assert problem["schema"] == {"$ref": "#/components/schemas/Problem"}


@every_operation
def test_parameters_are_those_of_the_path(operation):
    path = next(
        path for path, methods in DOCUMENT["paths"].items() if operation in methods.values()
    )
    named = {each["name"] for each in operation.get("parameters", []) if each["in"] == "path"}
    assert named == {part[1:-1] for part in path.split("/") if part.startswith("{")}
    for each in operation.get("parameters", []):
        Draft202012Validator.check_schema(each["schema"])


BODIES = {
    "createProject": "ProjectBody",
    "createJob": "JobBody",
    "editDraft": "DraftBody",
    "startJob": "StartBody",
    "stopJob": "StopBody",
    "cancelJob": "CancelBody",
    "makeSavepoint": "SavepointBody",
    "restartJob": "RestartBody",
    "ingestEvents": "AgentEvents",
    "signIn": "SignInBody",
    "makeSignInLink": "SignInLinkBody",
    "createToken": "TokenBody",
}
MAY_LACK_BODY = ("stopJob", "cancelJob", "makeSavepoint", "restartJob", "makeSignInLink")


@every_operation
def test_body_is_named_where_there_is_one(operation):
    wanted = BODIES.get(operation["operationId"])
    content = operation.get("requestBody", {}).get("content", {})
    if operation["operationId"] == "uploadArtifact":
        assert set(content) == {"application/java-archive"}
        return
    if wanted is None:
        assert content == {}
        return
    assert set(content) == {"application/json"}
    refs = {node["$ref"] for node in nodes(content) if "$ref" in node}
    assert refs == {f"#/components/schemas/{wanted}"}
    may_be_left_out = operation["operationId"] in MAY_LACK_BODY
    assert operation["requestBody"].get("required", False) is not may_be_left_out


def test_fields_of_answers_are_always_there_and_those_of_bodies_closed():
    for name, schema in SCHEMAS.items():
        if name.endswith("View"):
            assert set(schema["required"]) == set(schema["properties"]), name
        if name.endswith("Body"):
            assert schema["additionalProperties"] is False, name


ORDERS = "projects/shop/jobs/orders"
RUN = f"{ORDERS}/runs/1"
RUN_PATH = "/api/v1/projects/{project}/jobs/{job}/runs/{run}"
ANSWERS = [
    ("GET", "me", "/api/v1/me"),
    ("GET", "server", "/api/v1/server"),
    ("GET", "projects", "/api/v1/projects"),
    ("GET", "tokens", "/api/v1/tokens"),
    ("POST", "session/links", "/api/v1/session/links"),
    ("GET", "projects/shop/jobs", "/api/v1/projects/{project}/jobs"),
    ("GET", f"{RUN}/start", f"{RUN_PATH}/start"),
    ("GET", f"{RUN}/exceptions", f"{RUN_PATH}/exceptions"),
    ("GET", f"{RUN}/logs/1/jobmanager.log", f"{RUN_PATH}/logs/{{attempt}}/{{name}}"),
    (
        "GET",
        f"{RUN}/logs/1/jobmanager.log/search?q=x",
        f"{RUN_PATH}/logs/{{attempt}}/{{name}}/search",
    ),
    ("GET", ORDERS, "/api/v1/projects/{project}/jobs/{job}"),
    ("POST", f"{ORDERS}/versions", "/api/v1/projects/{project}/jobs/{job}/versions"),
    ("GET", f"{ORDERS}/versions", "/api/v1/projects/{project}/jobs/{job}/versions"),
    ("POST", f"{ORDERS}/stop", "/api/v1/projects/{project}/jobs/{job}/stop"),
    ("GET", f"{ORDERS}/runs", "/api/v1/projects/{project}/jobs/{job}/runs"),
    ("GET", f"{ORDERS}/runs/1", "/api/v1/projects/{project}/jobs/{job}/runs/{run}"),
    ("GET", f"{ORDERS}/runs/1/events", "/api/v1/projects/{project}/jobs/{job}/runs/{run}/events"),
    ("GET", f"{ORDERS}/runs/1/logs", "/api/v1/projects/{project}/jobs/{job}/runs/{run}/logs"),
    ("GET", f"{ORDERS}/snapshots", "/api/v1/projects/{project}/jobs/{job}/snapshots"),
    ("GET", "projects/none", "/api/v1/projects/{project}"),
]


@pytest.mark.parametrize(("method", "path", "described"), ANSWERS, ids=[a[1] for a in ANSWERS])
async def test_answer_is_as_described(site, method, path, described):
    of = await site.plant()
    await site.db.write(save_snapshot, make_snapshot(1, of))
    site.write_log(of, "jobmanager/jobmanager.log", b"x")
    await site.ask("POST", f"{ORDERS}/cancel")
    if path.endswith("stop"):
        path = path.replace("stop", "cancel")
    answer = await site.ask(method, path)
    responses = DOCUMENT["paths"][described][method.lower()]["responses"]
    response = responses.get(str(answer.status_code), responses["default"])
    (kind,) = response["content"]
    assert answer.headers["content-type"] == kind
    schema = {**response["content"][kind]["schema"], "components": {"schemas": SCHEMAS}}
    jsonschema.validate(
        answer.json(), schema, cls=Draft202012Validator, format_checker=FormatChecker()
    )


async def test_document_is_served(site):
    answer = await site.ask("GET", "/api/openapi.json", token=None)
    assert answer.json() == DOCUMENT
