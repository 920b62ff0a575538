"""New events of all runs in the order of their ids: none is skipped, whoever commits when."""

import asyncio
import random

import pytest
import pytest_asyncio
import sqlalchemy as sa

from rheostat.store.database import PostgresDatabase, open_database
from rheostat.store.event import append_events
from rheostat.store.feed import count_news, list_news, read_horizon
from tests.postgres_server import fresh_database
from tests.unit.store.nouns import make_event, make_family, plant

ENDLESS = 10**6


async def news(db, after=0, until=None):
    settled = (await db.read(read_horizon)).settled if until is None else until
    return [(each.event.id, each.run) for each in await db.read(list_news, after, settled, ENDLESS)]


async def test_nothing_is_new_in_an_empty_history(db):
    assert await news(db) == []
    horizon = await db.read(read_horizon)
    assert (horizon.settled, horizon.highest) == (0, 0)


async def test_events_of_all_runs_come_in_order(db):
    one = await db.write(plant)
    other = await db.write(plant, make_family(number=2))
    for run in (one.run, other.run, one.run):
        await db.write(append_events, [make_event(run=run)])
    found = await news(db)
    assert [run for _, run in found] == [1, 2, 1]
    assert found == sorted(found)
    first, _, last = (id_ for id_, _ in found)
    assert [id_ for id_, _ in await news(db, first)] == [id_ for id_, _ in found[1:]]
    assert await news(db, last) == []
    assert [each.job_id for each in await db.read(list_news, 0, last, 1)] == [one.job.id]
    counts = [await db.read(count_news, after, 9) for after in (0, first, last)]
    assert counts == [3, 2, 0]
    assert await db.read(count_news, 0, 2) == 2


@pytest_asyncio.fixture
async def pg(postgres_url):
    """PostgreSQL, with two runs."""
    db = open_database(postgres_url)
    assert isinstance(db, PostgresDatabase)
    await db.write(plant)
    await db.write(plant, make_family(number=2))
    yield db
    await db.close()


async def append(conn, number):
    run = make_family(number=number).run
    await conn.run_sync(append_events, [make_event(run=run)])


@pytest.mark.postgres
async def test_an_event_waits_for_those_with_lower_ids(pg):
    async with pg.engine.connect() as slow, pg.engine.connect() as quick:
        await append(slow, 1)
        await append(quick, 2)
        await quick.commit()
        visible = await pg.read(lambda conn: conn.exec_driver_sql("select id from event").all())
        assert len(visible) == 1, "the one with the higher id is there already"
        assert await news(pg) == [], "and is not told yet"
        assert (await pg.read(read_horizon)).highest == visible[0][0]
        await slow.commit()
    assert [run for _, run in await news(pg)] == [1, 2]


@pytest.mark.postgres
async def test_what_was_before_is_told_while_somebody_writes(pg):
    await pg.write(append_events, [make_event()])
    async with pg.engine.connect() as slow:
        await append(slow, 2)
        assert [run for _, run in await news(pg)] == [1]


@pytest.mark.postgres
async def test_an_event_that_is_taken_back_holds_nothing_up(pg):
    async with pg.engine.connect() as slow:
        await append(slow, 1)
        await pg.write(append_events, [make_event(run=make_family(number=2).run)])
        assert await news(pg) == []
        await slow.rollback()
    assert [run for _, run in await news(pg)] == [2]


@pytest.mark.postgres
async def test_transactions_of_others_hold_nothing_up(pg, postgres):
    """Neither one here that writes no events, nor one of another database that does."""
    async for url in fresh_database(postgres, "migrated"):
        other = open_database(url)
        assert isinstance(other, PostgresDatabase)
        try:
            await other.write(plant)
            async with pg.engine.connect() as here, other.engine.connect() as there:
                await here.execute(sa.text("update project set name = name"))
                await append(there, 1)
                await pg.write(append_events, [make_event()])
                assert [run for _, run in await news(pg)] == [1]
        finally:
            await other.close()


@pytest.mark.postgres
@pytest.mark.parametrize("seed", range(3))
async def test_a_reader_misses_nothing_among_writers_that_dawdle(pg, seed):
    chance = random.Random(seed)
    wrote = 0

    async def write(number):
        nonlocal wrote
        for _ in range(25):
            async with pg.engine.connect() as conn:
                count = chance.randint(1, 3)
                for _ in range(count):
                    await append(conn, number)
                    await asyncio.sleep(chance.choice((0, 0.001, 0.01)))
                if chance.random() < 0.2:
                    await conn.rollback()
                else:
                    await conn.commit()
                    wrote += count

    writers = asyncio.gather(*(write(number) for number in (1, 2, 1, 2)))
    seen, after, at = [], 0, 0
    while True:
        is_last = writers.done()
        at = max(at, (await pg.read(read_horizon)).settled)
        page = await news(pg, after, at)
        seen += [id_ for id_, _ in page]
        after = at
        if is_last:
            break
        await asyncio.sleep(0.002)
    await writers
    there = await pg.read(lambda conn: conn.exec_driver_sql("select id from event").scalars().all())
    assert seen == sorted(there)
    assert len(seen) == wrote
