"""The lead and the store's locks on a real PostgreSQL server."""

import asyncio
import contextlib

import pytest
import pytest_asyncio
import sqlalchemy as sa

from rheostat.errors import Stale
from rheostat.model.ids import IntentId
from rheostat.model.run import IntentKind, Stage
from rheostat.service.ingest import take_in
from rheostat.service.job import publish
from rheostat.service.start import Asked, start
from rheostat.service.wish import Wish, wish
from rheostat.store import run as runs
from rheostat.store.database import open_database
from rheostat.store.event import append_events, list_events, list_pushes
from rheostat.store.job import list_versions, update_draft
from rheostat.store.lead_lock import LOCK_ID, hold_lead
from rheostat.wire.ingest import AgentEvents
from rheostat.wire.plan import StartBody
from tests.postgres_server import postgres, postgres_url
from tests.unit.store.nouns import (
    NOW,
    hex_id,
    make_event,
    make_family,
    plant,
)

__all__ = ["postgres", "postgres_url"]
pytestmark = [pytest.mark.postgres, pytest.mark.timeout(60)]
HOLDERS = sa.text(
    "select pid from pg_locks where locktype = 'advisory' and objid = :id and granted"
)
END = sa.text("select pg_terminate_backend(:pid)")


@pytest_asyncio.fixture
async def db(postgres_url):
    db = open_database(postgres_url)
    yield db
    await db.close()


@pytest_asyncio.fixture
async def other(postgres_url):
    db = open_database(postgres_url)
    yield db
    await db.close()


def holders(conn):
    return conn.execute(HOLDERS, {"id": LOCK_ID}).scalars().all()


async def test_second_holder_waits_until_the_first_goes(db, other):
    order = []

    async def lead(one, name, stop):
        async with hold_lead(one):
            order.append(name)
            await stop.wait()
            order.append(f"{name} goes")

    first, second = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(lead(db, "first", first))
        while not order:
            await asyncio.sleep(0.01)
        group.create_task(lead(other, "second", second))
        await asyncio.sleep(0.5)
        assert order == ["first"]
        assert len(await db.read(holders)) == 1
        first.set()
        second.set()
    assert order == ["first", "first goes", "second", "second goes"]


async def test_lead_is_given_back_at_the_end(db):
    async with hold_lead(db) as lost:
        assert len(await db.read(holders)) == 1
        assert not lost.is_set()
    async with asyncio.timeout(5):
        while await db.read(holders):
            await asyncio.sleep(0.02)


async def test_lost_connection_is_a_lost_lead(db):
    async with hold_lead(db) as lost:
        (pid,) = await db.read(holders)
        await db.write(lambda conn: conn.execute(END, {"pid": pid}).rowcount)
        async with asyncio.timeout(15):
            await lost.wait()
    async with hold_lead(db) as again:
        assert not again.is_set()


async def test_who_waits_can_be_cancelled(db, other):
    async with hold_lead(db):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5), hold_lead(other):
                pytest.fail("two lead")
    connections = sa.text("select count(*) from pg_stat_activity where query like '%try_advisory%'")
    async with asyncio.timeout(5):
        while await db.read(lambda conn: conn.execute(connections).scalar()) > 1:
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("addition", ["?ssl=disable", "?prepared_statement_cache_size=0"])
async def test_lead_is_taken_as_the_pool_connects(postgres_url, addition):
    db = open_database(postgres_url + addition)
    try:
        async with asyncio.timeout(10), hold_lead(db):
            assert len(await db.read(holders)) == 1
    finally:
        await db.close()


async def test_socket_in_a_folder_will_do(postgres, postgres_url):
    db = open_database(postgres.url(postgres_url.rpartition("/")[2], socket=True))
    try:
        async with asyncio.timeout(10), hold_lead(db):
            assert len(await db.read(holders)) == 1
    finally:
        await db.close()


@contextlib.asynccontextmanager
async def held(db, function, *args):
    """A transaction of somebody else, open in its middle."""
    async with db.engine.begin() as conn:
        await conn.run_sync(function, *args)
        yield


