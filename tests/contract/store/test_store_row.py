"""The light job list, on both databases: newest run and version, filters, counts, pages."""

from dataclasses import replace

import pytest

from rheostat.model.ids import JobId
from rheostat.model.job import Content, Jar, Mode
from rheostat.model.phase import Health, HealthWord, Phase, Reason
from rheostat.store.job import delete_job, insert_job, insert_version, update_draft
from rheostat.store.project import insert_project
from rheostat.store.row import Filter, count_rows, list_rows, load_rows
from rheostat.store.run import insert_run
from tests.unit.store.nouns import (
    NOW,
    SQL,
    later,
    make_job,
    make_project,
    make_run,
    make_version,
)

SHOP = make_project()
JAR = Jar(artifact="f" * 64, name="x.jar", size_bytes=1)
ILL = Health(word=HealthWord.DEGRADED, reasons=(Reason("no_checkpoint", {"since": "03:12"}),))


def fill(conn):
    """Five jobs: one that never ran, one that ran twice, one ill, one that ended, one in batch."""
    insert_project(conn, SHOP)
    insert_project(conn, make_project("other"))
    for name in ("fresh", "twice", "ill", "Ended", "batch_x"):
        mode = Mode.BATCH if name == "batch_x" else Mode.STREAMING
        draft = Content(jar=JAR, flink="1.20") if name == "ill" else Content(sql=SQL)
        insert_job(conn, make_job(name, mode=mode, draft=draft))
    insert_job(conn, make_job("elsewhere", project=make_project("other")))
    twice, ill, ended, batch = (make_job(each) for each in ("twice", "ill", "Ended", "batch_x"))
    for number in (1, 2, 3):
        insert_version(conn, make_version(number, twice))
    insert_version(conn, make_version(1, ill, content=Content(jar=JAR, flink="1.20")))
    insert_run(conn, make_run(1, twice, phase=Phase.FAILED, health=ILL))
    insert_run(conn, make_run(2, twice, version=2))
    insert_run(conn, make_run(10, ill, health=ILL, reason=Reason("backing_off", {"lost": "3"})))
    insert_run(conn, make_run(1, ended, phase=Phase.STOPPED, health=ILL))
    insert_run(conn, make_run(1, batch, phase=Phase.FINISHED))


@pytest.fixture
async def filled(db):
    await db.write(fill)
    return db


async def names(db, wanted, after=None, limit=9):
    return [each.name for each in await db.read(list_rows, SHOP.id, wanted, after, limit)]


async def test_row_tells_of_the_newest_run_and_version(filled):
    rows = {each.name: each for each in await filled.read(list_rows, SHOP.id, Filter(), None, 9)}
    twice = rows["twice"]
    assert (twice.version, twice.run, twice.run_version) == (3, 2, 2)
    assert (twice.phase, twice.since, twice.project) == (Phase.RUNNING, later(2), "shop")
    assert (twice.is_jar, twice.flink, twice.draft_differs) == (False, "2.3", False)
    ill = rows["ill"]
    assert (ill.run, ill.is_jar, ill.flink, ill.health) == (10, True, "1.20", ILL)
    assert ill.reason == Reason("backing_off", {"lost": "3"})
    fresh = rows["fresh"]
    assert (fresh.version, fresh.run, fresh.phase, fresh.health, fresh.since) == (None,) * 5
    assert fresh.draft_differs
    assert fresh.created_at == NOW


async def test_draft_differs_until_it_is_published(filled):
    of = make_job("twice")
    await filled.write(update_draft, of.id, replace(of.draft, flink="1.20"), 1)
    changed = (await filled.read(load_rows, [of.id]))[of.id]
    assert (changed.draft_differs, changed.flink) == (True, "1.20")
    again = make_version(4, of, content=replace(of.draft, flink="1.20"))
    await filled.write(insert_version, again)
    assert not (await filled.read(load_rows, [of.id]))[of.id].draft_differs


FILTERS = [
    pytest.param(Filter(), ["Ended", "batch_x", "fresh", "ill", "twice"], id="all"),
    pytest.param(Filter(text="E"), ["Ended", "fresh", "twice"], id="part of a name"),
    pytest.param(Filter(text="_"), ["batch_x"], id="no wildcard"),
    pytest.param(Filter(text="%"), [], id="no other wildcard"),
    pytest.param(Filter(phases=frozenset({"never"})), ["fresh"], id="never ran"),
    pytest.param(Filter(phases=frozenset({"running"})), ["ill", "twice"], id="phase"),
    pytest.param(Filter(phases=frozenset({"failed"})), [], id="of the newest run only"),
    pytest.param(
        Filter(phases=frozenset({"never", "stopped"})), ["Ended", "fresh"], id="one of two"
    ),
    pytest.param(Filter(healths=frozenset({"degraded"})), ["ill"], id="health of live ones only"),
    pytest.param(Filter(mode="batch"), ["batch_x"], id="mode"),
    pytest.param(Filter(kind="jar"), ["ill"], id="JARs"),
    pytest.param(
        Filter(kind="sql", mode="streaming", text="e"),
        ["Ended", "fresh", "twice"],
        id="all at once",
    ),
]


@pytest.mark.parametrize(("wanted", "found"), FILTERS)
async def test_filter(filled, wanted, found):
    assert await names(filled, wanted) == found
    total, counts = await filled.read(count_rows, SHOP.id, wanted)
    assert total == len(found)
    assert counts == {"never": 1, "running": 2, "stopped": 1, "finished": 1}


async def test_pages_by_name(filled):
    assert await names(filled, Filter(), None, 2) == ["Ended", "batch_x"]
    assert await names(filled, Filter(), "batch_x", 2) == ["fresh", "ill"]
    assert await names(filled, Filter(), "twice") == []


async def test_deleted_job_is_in_no_list(filled):
    await filled.write(delete_job, make_job("ill"), NOW)
    assert "ill" not in await names(filled, Filter())
    assert (await filled.read(count_rows, SHOP.id, Filter()))[0] == 4
    assert await filled.read(load_rows, [make_job("ill").id, JobId("none")]) == {}
