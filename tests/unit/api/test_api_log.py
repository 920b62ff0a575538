"""Logs over the API: by offset, followed, searched, downloaded; only names that are listed."""

import asyncio
import json
from dataclasses import replace

import pytest

from rheostat.api.routes_log import attachment
from rheostat.model.run import Stage
from rheostat.store.attempt import update_attempt

LOG = "projects/shop/jobs/orders/runs/1/logs/1/jobmanager.log"


@pytest.fixture
async def of(site):
    family = await site.plant()
    site.write_log(family, "jobmanager/jobmanager.log", b"one\ntwo ERROR\nthree\n")
    return family


async def end(site, of):
    await site.db.write(update_attempt, replace(of.attempt, stage=Stage.GONE))


async def test_a_reader_goes_on_where_it_was(site, of):
    first = (await site.ask("GET", f"{LOG}?offset=0&limit_bytes=16")).json()
    assert (first["text"], first["next_offset"], first["truncated"]) == (
        "one\ntwo ERROR\n",
        14,
        True,
    )
    path = f"{LOG}?offset={first['next_offset']}&file={first['file']}"
    rest = (await site.ask("GET", path)).json()
    assert (rest["text"], rest["next_offset"], rest["live"]) == ("three\n", 20, True)
    await end(site, of)
    again = (await site.ask("GET", path.replace("=14", "=20"))).json()
    assert (again["text"], again["live"], again["rolled"]) == ("", False, False)


@pytest.mark.parametrize(
    "query",
    [
        "offset=-1",
        "offset=x",
        "limit_bytes=1",
        "tail_bytes=0",
        "tail_bytes=9&offset=1",
        f"offset={2**64}",
    ],
)
async def test_a_part_that_there_cannot_be(site, of, query):
    assert (await site.ask("GET", f"{LOG}?{query}")).status_code == 422


@pytest.mark.parametrize(
    "name",
    [
        "none.log",
        "%2e%2e",
        "..%2f..%2fadmin-token",
        "%00",
        "jobmanager.log%00",
        "%F0%9F%98%80",
        "a" * 300,
    ],
)
@pytest.mark.parametrize("way", ["", "/download", "/search?q=x", "/follow"])
async def test_no_other_name_opens_anything(site, of, name, way):
    answer = await site.ask("GET", LOG.replace("jobmanager.log", name) + way)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_download_is_the_file_and_saved_not_shown(site, of):
    data = bytes(range(256)) * 3000
    site.write_log(of, "jobmanager/jobmanager.log", data)
    answer = await site.ask("GET", f"{LOG}/download")
    assert answer.content == data
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"1-jobmanager.log\"; filename*=UTF-8''1-jobmanager.log"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_name_of_any_letters_is_a_header():
    assert attachment('a"\r\nü.log') == (
        "attachment; filename=\"a____.log\"; filename*=UTF-8''a%22%0D%0A%C3%BC.log"
    )


async def test_search_pages(site, of):
    site.write_log(of, "jobmanager/jobmanager.log", b"".join(b"%d x\n" % n for n in range(1, 8)))
    seen, after = [], ""
    while True:
        page = (await site.ask("GET", f"{LOG}/search?q=X&limit=3{after}")).json()
        seen += [each["line"] for each in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == list(range(1, 8))
    for bad in ("q=", "q=x&after=1", "q=x&after=x.1", "q=x&after=9999999999999999999.1"):
        assert (await site.ask("GET", f"{LOG}/search?{bad}")).status_code == 422


async def test_following_tells_what_comes_and_ends_with_the_attempt(site, of):
    asking = asyncio.create_task(site.ask("GET", f"{LOG}/follow?offset=4"))
    await asyncio.sleep(0.3)
    path = site.runs_dir / of.attempt.id / "log" / "jobmanager" / "jobmanager.log"
    with path.open("ab") as log:
        log.write(b"four\n")
    await asyncio.sleep(1.2)
    path.rename(path.with_name("jobmanager.log.1"))
    path.write_bytes(b"five\n")
    await asyncio.sleep(1.2)
    await end(site, of)
    answer = await asking
    frames = [block.split("\n") for block in answer.text.split("\n\n") if block]
    lines = [
        json.loads(data.removeprefix("data: ")) for word, data in frames if word == "event: lines"
    ]
    assert "".join(each["text"] for each in lines) == "two ERROR\nthree\nfour\nfive\n"
    assert frames[-1] == ["event: end", "data: {}"]


async def test_following_ends_with_the_server(site, of):
    asking = asyncio.create_task(site.ask("GET", f"{LOG}/follow"))
    await asyncio.sleep(0.3)
    site.app.state.server.hub.close()
    async with asyncio.timeout(2):
        answer = await asking
    assert "three" in answer.text
    assert "event: end" not in answer.text