async def blocked(db, task):
    """Whether the task waits for a lock."""
    waits = sa.text("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
    for _ in range(100):
        if await db.read(lambda conn: conn.execute(waits).scalar()):
            return not task.done()
        await asyncio.sleep(0.02)
    return False


async def test_event_of_an_open_transaction_is_not_overtaken(db, other):
    """A reader that goes on after an id misses nothing: a second writer waits for the first."""
    of = await db.write(plant)
    async with held(other, append_events, [make_event("first")]):
        second = asyncio.create_task(db.write(append_events, [make_event("second")]))
        assert await blocked(db, second)
        assert await db.read(list_events, of.run.id, 0, 9) == []
    await second
    assert [one.code for one in await db.read(list_events, of.run.id, 0, 9)] == ["first", "second"]


async def test_writers_about_two_runs_do_not_wait(db, other):
    await db.write(plant)
    run = (await db.write(plant, make_family("other"))).run
    async with asyncio.timeout(5), held(other, append_events, [make_event("first")]):
        await db.write(append_events, [make_event("second", run=run)])


def asked(word, **changes):
    given = {
        "project": "shop",
        "job": "orders",
        "actor": "ann",
        "now": NOW,
        "run_id": hex_id(word),
        "engines": frozenset({"2.3"}),
    }
    return Asked(**{**given, **changes})


async def test_key_of_a_start_that_is_under_way_gives_its_run(db, other):
    """Two replicas, one Idempotency-Key: the second waits, and answers with the first one's run."""
    await db.write(plant, make_family(phase="stopped"))
    async with held(other, start, asked("a", key="k"), StartBody()):
        second = asyncio.create_task(db.write(start, asked("b", key="k"), StartBody()))
        assert await blocked(db, second)
    assert (await second).run.id == hex_id("a")
    assert [run.id for run in await db.read(runs.list_live)] == [hex_id("a")]


async def test_publish_waits_for_the_edit_before_it(db, other):
    of = await db.write(plant)
    changed = type(of.job.draft)(sql=of.job.draft.sql + "-- changed")
    async with held(other, update_draft, of.job.id, changed, 1):
        task = asyncio.create_task(db.write(publish, of.job, "ann", NOW))
        assert await blocked(db, task)
    with pytest.raises(Stale):
        await task
    numbers = [each.number for each in await db.read(list_versions, of.job.id, None, 9)]
    assert numbers == [1]


async def test_of_many_stops_at_once_one_intent_is_open(db, other):
    of = await db.write(plant)
    wishes = [
        Wish(
            project="shop",
            job="orders",
            kind=kind,
            actor="ann",
            now=NOW,
            intent_id=IntentId(f"{kind}{n}"),
            engines=frozenset({"2.3"}),
        )
        for n in range(4)
        for kind in IntentKind
    ]
    done = await asyncio.gather(
        *(one.write(wish, asked) for one, asked in zip((db, other) * 8, wishes, strict=True)),
        return_exceptions=True,
    )
    assert {type(each).__name__ for each in done} <= {"ActionView", "Conflict"}
    open_ = await db.read(runs.find_open_intent, of.run.id)
    assert open_.kind is IntentKind.CANCEL


async def test_agent_that_repeats_itself_at_once_is_kept_once(db, other):
    of = await db.write(plant, make_family(attempt={"stage": Stage.LAUNCHED}))
    events = [
        {"seq": seq, "kind": "hello", "at": NOW.isoformat(), "word": "x"} for seq in range(1, 30)
    ]
    body = AgentEvents(attempt=of.attempt.id, incarnation="i", events=events)
    done = await asyncio.gather(*(one.write(take_in, body, NOW) for one in (db, other) * 4))
    assert {answer.acknowledged for answer, _ in done} == {29}
    assert len(await db.read(list_pushes, of.attempt.id)) == 29
    assert len(await db.read(list_events, of.run.id, 0, 1000)) == 29
