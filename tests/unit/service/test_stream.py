"""The hub: each event once and in order to everybody who wants it; resume, reset, slow readers."""

import asyncio
import contextlib
import json
from typing import Any

import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rheostat.service import stream
from rheostat.service.stream import Frame, Hub, Subscriber, Wanted
from rheostat.store.database import open_database
from rheostat.store.event import append_events
from rheostat.store.job import delete_job
from rheostat.store.migrate import migrate
from tests.unit.store.nouns import NOW, make_event, make_family, plant

SHOP = Wanted("shop")


@pytest_asyncio.fixture
async def db(tmp_path):
    db = open_database(f"sqlite:///{tmp_path}/rheostat.db")
    await db.write(migrate)
    await db.write(plant)
    await db.write(plant, make_family("bills"))
    yield db
    await db.close()


@pytest_asyncio.fixture
async def hub(db):
    hub = Hub(db)
    db.after_write = hub.wake
    running = asyncio.create_task(hub.run())
    yield hub
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


def parse(data):
    """Frames as (event, id, data)."""
    found: list[tuple[str, int | None, Any]] = []
    for block in data.decode().split("\n\n"):
        if block:
            lines = dict(line.split(": ", 1) for line in block.split("\n"))
            id_ = int(lines["id"]) if "id" in lines else None
            found.append((lines["event"], id_, json.loads(lines["data"])))
    return found


async def take(one, count, timeout_s=5.0):
    found: list[tuple[str, int | None, Any]] = []
    async with asyncio.timeout(timeout_s):
        while len(found) < count and not one.is_over:
            found += parse(await one.take(1.0))
    return found


def numbers(frames):
    return [data["event"]["fields"]["n"] for _, _, data in frames]


def event(number, job="orders"):
    return make_event(run=make_family(job).run, fields={"n": number})


async def test_what_comes_after_the_beginning_is_told_in_order(db, hub):
    await db.write(append_events, [event(0)])
    async with hub.subscribe(SHOP) as one:
        for number in (1, 2):
            await db.write(append_events, [event(number)])
        await db.write(append_events, [event(3), event(4, "bills")])
        found = await take(one, 4)
    assert numbers(found) == [1, 2, 3, 4]
    assert [word for word, _, _ in found] == ["history"] * 4
    ids = [id_ for _, id_, _ in found]
    assert ids == sorted(set(ids))
    first = found[0][2]
    assert (first["project"], first["job"], first["run"]) == ("shop", "orders", 1)
    assert first["row"]["phase"] == "running"
    assert first["event"]["id"] == ids[0]


async def test_a_stream_of_one_job_or_project_hears_of_nothing_else(db, hub):
    async with (
        hub.subscribe(Wanted("shop", "bills")) as bills,
        hub.subscribe(Wanted("other")) as other,
        hub.subscribe(SHOP) as all_,
    ):
        await db.write(append_events, [event(1), event(2, "bills")])
        hub.tell_job("shop", "orders")
        hub.tell_job("other", "x", deleted=True)
        assert numbers(await take(bills, 1)) == [2]
        assert {word for word, _, _ in await take(all_, 3)} == {"history", "job"}
        assert await take(other, 1) == [
            ("job", None, {"project": "other", "job": "x", "deleted": True})
        ]
        assert bills.position == all_.position == other.position
        assert [await one.take(0.1) for one in (bills, other, all_)] == [b""] * 3


async def test_what_another_process_wrote_is_seen(db, hub):
    db.after_write = lambda: None
    async with hub.subscribe(SHOP) as one:
        await one.take(0.1)
        await db.write(append_events, [event(1)])
        assert numbers(await take(one, 1, 5 * stream.LOOK_S)) == [1]


async def resume(hub, after, count):
    """What a reader gets that comes back."""
    async with hub.subscribe(SHOP) as one:
        missed = await hub.replay(one, after)
        assert missed is not None
        found = [frame async for data in missed for frame in parse(data)]
        return found + await take(one, count - len(found))


