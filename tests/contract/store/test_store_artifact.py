"""Artifacts, on both databases."""

import asyncio

import pytest

from rheostat.errors import NotFound
from rheostat.model.ids import ProjectId
from rheostat.model.job import Artifact
from rheostat.store import artifact as artifacts
from rheostat.store import project as projects
from rheostat.store.database import open_database
from tests.unit.store.nouns import hex_id, later, make_project

SHOP, OTHER = make_project(), make_project("other", id=ProjectId(hex_id("other")))


def make(word, at=0.0, **changes):
    fields = {
        "project_id": SHOP.id,
        "digest": hex_id(word) * 2,
        "name": f"größe {word}.jar",
        "size_bytes": 2**33,
        "main": None,
        "created_at": later(at),
        "created_by": "ann",
    }
    return Artifact(**{**fields, **changes})


@pytest.fixture
async def shop(db):
    await db.write(projects.insert_project, SHOP)
    await db.write(projects.insert_project, OTHER)
    return db


@pytest.mark.parametrize("main", [None, "demo.Main"])
async def test_artifact_comes_back(shop, main):
    new = make("a", main=main)
    assert await shop.write(artifacts.save_artifact, new) is True
    assert await shop.read(artifacts.load_artifact, SHOP, new.digest) == new
    assert await shop.read(artifacts.find_artifact, OTHER, new.digest) is None
    with pytest.raises(NotFound, match="project other has no artifact"):
        await shop.read(artifacts.load_artifact, OTHER, new.digest)


async def test_same_digest_is_one_artifact_of_a_project(shop):
    first = make("a")
    assert await shop.write(artifacts.save_artifact, first) is True
    assert await shop.write(artifacts.save_artifact, make("a", 9, name="other.jar")) is False
    assert await shop.read(artifacts.load_artifact, SHOP, first.digest) == first
    assert await shop.write(artifacts.save_artifact, make("a", project_id=OTHER.id)) is True


async def test_of_many_who_upload_the_same_at_once_one_is_first(shop, url):
    other = open_database(url)
    try:
        done = await asyncio.gather(
            *(one.write(artifacts.save_artifact, make("a")) for one in (shop, other) * 4)
        )
    finally:
        await other.close()
    assert sorted(done) == [False] * 7 + [True]


async def test_artifacts_come_newest_first_and_page(shop):
    made = [make(word, at) for word, at in (("a", 1), ("b", 2), ("c", 2), ("d", 3))]
    for each in (*made, make("e", project_id=OTHER.id)):
        await shop.write(artifacts.save_artifact, each)
    wanted = sorted(made, key=lambda each: (each.created_at, each.digest), reverse=True)
    assert await shop.read(artifacts.list_artifacts, SHOP, None, 9) == wanted
    for number, each in enumerate(wanted):
        rest = await shop.read(artifacts.list_artifacts, SHOP, each.digest, 9)
        assert rest == wanted[number + 1 :]
    with pytest.raises(NotFound):
        await shop.read(artifacts.list_artifacts, SHOP, hex_id("none") * 2, 9)
