"""Events, pushes, tokens and the lease, on both databases."""

import asyncio

import pytest
import sqlalchemy as sa

from rheostat.errors import Conflict, LostLease
from rheostat.model.access import Role, Token
from rheostat.model.event import EventKind
from rheostat.store.attempt import insert_attempt
from rheostat.store.database import open_database
from rheostat.store.event import append_events, keep_pushes, list_events, list_pushes
from rheostat.store.lease import check_lead, claim_place, take_lead
from rheostat.store.token import Principal, find_principal, has_admin, insert_token
from tests.unit.store.nouns import NOW, later, make_attempt, make_event, make_family, plant

ANN = Token(id="1", name="ann", role=Role.ADMIN, created_at=NOW)


def push(seq, kind="status", **body):
    return {"seq": seq, "kind": kind, "at": later(seq), "body": {"seq": seq, **body}}


async def test_event_comes_back(db):
    of = await db.write(plant)
    new = make_event(
        kind=EventKind.HUMAN,
        attempt=2,
        actor="größer 😀",
        duration_ms=0.1,
        fields={"a": 1, "b": None, "c": "\x7f", "d": [1.5, {"e": True}], "f": 2**53},
    )
    await db.write(append_events, [make_event(), new])
    plain, rich = await db.read(list_events, of.run.id, 0, 9)
    assert plain == make_event(id=plain.id)
    assert rich.id > plain.id
    assert rich.fields == new.fields
    assert (rich.kind, rich.attempt, rich.actor) == (new.kind, 2, "größer 😀")
    assert rich.duration_ms == pytest.approx(0.1)


async def test_events_page_by_id_within_their_run(db):
    of = await db.write(plant)
    other = await db.write(plant, make_family(number=2))
    for number in range(5):
        mine = make_event(fields={"n": number})
        await db.write(append_events, [mine, make_event(run=other.run)])
    await db.write(append_events, [])
    seen, after = [], 0
    while page := await db.read(list_events, of.run.id, after, 2):
        assert len(page) <= 2
        seen += [each.fields["n"] for each in page]
        after = page[-1].id
    assert seen == [0, 1, 2, 3, 4]


async def test_reader_never_overtakes_a_writer(db, url):
    """An id that a reader has passed is never used by an event that becomes visible later."""
    of = await db.write(plant)
    other = open_database(url)
    seen, after = [], 0

    async def write(one, name):
        for number in range(15):
            await one.write(append_events, [make_event(fields={"n": f"{name}{number}"})] * 3)

    writers = asyncio.gather(
        *(write(one, name) for name, one in zip("ab", (db, other), strict=True))
    )
    try:
        while True:
            is_last = writers.done()
            page = await db.read(list_events, of.run.id, after, 1000)
            seen += page
            after = page[-1].id if page else after
            if is_last:
                break
    finally:
        await writers
        await other.close()
    assert len(seen) == 90


async def test_pushes_are_kept_once_and_in_order(db):
    of = await db.write(plant)
    keep = (keep_pushes, of.attempt.id)
    new = await db.write(*keep, "i", [push(3), push(1), push(3, kind="other"), push(2)], NOW)
    assert [each["seq"] for each in new] == [1, 2, 3]
    assert [each["kind"] for each in new] == ["status"] * 3
    again = [push(2, kind="other"), push(5), push(4)]
    assert [each["seq"] for each in await db.write(*keep, "i", again, later(9))] == [4, 5]
    assert await db.write(*keep, "i", again, NOW) == []
    assert await db.write(*keep, "i", [], NOW) == []
    assert len(await db.write(*keep, "j", [push(1, x="y")], later(5))) == 1
    rows = await db.read(list_pushes, of.attempt.id)
    kept = [(each["incarnation"], each["seq"]) for each in rows]
    assert kept == [("i", 1), ("i", 2), ("i", 3), ("j", 1), ("i", 4), ("i", 5)]
    assert rows[3]["body"] == {"seq": 1, "x": "y"}
    assert (rows[0]["kind"], rows[0]["at"], rows[0]["received_at"]) == ("status", later(1), NOW)


async def test_pushes_of_attempts_are_apart(db):
    of = await db.write(plant)
    await db.write(insert_attempt, make_attempt(2))
    await db.write(keep_pushes, of.attempt.id, "i", [push(1)], NOW)
    last = {**push(1), "seq": 2**53 - 1}
    assert len(await db.write(keep_pushes, make_attempt(2).id, "i", [last], NOW)) == 1
    assert len(await db.read(list_pushes, of.attempt.id)) == 1


async def test_token_is_found_by_its_secret_only(db):
    assert await db.read(has_admin, NOW) is False
    await db.write(insert_token, ANN, "s3cret")
    assert await db.read(has_admin, NOW) is True
    assert await db.read(find_principal, "s3cret", NOW) == Principal("ann", Role.ADMIN, "1")
    for wrong in ("", "S3cret", "s3cret ", "1", "\x00", "größer"):
        assert await db.read(find_principal, wrong, NOW) is None
    kept = await db.read(lambda conn: conn.execute(sa.text("select * from token")).one())
    assert "s3cret" not in repr(kept)


async def test_revoked_token_is_nobodys(db):
    await db.write(insert_token, ANN, "s3cret")
    await db.write(
        lambda conn: conn.execute(sa.text("update token set revoked_at = created_at")).rowcount
    )
    assert await db.read(find_principal, "s3cret", NOW) is None


async def test_lead_raises_the_epoch_and_old_ones_are_lost(db):
    with pytest.raises(LostLease):
        await db.write(check_lead, 1)
    assert await db.write(take_lead, "a", NOW) == 1
    await db.write(check_lead, 1)
    assert await db.write(take_lead, "b", NOW) == 2
    await db.write(check_lead, 2)
    for old in (0, 1, 3):
        with pytest.raises(LostLease):
            await db.write(check_lead, old)


async def test_each_who_takes_the_lead_gets_an_epoch_of_its_own(db, url):
    await db.write(take_lead, "first", NOW)
    other = open_database(url)
    try:
        takes = [one.write(take_lead, "x", NOW) for one in (db, other) * 5]
        assert sorted(await asyncio.gather(*takes)) == list(range(2, 12))
    finally:
        await other.close()


async def test_database_is_bound_to_one_place(db, url):
    other = open_database(url)
    try:
        claims = [one.write(claim_place, f"host{n}:/data") for n, one in enumerate((db, other) * 3)]
        done = await asyncio.gather(*claims, return_exceptions=True)
    finally:
        await other.close()
    assert done.count(None) == 1
    assert sum(isinstance(each, Conflict) for each in done) == 5
    first = f"host{done.index(None)}:/data"
    await db.write(claim_place, first)
    with pytest.raises(Conflict, match="another data directory"):
        await db.write(claim_place, "elsewhere")
