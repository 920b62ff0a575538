"""Tokens on both databases: pages, expiry, revocation, uses that never go back."""

import asyncio

import pytest
import sqlalchemy as sa

from rheostat import clock
from rheostat.app.serve import make_first_token
from rheostat.errors import Conflict
from rheostat.model.access import Role, Token
from rheostat.service.token import revoke_token
from rheostat.store import token as tokens
from tests.unit.store.nouns import NOW, later


def make(name, **changes):
    fields = {"id": f"id-{name}", "name": name, "role": Role.VIEWER, "created_at": NOW}
    return Token(**{**fields, **changes})


async def keep(db, *new):
    for each in new:
        await db.write(tokens.insert_token, each, f"secret {each.id}")


async def test_token_comes_back_and_pages_by_name(db):
    full = make("c", role=Role.ADMIN, created_by="ann", expires_at=later(9))
    twin = make("a", id="0")
    await keep(db, full, make("b"), make("a"), twin)
    first = await db.read(tokens.list_tokens, None, 3)
    assert [each.id for each in first] == ["0", "id-a", "id-b"]
    assert await db.read(tokens.list_tokens, first[-1].id, 3) == [full]
    assert await db.read(tokens.list_tokens, "none", 3) == []
    assert await db.read(tokens.find_token, "id-c") == full


async def test_expired_and_revoked_open_nothing_and_say_why(db):
    await keep(db, make("old", expires_at=later(5)), make("gone"))
    await db.write(tokens.insert_session, "cookie", "id-gone", NOW, later(99) - NOW)
    for now, is_known in ((later(4), True), (later(5), False)):
        found = await db.read(tokens.find_principal, "secret id-old", now)
        assert (found is not None) is is_known
    assert await db.read(tokens.find_session, "cookie", NOW) is not None
    for seconds in (1, 2):
        await db.write(tokens.revoke_token, "id-gone", later(seconds))
    gone = await db.read(tokens.find_token, "id-gone")
    assert gone is not None
    assert gone.revoked_at == later(1), "the first instant is kept"
    assert await db.read(tokens.find_principal, "secret id-gone", NOW) is None
    assert await db.read(tokens.find_session, "cookie", NOW) is None
    said = [
        await db.read(tokens.tell_refusal, f"secret {id_}", later(6))
        for id_ in ("id-old", "id-gone", "none")
    ]
    assert said == [
        "the token old expired on 2026-03-01 at 12:00 UTC",
        "the token gone was revoked on 2026-03-01 at 12:00 UTC",
        "this token is not known here",
    ]


async def test_names_and_administrators_that_count(db):
    await keep(db, make("ann", role=Role.ADMIN), make("bob", role=Role.ADMIN, expires_at=later(5)))
    for now, left in ((later(4), ["ann", "bob"]), (later(5), ["ann"])):
        assert [each.name for each in await db.write(tokens.lock_admins, now)] == left
    assert await db.read(tokens.has_admin, NOW)
    assert await db.read(tokens.find_live_token, "bob", later(4)) is not None
    assert await db.read(tokens.find_live_token, "bob", later(5)) is None


async def test_use_never_goes_back(db):
    await keep(db, make("a"), make("b"))
    await db.write(tokens.save_uses, {"id-a": later(5), "none": later(1)})
    await db.write(tokens.save_uses, {"id-a": later(3), "id-b": later(3)})
    used = {each.name: each.used_at for each in await db.read(tokens.list_tokens, None, 9)}
    assert used == {"a": later(5), "b": later(3)}


async def test_an_administrator_that_expires_does_not_replace_one_that_lasts(db):
    await keep(db, make("ann", role=Role.ADMIN), make("bob", role=Role.ADMIN, expires_at=later(9)))
    with pytest.raises(Conflict, match="no other administrator's token lasts as long"):
        await db.write(revoke_token, "id-ann", NOW)
    await db.write(revoke_token, "id-bob", NOW)
    with pytest.raises(Conflict, match="the last administrator's token"):
        await db.write(revoke_token, "id-ann", NOW)
    assert await db.read(tokens.has_admin, NOW)


async def test_two_administrators_cannot_revoke_each_other(db):
    for n in range(5):
        pair = [make(f"{side}{n}", role=Role.ADMIN) for side in "ab"]
        await keep(db, *pair)
        both = [db.write(revoke_token, each.id, later(n)) for each in pair]
        done = await asyncio.gather(*both, return_exceptions=True)
        assert sorted(isinstance(each, Conflict) for each in done) == [False, True]
        (left,) = await db.write(tokens.lock_admins, later(n))
        await db.write(tokens.revoke_token, left.id, later(n))


async def test_server_makes_a_token_when_no_administrator_is_left(db, tmp_path):
    file = tmp_path / "admin-token"
    await make_first_token(db, file)
    first = file.read_text().strip()
    await make_first_token(db, file)
    assert file.read_text().strip() == first, "once"
    now = clock.now()
    admin = await db.read(tokens.find_principal, first, now)
    assert (admin.name, admin.role) == ("admin", Role.ADMIN)
    await db.write(tokens.revoke_token, admin.token_id, now)
    await keep(db, make("admin"))
    await make_first_token(db, file)
    second = await db.read(tokens.find_principal, file.read_text().strip(), clock.now())
    assert second.role is Role.ADMIN
    assert second.name.startswith("admin-"), "a viewer is called admin"


async def test_token_of_a_role_of_another_release_is_listed_and_opens_nothing(db):
    await keep(db, make("new"))
    await db.write(lambda conn: conn.execute(sa.text("update token set role = 'owner'")).rowcount)
    (listed,) = await db.read(tokens.list_tokens, None, 9)
    assert (listed.name, listed.role) == ("new", None)
    assert await db.read(tokens.find_principal, "secret id-new", NOW) is None
    await db.write(revoke_token, "id-new", NOW)
