"""What both databases promise: whole transactions, instants in UTC, our own errors."""

import asyncio
import datetime as dt
import threading

import pytest
import sqlalchemy as sa

from rheostat.errors import CannotLook, Invalid
from rheostat.model.ids import ProjectId
from rheostat.store import project as projects
from rheostat.store.attempt import find_newest_operation, insert_operation
from rheostat.store.database import PostgresDatabase, open_database
from rheostat.store.event import append_events, list_events
from rheostat.store.lease import take_lead
from tests.unit.store.nouns import NOW, make_event, make_operation, make_project, plant


def insert_two(conn, begun, go_on):
    """A transaction that can be held in its middle."""
    projects.insert_project(conn, make_project("a"))
    begun.set()
    assert go_on.wait(10)
    projects.insert_project(conn, make_project("b"))


def count(conn):
    return conn.execute(sa.text("select count(*) from project")).scalar()


async def test_what_raises_leaves_nothing(db):
    def fail(conn):
        projects.insert_project(conn, make_project())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await db.write(fail)
    assert await db.read(count) == 0
    await db.write(projects.insert_project, make_project())
    assert await db.read(count) == 1


@pytest.mark.parametrize("after_s", [0, 0.001, 0.003, 0.01], ids=lambda each: f"{each * 1000} ms")
async def test_writer_cancelled_in_the_middle_leaves_all_or_nothing(db, after_s):
    def insert_many(conn):
        for number in range(40):
            projects.insert_project(conn, make_project(f"p{number}"))

    task = asyncio.create_task(db.write(insert_many))
    await asyncio.sleep(after_s)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await db.write(projects.insert_project, make_project("next"))
    assert await db.read(count) in (1, 41)


async def test_writer_cancelled_after_it_began_still_commits(db):
    if db.name == "postgresql":
        started = asyncio.Event()

        def insert_slowly(conn):
            projects.insert_project(conn, make_project("a"))
            started.set()
            conn.execute(sa.text("select pg_sleep(0.1)"))
            projects.insert_project(conn, make_project("b"))

        task = asyncio.create_task(db.write(insert_slowly))
        await started.wait()
        task.cancel()
    else:
        begun, go_on = threading.Event(), threading.Event()
        task = asyncio.create_task(db.write(insert_two, begun, go_on))
        await asyncio.to_thread(begun.wait, 10)
        task.cancel()
        await asyncio.sleep(0)
        go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5):
        while await db.read(count) != 2:
            await asyncio.sleep(0.01)


async def test_reader_does_not_see_what_is_not_committed(db, url):
    other = open_database(url)
    try:
        if isinstance(other, PostgresDatabase):
            async with other.engine.begin() as conn:
                await conn.run_sync(projects.insert_project, make_project())
                assert await db.read(count) == 0
        else:
            begun, go_on = threading.Event(), threading.Event()
            task = asyncio.create_task(other.write(insert_two, begun, go_on))
            await asyncio.to_thread(begun.wait, 10)
            assert await db.read(count) == 0
            go_on.set()
            await task
        assert await db.read(count) > 0
    finally:
        await other.close()


@pytest.mark.parametrize(
    "at",
    [
        dt.datetime(1970, 1, 1, tzinfo=dt.UTC),
        dt.datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC),
        dt.datetime(2026, 3, 29, 2, 30, 0, 1, tzinfo=dt.UTC),
        dt.datetime(9999, 12, 30, 23, 59, 59, 999_999, tzinfo=dt.UTC),
        dt.datetime(1, 1, 2, tzinfo=dt.UTC),
        dt.datetime(2026, 3, 1, 1, 2, 3, 4, tzinfo=dt.timezone(dt.timedelta(hours=-9))),
    ],
    ids=str,
)
async def test_instant_comes_back_to_the_microsecond_in_utc(db, at):
    await db.write(projects.insert_project, make_project(created_at=at))
    found = (await db.read(projects.load_project, "shop")).created_at
    assert found == at
    assert found.utcoffset() == dt.timedelta()


async def test_naive_instant_is_refused(db):
    naive = make_project(created_at=NOW.replace(tzinfo=None))
    with pytest.raises(sa.exc.StatementError, match="naive datetime"):
        await db.write(projects.insert_project, naive)
    with pytest.raises(sa.exc.StatementError, match="naive datetime"):
        await db.write(take_lead, "x", NOW.replace(tzinfo=None))
    assert await db.read(count) == 0


async def test_null_in_json_is_null(db):
    of = await db.write(plant)
    query = sa.text("select count(*) from attempt where outcome is null and trouble is null")
    assert await db.read(lambda conn: conn.execute(query).scalar()) == 1
    await db.write(append_events, [make_event(fields={"a": None})])
    assert (await db.read(list_events, of.run.id, 0, 1))[0].fields == {"a": None}


async def test_foreign_keys_hold(db):
    with pytest.raises(sa.exc.IntegrityError):
        await db.write(insert_operation, make_operation())
    assert await db.read(find_newest_operation, make_operation().attempt_id) is None


async def test_nul_in_a_question_is_never_a_crash(db):
    """SQLite finds nothing, PostgreSQL cannot even be asked: neither is a bug of ours."""
    if db.name == "sqlite":
        assert await db.read(projects.list_projects, "a\x00b", 9) == []
        return
    with pytest.raises(Invalid, match="NUL"):
        await db.read(projects.list_projects, "a\x00b", 9)


async def test_readers_and_writers_at_once(db, url):
    other = open_database(url)

    async def write(one, name):
        for number in range(25):
            new = make_project(f"{name}{number}", id=ProjectId(f"{name}{number}"))
            await one.write(projects.insert_project, new)
            assert (await one.read(projects.load_project, new.name)) == new

    try:
        await asyncio.gather(
            *(write(one, f"{name}{one is db}") for name in "xyz" for one in (db, other))
        )
    finally:
        await other.close()
    assert await db.read(count) == 150


async def test_neither_loses_an_update_of_the_other(db, url):
    await db.write(take_lead, "first", NOW)
    other = open_database(url)
    try:
        await asyncio.gather(
            *(one.write(take_lead, "x", NOW) for one in (db, other) for _ in range(40))
        )
    finally:
        await other.close()
    epoch = sa.text("select epoch from leader")
    assert await db.read(lambda conn: conn.execute(epoch).scalar()) == 81


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://x/y",
        "postgresql+psycopg://u@h/d",
        "",
        "/var/lib/rheostat.db",
        "postgresql://u@h:port/d",
    ],
)
def test_other_databases_are_refused(url):
    with pytest.raises(Invalid) as caught:
        open_database(url)
    assert "sqlite:////var" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////nonexistent-folder/x/rheostat.db",
        "postgresql://u@127.0.0.1:1/d",
        "postgresql://u@/d?host=/nonexistent-folder",
    ],
    ids=["no folder", "nobody listens", "no socket"],
)
async def test_database_that_does_not_answer_is_not_our_bug(url):
    db = open_database(url)
    try:
        for ask in (db.read, db.write):
            with pytest.raises(CannotLook, match="the database"):
                await ask(count)
    finally:
        await db.close()
