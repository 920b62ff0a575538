"""Artifacts over HTTP: uploaded as they are, told, and used by jobs of their project."""

import pytest

from rheostat.local import artifact
from tests.jars import digest_of, make_jar
from tests.unit.api.conftest import BASE, SECRET
from tests.unit.store.nouns import hex_id

JAR = make_jar()
DIGEST = digest_of(JAR)


@pytest.fixture
def upload(site):
    async def send(data=JAR, name="orders.jar", project="shop", **given):
        await site.ask("POST", "projects", {"name": "shop"})
        return await site.ask(
            "POST", f"projects/{project}/artifacts", params={"name": name}, content=data, **given
        )

    return send


async def test_jar_is_uploaded_once(site, upload):
    answer = await upload()
    assert answer.status_code == 201
    view = answer.json()
    assert {**view, "created_at": ""} == {
        "digest": DIGEST,
        "name": "orders.jar",
        "size_bytes": len(JAR),
        "main": "demo.Main",
        "created_at": "",
        "created_by": "ann",
    }
    again = await upload(name="renamed.jar")
    assert (again.status_code, again.json()) == (200, view)
    found = await site.ask("GET", f"projects/shop/artifacts/{DIGEST}")
    assert (found.status_code, found.json()) == (200, view)


async def test_artifacts_page_newest_first(site, upload):
    made = [
        (await upload(make_jar(main=f"M{number}"), f"{number}.jar")).json() for number in range(3)
    ]
    first = (await site.ask("GET", "projects/shop/artifacts?limit=2")).json()
    assert first == {"items": [made[2], made[1]], "next": made[1]["digest"]}
    after = first["next"]
    last = (await site.ask("GET", f"projects/shop/artifacts?limit=2&after={after}")).json()
    assert last == {"items": [made[0]], "next": None}


async def test_artifact_belongs_to_its_project(site, upload):
    await upload()
    await site.ask("POST", "projects", {"name": "other"})
    answer = await site.ask("GET", f"projects/other/artifacts/{DIGEST}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await site.ask("GET", "projects/other/artifacts")).json()["items"] == []
    answer = await upload(project="other")
    assert answer.status_code == 201


REFUSED = [
    pytest.param({"data": b"no JAR"}, 422, "not_a_jar", id="no JAR"),
    pytest.param({"data": b""}, 422, "not_a_jar", id="nothing"),
    pytest.param({"data": make_jar({"../x": b""})}, 422, "jar_unsafe", id="unsafe"),
    pytest.param({"project": "none"}, 404, "not_found", id="no project"),
    pytest.param({"name": "a/b.jar"}, 422, "invalid", id="a path as name"),
    pytest.param({"name": ""}, 422, "invalid", id="no name"),
    pytest.param({"name": "a\nb"}, 422, "invalid", id="a line break in the name"),
    pytest.param({"token": None}, 401, "unauthenticated", id="no token"),
]


@pytest.mark.parametrize(("given", "status", "code"), REFUSED)
async def test_refused_upload_leaves_nothing(site, upload, tmp_path, given, status, code):
    answer = await upload(**given)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert list((tmp_path / "artifacts").iterdir()) == []
    assert (await site.ask("GET", "projects/shop/artifacts")).json()["items"] == []


async def test_too_large_upload_is_refused(upload, monkeypatch):
    monkeypatch.setattr(artifact, "LIMIT_BYTES", 100)
    answer = await upload()
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_what_is_announced_too_large_is_refused_before_it_is_read(upload):
    async def never():
        raise AssertionError("nothing of it is read")
        yield b""

    answer = await upload(never(), headers={"Content-Length": str(512 * 1024**2 + 1)})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_body_may_be_larger_than_that_of_other_routes(upload):
    answer = await upload(make_jar({"data": bytes(range(256)) * 65_536}, compression=0))
    assert answer.status_code == 201
    assert answer.json()["size_bytes"] > 16 * 1024**2


async def test_body_that_is_sent_in_pieces_is_put_together(site, upload):
    await upload(b"")

    async def pieces():
        for at in range(0, len(JAR), 10):
            yield JAR[at : at + 10]

    answer = await site.client.post(
        f"{BASE}/projects/shop/artifacts?name=x.jar",
        content=pieces(),
        headers={"Authorization": f"Bearer {SECRET}"},
    )
    assert (answer.status_code, answer.json()["digest"]) == (201, DIGEST)


async def test_job_of_a_jar_is_made_edited_and_published(site, upload):
    await upload()
    body = {"name": "orders", "jar": {"artifact": DIGEST, "args": ["a"]}, "resources": {"slots": 2}}
    made = await site.ask("POST", "projects/shop/jobs", body)
    assert made.status_code == 201
    assert (made.json()["kind"], made.json()["draft"]["jar"]["name"]) == ("jar", "orders.jar")
    published = await site.ask("POST", "projects/shop/jobs/orders/versions")
    assert published.status_code == 201
    assert published.json()["content"]["resources"]["slots"] == 2
    change = {"policies": {"resume_failed": 11}}
    answer = await site.ask(
        "PATCH", "projects/shop/jobs/orders/draft", change, headers={"If-Match": '"1"'}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    other = {"jar": {"artifact": hex_id("x") * 2}}
    answer = await site.ask(
        "PATCH", "projects/shop/jobs/orders/draft", other, headers={"If-Match": '"1"'}
    )
    assert [each["where"] for each in answer.json()["errors"]] == ["jar.artifact"]
