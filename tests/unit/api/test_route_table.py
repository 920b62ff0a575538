"""Every route by every role: the table is written by hand, and a route without a row fails."""

import re

import pytest

from rheostat.api.access import PAGE_HEADER, ROLES, Permission, may
from rheostat.api.asgi import make_app
from rheostat.api.contract import routes
from rheostat.model.access import Role, Token
from rheostat.store.token import Principal, insert_token
from tests.unit.api.test_api_access import HIDDEN, SAMPLES, NoServer
from tests.unit.store.nouns import NOW

P = "/api/v1/projects"
J = f"{P}/{{project}}/jobs/{{job}}"
R = f"{J}/runs/{{run}}"
L = f"{R}/logs/{{attempt}}/{{name}}"
TABLE = f"""
public  GET    /
public  GET    /{{path}}
public  GET    /healthz
public  GET    /api/openapi.json
public  POST   /api/v1/session
attempt POST   /ingest/v1/events
self    DELETE /api/v1/session
self    POST   /api/v1/session/links
read    GET    /api/v1/me
read    GET    /api/v1/server
read    GET    /api/v1/events
read    GET    {P}
read    GET    {P}/{{project}}
read    GET    {P}/{{project}}/artifacts
read    GET    {P}/{{project}}/artifacts/{{digest}}
read    GET    {P}/{{project}}/jobs
read    GET    {J}
read    GET    {J}/versions
read    GET    {J}/versions/{{number}}
read    GET    {J}/runs
read    GET    {J}/snapshots
read    GET    {R}
read    GET    {R}/events
read    GET    {R}/start
read    GET    {R}/exceptions
read    GET    {R}/logs
read    GET    {L}
read    GET    {L}/download
read    GET    {L}/follow
read    GET    {L}/search
operate POST   {J}/start
operate POST   {J}/stop
operate POST   {J}/cancel
operate POST   {J}/savepoint
operate POST   {J}/restart
write   POST   {P}
write   POST   {P}/{{project}}/artifacts
write   POST   {P}/{{project}}/jobs
write   PATCH  {J}/draft
write   POST   {J}/versions
write   DELETE {J}
admin   GET    /api/v1/tokens
admin   POST   /api/v1/tokens
admin   DELETE /api/v1/tokens/{{token}}
"""
DECLARED = {
    (method, path): Permission(permission)
    for permission, method, path in (line.split() for line in TABLE.split("\n") if line)
}
MAY = {
    Role.VIEWER: {"self", "read"},
    Role.OPERATOR: {"self", "read", "operate"},
    Role.EDITOR: {"self", "read", "operate", "write"},
    Role.ADMIN: {"self", "read", "operate", "write", "admin"},
}
CASES = [
    pytest.param(role, method, path, id=f"{role.value} {method} {path}")
    for (method, path), permission in DECLARED.items()
    for role in Role
    if permission not in (Permission.PUBLIC, Permission.ATTEMPT)
]


def test_table_is_what_the_routes_declare():
    found = {
        (method, path): handler.opt["permission"]
        for path, method, handler in routes(make_app(NoServer()))
        if not path.startswith(HIDDEN)
    }
    assert found == DECLARED


def test_roles():
    assert {role: {each.value for each in allowed} for role, allowed in ROLES.items()} == MAY


@pytest.mark.parametrize(("role", "method", "path"), CASES)
async def test_role(site, role, method, path):
    of = await site.plant()
    site.write_log(of, "jobmanager/jobmanager.log", b"x")
    token = Token(id="t", name="t", role=role, created_at=NOW)
    await site.db.write(insert_token, token, "role's own")
    query = "?project=none" if path.endswith("/v1/events") else ""
    url = re.sub(r"{(\w+)}", lambda found: SAMPLES[found[1]], path) + query
    if path.endswith("/follow"):
        url = url.replace("jobmanager.log", "none")  # an open stream would never answer
    answer = await site.ask(method, url, token="role's own")
    is_allowed = DECLARED[method, path].value in MAY[role]
    if is_allowed:
        assert answer.status_code not in (401, 403)
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        assert "rheostat token create" in answer.json()["hint"]
        assert site.woken == []


@pytest.mark.parametrize("role", Role)
def test_permission_is_a_matter_of_the_role_alone(role):
    principal = Principal("x", role, "1")
    for each in Permission:
        assert may(principal, each) == (each.value in MAY[role])


async def test_the_document_as_litestar_has_it_is_not_served(site):
    for path in (HIDDEN, f"{HIDDEN}/openapi.json", f"{HIDDEN}/openapi.yaml"):
        for token in (None, "wrong"):
            assert (await site.ask("GET", path, token=token)).status_code == 404
        assert (await site.ask("GET", path)).status_code == 404
    assert (await site.ask("POST", HIDDEN, headers={PAGE_HEADER: "1"})).status_code in (404, 405)