async def test_a_reader_comes_back_behind_what_it_has(db, hub):
    async with hub.subscribe(SHOP) as one:
        await db.write(append_events, [event(n) for n in range(3)])
        last = (await take(one, 3))[1][1]
    await db.write(append_events, [event(n, "bills") for n in range(3, 6)])
    assert numbers(await resume(hub, last, 4)) == [2, 3, 4, 5]
    assert numbers(await resume(hub, 0, 6)) == [0, 1, 2, 3, 4, 5]


async def test_nothing_is_lost_or_doubled_between_replay_and_live(db, hub):
    """Writers never pause; a reader breaks off at every few frames and resumes."""
    done = False

    async def write():
        nonlocal done
        for number in range(300):
            await db.write(append_events, [event(number)])
        done = True

    writing = asyncio.create_task(write())
    seen: list[int] = []
    after = 0
    while len(seen) < 300:
        for _, id_, data in (await resume(hub, after, min(7, 300 - len(seen))))[:7]:
            seen.append(data["event"]["fields"]["n"])
            after = id_
    await writing
    assert done
    assert seen == list(range(300))


async def test_too_much_or_unknown_cannot_be_told(db, hub, monkeypatch):
    monkeypatch.setattr(stream, "RESUME_LIMIT", 5)
    await db.write(append_events, [event(n) for n in range(6)])
    async with hub.subscribe(SHOP) as one:
        assert await hub.replay(one, 0) is None
        assert await hub.replay(one, 10**9) is None
        assert await hub.replay(one, 1) is not None
        await db.write(append_events, [event(6)])
        assert numbers(await take(one, 1)) == [6], "and goes on from now"


async def test_a_slow_reader_is_dropped_and_others_are_not(db, hub, monkeypatch):
    monkeypatch.setattr(stream, "QUEUE_LIMIT", 10)
    async with hub.subscribe(SHOP) as slow, hub.subscribe(SHOP) as quick:
        found = []
        for number in range(30):
            await db.write(append_events, [event(number)])
            found += await take(quick, 1)
        assert numbers(found) == list(range(30))
        assert slow.is_over
        assert await slow.take(1.0) == b""


async def test_events_of_a_deleted_job_are_left_out(db, hub):
    async with hub.subscribe(SHOP) as one:
        await db.write(delete_job, make_family("bills").job, NOW)
        await db.write(append_events, [event(1, "bills"), event(2)])
        assert numbers(await take(one, 1)) == [2]


async def test_closing_ends_every_stream_and_those_that_come(hub):
    async with hub.subscribe(SHOP) as one:
        hub.close()
        assert await one.take(9.0) == b""
        assert one.is_over
    async with hub.subscribe(SHOP) as late:
        assert late.is_over


async def test_nobody_listens_and_nobody_looks(db, hub):
    async with hub.subscribe(SHOP):
        pass
    looks = 0
    read = db.read

    async def count(*args):
        nonlocal looks
        looks += 1
        return await read(*args)

    db.read = count
    await db.write(append_events, [event(1)])
    await asyncio.sleep(stream.LOOK_S * 1.5)
    assert looks == 0
    async with hub.subscribe(SHOP) as one:
        await db.write(append_events, [event(2)])
        assert numbers(await take(one, 1)) == [2]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    offers=st.lists(st.lists(st.integers(1, 3), max_size=5), max_size=20),
    have=st.integers(0, 30),
)
async def test_a_subscriber_gets_each_id_once(offers, have):
    """However pages overlap, and whatever the reader has already."""
    one = Subscriber(SHOP, 0, 0)
    one.skip(have)
    last = 0
    for steps in offers:
        ids = [last + sum(steps[: n + 1]) for n in range(len(steps))]
        frames = [Frame("shop", "orders", id_, b"id: %d\n" % id_) for id_ in ids]
        one.offer(frames, max([last, *ids]))
        one.offer(frames, max([last, *ids]))
        last = max([last, *ids])
    got = [int(line.split()[1]) for line in (await one.take(0.0)).splitlines()]
    assert got == sorted(set(got))
    assert all(id_ > have for id_ in got)
