"""Browser sessions: sign in by token or one-time link, cookie rules, sign out."""

import pytest

from rheostat.api.access import COOKIE, PAGE_HEADER
from tests.unit.api.conftest import SECRET

PAGE = {PAGE_HEADER: "1"}


async def sign_in(site, **body):
    return await site.ask("POST", "session", body or {"token": SECRET}, token=None)


async def test_a_token_begins_a_session_that_the_page_cannot_read(site):
    answer = await sign_in(site)
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    for part in (f"{COOKIE}=", "HttpOnly", "SameSite=strict", "Path=/"):
        assert part in cookie
    assert SECRET not in cookie
    me = await site.ask("GET", "me", token=None)
    assert me.json() == {"name": "ann", "role": "admin"}


async def test_a_change_by_session_needs_the_pages_header(site):
    await sign_in(site)
    refused = await site.ask("POST", "projects", {"name": "a"}, token=None)
    assert refused.status_code == 403
    made = await site.ask("POST", "projects", {"name": "a"}, token=None, headers=PAGE)
    assert made.status_code == 201


async def test_signing_out_ends_the_session_at_once(site):
    cookie = (await sign_in(site)).cookies[COOKIE]
    assert (await site.ask("DELETE", "session", token=None, headers=PAGE)).status_code == 204
    site.client.cookies.clear()
    stolen = {"Cookie": f"{COOKIE}={cookie}"}
    assert (await site.ask("GET", "me", token=None, headers=stolen)).status_code == 401


async def test_a_link_signs_in_once(site):
    link = (await site.ask("POST", "session/links")).json()
    code = link["path"].partition("code=")[2]
    assert (await sign_in(site, code=code)).status_code == 200
    assert (await sign_in(site, code=code)).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"token": "a", "code": "b"}, 422),
        ({"token": "wrong"}, 401),
        ({"code": "wrong"}, 401),
        ({"token": "x" * 300}, 422),
    ],
)
async def test_nobody_else_gets_in(site, body, status):
    answer = await site.ask("POST", "session", body, token=None)
    assert answer.status_code == status
    assert "set-cookie" not in answer.headers


async def test_a_token_in_the_header_beats_the_cookie(site):
    await sign_in(site)
    assert (await site.ask("GET", "me", token="wrong")).status_code == 401
