"""Refusals: one table of codes, one shape, whatever is sent."""

import dataclasses
import json
import logging
from typing import Any

import pytest
import structlog
from litestar import Request

from rheostat import errors
from rheostat.api.problem import HTTP_CODES, STATUS, on_own
from rheostat.errors import FieldProblem, RheostatError
from tests.unit.api.conftest import SECRET

FIELDS = {"type", "title", "status", "code", "detail", "hint", "errors"}


def classes(root):
    yield root
    for each in root.__subclasses__():
        yield from classes(each)


TREE = sorted(set(classes(RheostatError)), key=lambda each: each.code)


def check(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert set(body) == FIELDS
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"urn:rheostat:problem:{code}"
    assert body["title"]
    return body


def test_table_holds_every_code_of_the_tree_and_no_other():
    assert errors.BadMetadata in TREE
    assert errors.LostLease in TREE
    assert set(STATUS) == {each.code for each in TREE}


def test_codes_are_unique():
    assert len({each.code for each in TREE}) == len(TREE)


@pytest.mark.parametrize("status", HTTP_CODES)
def test_codes_of_http_are_codes_of_the_tree(status):
    assert HTTP_CODES[status] in STATUS


@pytest.mark.parametrize(
    ("branch", "family"),
    [(errors.Refused, "4"), (errors.Transient, "5"), (errors.Permanent, "4"), (errors.Broken, "5")],
    ids=["refused", "transient", "permanent", "broken"],
)
def test_branch_has_its_family_of_statuses(branch, family):
    assert {str(STATUS[each.code])[0] for each in classes(branch)} == {family}


@pytest.mark.parametrize("kind", TREE, ids=lambda each: each.code)
def test_every_error_becomes_a_problem(kind):
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        err = kind("what happened", hint="what to do")
        err.problems = (FieldProblem("1:2", "why"),)
        scope: Any = {"type": "http"}
        answer = on_own(Request(scope), err)
    finally:
        structlog.reset_defaults()
    assert answer.status_code == STATUS[kind.code]
    body = json.loads(answer.content)
    assert body["detail"].startswith("what happened")
    assert (body["code"], body["hint"]) == (kind.code, "what to do")
    assert body["errors"] == [{"where": "1:2", "message": "why"}]
    assert "\n" not in body["title"]


BODIES = [
    pytest.param(b"", 422, "a JSON body is needed", id="none"),
    pytest.param(b"{", 400, "truncated", id="cut"),
    pytest.param(b"name=shop", 400, "malformed", id="form"),
    pytest.param(b"\xff\xfe", 400, "malformed", id="not UTF-8"),
    pytest.param(b'{"name": "\xff"}', 400, "", id="not UTF-8 inside"),
    pytest.param(b'{"name": "\\ud800"}', 400, "", id="lone surrogate"),
    pytest.param(b"null", 422, "", id="null"),
    pytest.param(b"[]", 422, "Expected `object`", id="list"),
    pytest.param(b"{}", 422, "missing required field `name`", id="nothing in it"),
    pytest.param(b'{"name": 1}', 422, "Expected `str`", id="number"),
    pytest.param(b'{"name": "a", "x": 1}', 422, "unknown field `x`", id="unknown field"),
    pytest.param(b"[" * 100_000, 400, "", id="deep"),
]


@pytest.mark.parametrize(("content", "status", "message"), BODIES)
async def test_body_of_another_shape_is_refused(site, content, status, message):
    headers = {"Content-Type": "application/json"}
    answer = await site.ask("POST", "projects", content=content, headers=headers)
    body = check(answer, status, "invalid")
    assert message in answer.text
    assert "'data'" not in answer.text
    if status == 422:
        assert body["errors"][0]["where"] in ("body", "name")


NAMES = [
    *["", " ", "a b", "a/b", "../a", ".", "..", ".a", "a.", "-a", "a-", "ü", "a\x00", "a\n", "\na"],
    *["a" * 64, "a" * 100_000, "%2e%2e", "a\u202eb", "a;b", "a\\b"],
]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:30])
async def test_names_are_plain(site, name):
    body = check(await site.ask("POST", "projects", {"name": name}), 422, "invalid")
    assert body["errors"][0]["where"] == "name"
    await site.ask("POST", "projects", {"name": "shop"})
    job = {"name": name, "sql": "x"}
    check(await site.ask("POST", "projects/shop/jobs", job), 422, "invalid")


@pytest.mark.parametrize("name", ["a", "A", "0", "a.b", "a-b", "a_b", "a..b", "9" * 63])
async def test_plain_names_are_taken(site, name):
    assert (await site.ask("POST", "projects", {"name": name})).status_code == 201
    assert (await site.ask("GET", f"projects/{name}")).json()["name"] == name


