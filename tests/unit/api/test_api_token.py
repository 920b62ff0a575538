"""Tokens over the API: the secret once, expiry, revocation, use; links for others."""

import datetime as dt

import pytest
import sqlalchemy as sa

from rheostat import clock
from rheostat.api.access import PAGE_HEADER
from rheostat.model.access import Role, Token
from rheostat.service.token import Uses
from rheostat.store.token import insert_token, list_tokens
from tests.unit.api.conftest import SECRET
from tests.unit.store.nouns import NOW, hex_id

MINE = hex_id("token")


async def make(site, name="air", role="operator", **body):
    return await site.ask("POST", "tokens", {"name": name, "role": role, **body})


async def test_the_secret_is_told_once_and_works(site):
    made = await make(site, expires_in_days=3)
    assert made.status_code == 201
    view, secret = made.json()["token"], made.json()["secret"]
    assert len(secret) > 30
    assert (view["role"], view["created_by"], view["is_yours"]) == ("operator", "ann", False)
    left = dt.datetime.fromisoformat(view["expires_at"]) - clock.now()
    assert dt.timedelta(days=2.9) < left < dt.timedelta(days=3)
    me = await site.ask("GET", "me", token=secret)
    assert me.json() == {"name": "air", "role": "operator"}
    listed = await site.ask("GET", "tokens")
    assert secret not in listed.text
    assert [(each["name"], each["is_yours"]) for each in listed.json()["items"]] == [
        ("air", False), ("ann", True),
    ]  # fmt: skip


async def test_tokens_page_by_name(site):
    for name in ("c", "a", "b"):
        await make(site, name)
    first = (await site.ask("GET", "tokens?limit=3")).json()
    rest = (await site.ask("GET", f"tokens?limit=3&after={first['next']}")).json()
    assert [each["name"] for each in first["items"] + rest["items"]] == ["a", "ann", "b", "c"]
    assert rest["next"] is None


@pytest.mark.parametrize(
    "body",
    [
        {"name": "a", "role": "root"},
        {"name": "a", "role": "admin", "expires_in_days": 0},
        {"name": "a", "role": "admin", "expires_in_days": 4000},
        {"name": "a\x00", "role": "admin"},
        {"name": "", "role": "admin"},
        {"name": "a"},
        {"name": "a", "role": "viewer", "secret": "mine"},
    ],
    ids=str,
)
async def test_what_no_token_is(site, body):
    assert (await site.ask("POST", "tokens", body)).status_code == 422


async def test_a_name_is_one_tokens_while_it_is_valid(site):
    made = (await make(site)).json()
    again = await make(site)
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert (await site.ask("DELETE", f"tokens/{made['token']['id']}")).status_code == 204
    assert (await make(site)).status_code == 201


async def test_revoked_is_out_with_its_sessions_and_is_told_why(site):
    made = (await make(site)).json()
    signed = await site.ask("POST", "session", {"token": made["secret"]}, token=None)
    assert signed.json()["role"] == "operator"
    path = f"tokens/{made['token']['id']}"
    for _ in range(2):
        assert (await site.ask("DELETE", path)).status_code == 204
    refused = await site.ask("GET", "me", token=made["secret"])
    assert refused.status_code == 401
    assert "air was revoked on" in refused.json()["detail"]
    assert "rheostat token create" in refused.json()["hint"]
    assert (await site.ask("GET", "me", token=None)).status_code == 401, "the session, too"
    again = await site.ask("POST", "session", {"token": made["secret"]}, token=None)
    assert again.status_code == 401
    (view,) = [
        each for each in (await site.ask("GET", "tokens")).json()["items"] if each["name"] == "air"
    ]
    assert view["revoked_at"] is not None


async def test_expired_is_out_and_is_told_when(site):
    old = Token(id="o", name="old", role=Role.ADMIN, created_at=NOW, expires_at=clock.now())
    await site.db.write(insert_token, old, "old secret")
    refused = await site.ask("GET", "me", token="old secret")
    assert refused.status_code == 401
    assert "old expired on" in refused.json()["detail"]
    assert (await site.ask("GET", "me", token="unheard of")).json()["detail"] == (
        "this token is not known here"
    )


async def test_the_last_administrator_stays(site):
    refused = await site.ask("DELETE", f"tokens/{MINE}")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    other = (await make(site, "bob", "admin")).json()
    assert (await site.ask("DELETE", f"tokens/{MINE}")).status_code == 204
    assert (await site.ask("GET", "me")).status_code == 401
    left = await site.ask("DELETE", f"tokens/{other['token']['id']}", token=other["secret"])
    assert left.status_code == 409
    assert (await site.ask("DELETE", "tokens/none", token=other["secret"])).status_code == 404


async def test_role_of_another_release_is_shown(site):
    made = (await make(site)).json()
    await site.db.write(
        lambda conn: (
            conn.execute(sa.text("update token set role = 'owner' where name = 'air'")).rowcount
        )
    )
    listed = await site.ask("GET", "tokens")
    assert listed.status_code == 200
    roles = {each["name"]: each["role"] for each in listed.json()["items"]}
    assert roles == {"air": "unknown", "ann": "admin"}
    refused = await site.ask("GET", "me", token=made["secret"])
    assert "does not know the role owner" in refused.json()["detail"]


async def test_use_is_written_beside_requests_and_never_back(site):
    uses: Uses = site.app.state.server.uses
    before = clock.now()
    await site.ask("GET", "me")
    assert await used(site) is None, "no request writes"
    await uses.flush()
    first = await used(site)
    assert first is not None
    assert first >= before
    uses.note(MINE, first - dt.timedelta(hours=1))
    await uses.flush()
    assert await used(site) == first
    await uses.flush()


async def used(site):
    return next(
        each for each in await site.db.read(list_tokens, None, 9) if each.id == MINE
    ).used_at


async def test_a_link_for_another_is_for_administrators(site):
    made = (await make(site, "bob", "viewer")).json()
    theirs = {"token": made["token"]["id"]}
    link = (await site.ask("POST", "session/links", theirs)).json()
    code = link["path"].partition("code=")[2]
    signed = await site.ask("POST", "session", {"code": code}, token=None)
    assert signed.json() == {"name": "bob", "role": "viewer"}
    refused = await site.ask("POST", "session/links", {"token": MINE}, token=made["secret"])
    assert refused.status_code == 403
    own = await site.ask("POST", "session/links", token=made["secret"])
    assert own.status_code == 201
    own = await site.ask("POST", "session/links", theirs, token=made["secret"])
    assert own.status_code == 201
    assert (await site.ask("POST", "session/links", {"token": "none"})).status_code == 404
    site.client.cookies.clear()


async def test_a_session_may_what_its_token_may(site):
    made = (await make(site, "bob", "viewer")).json()
    await site.ask("POST", "session", {"token": made["secret"]}, token=None)
    page = {PAGE_HEADER: "1"}
    assert (await site.ask("GET", "projects", token=None)).status_code == 200
    refused = await site.ask("POST", "projects", {"name": "a"}, token=None, headers=page)
    assert refused.status_code == 403
    assert SECRET not in refused.text
