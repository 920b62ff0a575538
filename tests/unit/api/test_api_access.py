"""Who may call what: walked over the routes that the application really has."""

import re
from itertools import pairwise

import pytest
import sqlalchemy as sa
from litestar.routes import HTTPRoute

from rheostat.api.access import ROLES, Permission
from rheostat.api.asgi import make_app
from rheostat.api.server import Server
from rheostat.model.access import Role, Token
from rheostat.store.token import insert_token
from tests.unit.api.conftest import SECRET
from tests.unit.store.nouns import NOW

SIGN_IN = ("POST", "/api/v1/session")
PAGES = {("GET", "/"), ("GET", "/{path:path}")}
PUBLIC = {("GET", "/healthz"), ("GET", "/api/openapi.json"), SIGN_IN, *PAGES}
SAMPLES = {"project": "shop", "job": "orders", "number": "1", "run": "latest", "attempt": "1",
           "name": "jobmanager.log", "path": "x",
           "digest": "ab" * 32, "token": "none"}  # fmt: skip


class NoServer(Server):
    """Walking the routes needs none."""

    def __init__(self):
        pass


def walk():
    """Method, path and handler of every route; a kind of route that is not known fails."""
    for route in make_app(NoServer()).routes:
        assert isinstance(route, HTTPRoute), f"{route.path}: {type(route).__name__} is not walked"
        for handler in route.route_handlers:
            for method in sorted(handler.http_methods):
                yield str(method), route.path, handler


HIDDEN = "/api/raw"
"""Made by Litestar, answered by nobody (`test_route_table.py`)."""
ROUTES = [route for route in walk() if not route[1].startswith(HIDDEN)]
CLOSED = [
    (method, re.sub(r"{(\w+):\w+}", lambda found: SAMPLES[found[1]], path))
    for method, path, handler in ROUTES
    if (method, path) not in PUBLIC
]


KEPT = {"s3.secret-key": "hush-hush", "parallelism.default": "2"}


@pytest.mark.parametrize("role", Role)
async def test_values_that_hold_secrets_are_for_who_may_set_them(site, role):
    await site.make_job(flink_configuration=KEPT)
    assert (await site.ask("POST", "projects/shop/jobs/orders/versions")).status_code == 201
    token = Token(id="t", name=role.value, role=role, created_at=NOW)
    await site.db.write(insert_token, token, "theirs")
    job, one, page = [
        (await site.ask("GET", f"projects/shop/jobs/orders{path}", token="theirs")).json()
        for path in ("", "/versions/1", "/versions")
    ]
    shown = KEPT if Permission.WRITE in ROLES[role] else {**KEPT, "s3.secret-key": "******"}
    for content in (job["draft"], one["content"], page["items"][0]["content"]):
        assert content["flink_configuration"] == shown
    if shown is not KEPT:
        for path in ("projects/shop/jobs", "projects/shop/jobs/orders/runs"):
            assert "hush-hush" not in (await site.ask("GET", path, token="theirs")).text


@pytest.mark.parametrize(
    ("method", "path", "handler"), ROUTES, ids=[f"{route[0]} {route[1]}" for route in ROUTES]
)
def test_route_declares_its_permission(method, path, handler):
    permission = handler.opt.get("permission")
    if method == "OPTIONS" and permission is None:
        return  # Litestar's own, and the guard asks for READ
    assert isinstance(permission, Permission)
    assert (permission is Permission.PUBLIC) == ((method, path) in PUBLIC)
    assert (permission is Permission.ATTEMPT) == (path == "/ingest/v1/events")
    if method not in ("GET", "OPTIONS") and (method, path) != SIGN_IN:
        assert permission not in (Permission.READ, Permission.PUBLIC)


def test_all_routes_were_walked():
    assert len(ROUTES) > 30
    assert {path for _, path in PUBLIC} <= {path for _, path, _ in ROUTES}


def test_each_role_may_what_the_one_before_it_may_and_admin_everything():
    steps = [ROLES[role] for role in Role]
    assert all(less < more for less, more in pairwise(steps))
    assert steps[-1] == set(Permission) - {Permission.PUBLIC, Permission.ATTEMPT}


@pytest.mark.parametrize(("method", "path"), CLOSED, ids=[f"{m} {p}" for m, p in CLOSED])
async def test_route_refuses_nobody_and_a_wrong_token(site, method, path):
    await site.plant()
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        body = {"attempt": "0" * 32, "incarnation": "i", "events": []}
        answer = await site.ask(method, path, body, token=None, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["code"] == "unauthenticated"
    assert site.woken == []


@pytest.mark.parametrize(("method", "path"), sorted(PUBLIC - {SIGN_IN, *PAGES}))
async def test_public_route_needs_no_token(site, method, path):
    assert (await site.ask(method, path, token=None)).status_code == 200


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer ",
        f"Basic {SECRET}",
        SECRET,
        f"Token {SECRET}",
        f"Bearer {SECRET}x",
        f"Bearer {SECRET[:-1]}",
        f"Bearer {SECRET.upper()}",
        f"Bearer {SECRET} x",
        "Bearer \xfc",
    ],
    ids=ascii,
)
async def test_header_without_a_known_token_is_refused(site, value):
    header = [(b"Authorization", value.encode("latin-1"))]
    answer = await site.client.get("/api/v1/me", headers=header)
    assert answer.status_code == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer "])
async def test_scheme_is_read_in_any_case(site, scheme):
    answer = await site.client.get("/api/v1/me", headers={"Authorization": f"{scheme} {SECRET}"})
    assert answer.json() == {"name": "ann", "role": "admin"}


async def test_token_in_the_address_is_no_token(site):
    answer = await site.ask("GET", f"me?token={SECRET}&access_token={SECRET}", token=None)
    assert answer.status_code == 401


async def test_revoked_token_is_refused(site):
    await site.db.write(
        lambda conn: conn.execute(sa.text("update token set revoked_at = created_at")).rowcount
    )
    assert (await site.ask("GET", "me")).status_code == 401


async def test_role_that_we_do_not_know_may_do_nothing(site):
    bob = Token(id="2", name="bob", role=Role.VIEWER, created_at=NOW)
    await site.db.write(insert_token, bob, "other")
    await site.db.write(
        lambda conn: conn.execute(sa.text("update token set role = 'x' where id = '2'")).rowcount
    )
    answer = await site.ask("GET", "me", token="other")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert "does not know the role x" in answer.json()["detail"]


async def test_options_says_methods_to_those_who_may_read(site):
    answer = await site.ask("OPTIONS", "projects")
    assert answer.status_code == 204
    assert "OPTIONS" in answer.headers["allow"]


HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("GET", "/api/openapi.json", 200),
        ("GET", "/api/v1/me", 200),
        ("GET", "/api/v1/projects/none", 404),
        ("GET", "/api/none", 404),
        ("DELETE", "/api/v1/projects", 405),
        ("POST", "/api/v1/projects", 422),
    ],
)
async def test_security_headers_are_on_every_answer(site, method, path, status):
    answer = await site.ask(method, path)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "server" not in answer.headers