PATHS = [
    *["projects/none", "projects/..%2f..", "projects/a%2Fb", "projects/%00", "projects/a%0ab"],
    *["projects/%ff", "projects/" + "a" * 10_000, "projects/%F0%9F%98%80", "projects/{project}"],
    *["projects/shop/jobs/none", "projects/shop/jobs/%00", "projects/shop/jobs/orders/runs/latest"],
    *["projects/shop/jobs/orders/versions/2", "projects/shop/jobs/orders/runs/0"],
    *["projects/shop/jobs/orders/versions/x", "projects/shop/jobs/orders/versions/1.5"],
    *["/api/v1/../v1/nothing", "/api/v2/projects", "/.git/config"],
]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:40])
async def test_address_of_nothing_is_not_found(site, path):
    await site.make_job()
    check(await site.ask("GET", path), 404, "not_found")


HUGE = "9" * 30
QUERIES = [
    *["projects?limit=0", "projects?limit=1001", "projects?limit=x", f"projects?limit={HUGE}"],
    *[f"projects/shop/jobs/orders/{each}" for each in ("versions?after=x", "versions?after=0")],
    *[f"projects/shop/jobs/orders/{each}?after={HUGE}" for each in ("versions", "runs")],
    f"projects/shop/jobs/orders/versions/{HUGE}",
    "projects/shop/jobs/orders/versions/-1",
    f"projects/shop/jobs/orders/runs/1/events?after={HUGE}",
    "projects/shop/jobs/orders/runs/1/events?after=-1",
    f"projects/shop/jobs/orders/runs/1/logs/{HUGE}/x",
    "projects/shop/jobs/orders/runs/1/logs/1/x?tail_bytes=0",
    f"projects/shop/jobs/orders/runs/1/logs/1/x?tail_bytes={HUGE}",
]


@pytest.mark.parametrize("path", QUERIES)
async def test_number_out_of_bounds_is_refused(site, path):
    await site.plant()
    body = check(await site.ask("GET", path), 422, "invalid")
    assert body["errors"]


async def test_numbers_at_their_bounds_are_taken(site):
    await site.plant()
    for path in ("versions?after=2147483647", "runs?after=1", f"runs/1/events?after={2**63 - 1}"):
        assert (await site.ask("GET", f"projects/shop/jobs/orders/{path}")).status_code == 200


@pytest.mark.parametrize("after", ["%00", "a%00", "%ff", "'; drop table project; --", "x" * 9_999])
async def test_page_after_anything_is_a_page(site, after):
    await site.make_job()
    for path in ("projects", "projects/shop/jobs", "projects/shop/jobs/orders/snapshots"):
        answer = await site.ask("GET", f"{path}?after={after}")
        assert answer.status_code == 200
    assert len((await site.ask("GET", "projects")).json()["items"]) == 1


async def test_body_that_is_too_large_is_refused(site):
    big = b'{"name": "' + b"a" * 11_000_000 + b'"}'
    for given in ({"content": big}, {"content": chunks(big)}):
        check(await site.ask("POST", "projects", **given), 413, "too_large")
    await site.ask("POST", "projects", {"name": "shop"})
    body = {"name": "orders", "sql": "x" * (4 * 1024 * 1024 + 1)}
    check(await site.ask("POST", "projects/shop/jobs", body), 413, "too_large")
    body["sql"] = "x" * (4 * 1024 * 1024)
    assert (await site.ask("POST", "projects/shop/jobs", body)).status_code == 201


async def chunks(data):
    for place in range(0, len(data), 1 << 20):
        yield data[place : place + (1 << 20)]


async def test_wrong_method_says_which_there_are(site):
    answer = await site.ask("PUT", "projects")
    check(answer, 405, "refused")
    assert {"GET", "POST"} <= set(answer.headers["allow"].split(", "))


async def test_route_without_a_permission_is_closed(site):
    handler = next(
        each
        for route in site.app.routes
        if route.path == "/healthz"
        for each in route.route_handlers
        if "GET" in each.http_methods
    )
    kept = dict(handler.opt)
    handler.opt.clear()
    try:
        check(await site.ask("GET", "/healthz"), 500, "broken")
    finally:
        handler.opt.update(kept)


async def test_bug_says_nothing_but_that_it_is_one(site):
    def fail() -> frozenset[str]:
        raise AssertionError(SECRET)

    site.app.state.server = dataclasses.replace(site.app.state.server, engines=fail)
    body = check(await site.ask("GET", "server"), 500, "broken")
    assert body["detail"] == "the server's log has the trace"
