"""Projects, jobs, drafts and versions, on both databases."""

import asyncio
from dataclasses import replace

import pytest

from rheostat.errors import Conflict, NotFound, Stale
from rheostat.model.ids import JobId, ProjectId
from rheostat.model.job import (
    Content,
    GuardPolicy,
    Jar,
    Mode,
    Policies,
    Resources,
    UnseenBatch,
)
from rheostat.store import job as jobs
from rheostat.store import project as projects
from rheostat.store.database import open_database
from tests.unit.store.nouns import hex_id, later, make_job, make_project, make_version

RICH = Content(
    sql="-- größer 😀 \u2028\nSELECT '\\u0000', '\x1f';",
    flink_configuration={"a.b": "", "": "x y", "ü": "\\"},
    flink="1.20",
    guard=GuardPolicy.HOLD,
    jar=Jar(artifact="ab" * 32, name="größe.jar", size_bytes=2**33, main="a.B", args=("", "x y")),
    resources=Resources(
        parallelism=4,
        slots=2,
        jobmanager_memory="1g",
        taskmanager_memory="1728 mb",
        jobmanager_cpu=0.1,
        taskmanager_cpu=2.0,
    ),
    policies=Policies(
        unseen_batch=UnseenBatch.RERUN, resume_failed=3, max_rewind_s=0, is_stateless=True
    ),
)


async def test_project_comes_back(db):
    new = make_project()
    await db.write(projects.insert_project, new)
    assert await db.read(projects.load_project, "shop") == new


async def test_project_name_is_taken_once(db):
    await db.write(projects.insert_project, make_project())
    with pytest.raises(Conflict, match="project shop already"):
        await db.write(projects.insert_project, make_project(id=ProjectId("other")))


async def test_unknown_project_is_not_found(db):
    with pytest.raises(NotFound, match="no project shop"):
        await db.read(projects.load_project, "shop")


async def test_projects_come_by_name_and_page(db):
    for name in ("b", "a", "d", "c"):
        await db.write(projects.insert_project, make_project(name))
    assert [each.name for each in await db.read(projects.list_projects, None, 2)] == ["a", "b"]
    assert [each.name for each in await db.read(projects.list_projects, "b", 9)] == ["c", "d"]


async def test_names_sort_alike_on_both(db):
    for name in ("b", "B", "a-b", "a.b", "ab", "a_b", "a1"):
        await db.write(projects.insert_project, make_project(name))
    found = [each.name for each in await db.read(projects.list_projects, None, 9)]
    assert found == ["B", "a-b", "a.b", "a1", "a_b", "ab", "b"]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="plain"),
        pytest.param({"mode": Mode.BATCH, "draft": RICH, "revision": 7}, id="every field"),
    ],
)
async def test_job_comes_back(db, changes):
    new = make_job(**changes)
    await db.write(projects.insert_project, new.project)
    await db.write(jobs.insert_job, new)
    assert await db.read(jobs.load_job, "shop", "orders") == new
    assert await db.read(jobs.load_job_by_id, new.id) == new


async def test_job_name_is_taken_once_in_a_project(db):
    first, other = make_job(), make_project("other")
    await db.write(projects.insert_project, first.project)
    await db.write(projects.insert_project, other)
    await db.write(jobs.insert_job, first)
    with pytest.raises(Conflict, match="has a job orders already"):
        await db.write(jobs.insert_job, make_job(id=JobId("2")))
    await db.write(jobs.insert_job, make_job(id=JobId("2"), project=other))
    assert (await db.read(jobs.load_job, "other", "orders")).id == "2"


@pytest.mark.parametrize(
    ("project", "name"), [("shop", "none"), ("none", "orders")], ids=["no job", "no project"]
)
async def test_unknown_job_is_not_found(db, project, name):
    await db.write(projects.insert_project, make_project())
    await db.write(jobs.insert_job, make_job())
    with pytest.raises(NotFound, match=f"there is no job {name} in project {project}"):
        await db.read(jobs.load_job, project, name)


async def test_draft_is_changed_once_per_revision(db):
    of = make_job()
    await db.write(projects.insert_project, of.project)
    await db.write(jobs.insert_job, of)
    assert await db.write(jobs.update_draft, of.id, RICH, 1) == 2
    with pytest.raises(Stale):
        await db.write(jobs.update_draft, of.id, of.draft, 1)
    assert await db.read(jobs.load_job, "shop", "orders") == replace(of, draft=RICH, revision=2)


async def test_of_many_who_change_a_draft_at_once_one_wins(db, url):
    of = make_job()
    await db.write(projects.insert_project, of.project)
    await db.write(jobs.insert_job, of)
    other = open_database(url)
    try:
        changes = [one.write(jobs.update_draft, of.id, RICH, 1) for one in (db, other) * 4]
        done = await asyncio.gather(*changes, return_exceptions=True)
    finally:
        await other.close()
    assert done.count(2) == 1
    assert sum(isinstance(each, Stale) for each in done) == 7


async def test_of_many_who_take_a_name_at_once_one_wins(db, url):
    other = open_database(url)
    try:
        news = [make_project(id=ProjectId(hex_id(str(number)))) for number in range(8)]
        done = await asyncio.gather(
            *(
                one.write(projects.insert_project, each)
                for one, each in zip((db, other) * 4, news, strict=True)
            ),
            return_exceptions=True,
        )
    finally:
        await other.close()
    assert done.count(None) == 1
    assert sum(isinstance(each, Conflict) for each in done) == 7


async def test_of_many_who_take_a_job_name_at_once_one_wins(db, url):
    await db.write(projects.insert_project, make_project())
    other = open_database(url)
    try:
        news = [make_job(id=JobId(hex_id(str(number)))) for number in range(8)]
        done = await asyncio.gather(
            *(
                one.write(jobs.insert_job, each)
                for one, each in zip((db, other) * 4, news, strict=True)
            ),
            return_exceptions=True,
        )
    finally:
        await other.close()
    assert done.count(None) == 1
    assert sum(isinstance(each, Conflict) for each in done) == 7


async def test_versions_come_back_newest_first(db):
    of = make_job()
    await db.write(projects.insert_project, of.project)
    await db.write(jobs.insert_job, of)
    assert await db.read(jobs.find_newest_version, of.id) is None
    made = [make_version(number, content=RICH) for number in range(1, 12)]
    for each in made:
        await db.write(jobs.insert_version, each)
    assert await db.read(jobs.find_newest_version, of.id) == made[-1]
    assert await db.read(jobs.load_version, of.id, 10) == made[9]
    assert await db.read(jobs.list_versions, of.id, None, 2) == [made[10], made[9]]
    assert await db.read(jobs.list_versions, of.id, 3, 9) == [made[1], made[0]]
    with pytest.raises(NotFound, match="no version 12"):
        await db.read(jobs.load_version, of.id, 12)


async def test_instants_keep_microseconds(db):
    new = make_project(created_at=later(0.000_001))
    await db.write(projects.insert_project, new)
    found = await db.read(projects.load_project, "shop")
    assert found.created_at.microsecond == 123_458
    assert found.created_at.utcoffset().total_seconds() == 0
