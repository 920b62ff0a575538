"""The routes in the order in which people use them."""

from dataclasses import replace

import pytest

from rheostat.model.job import Mode
from rheostat.model.phase import Phase
from rheostat.model.run import Stage
from rheostat.store.run import close_open_intents, find_open_intent, insert_run, update_run
from rheostat.store.snapshot import save_snapshot
from tests.unit.store.nouns import (
    NOW,
    SQL,
    Family,
    make_family,
    make_job,
    make_run,
    make_snapshot,
)

ORDERS = "projects/shop/jobs/orders"


async def test_from_a_project_to_a_run(site):
    made = await site.ask("POST", "projects", {"name": "shop"})
    assert made.status_code == 201
    assert (await site.ask("POST", "projects", {"name": "shop"})).status_code == 409
    made = await site.ask("POST", "projects/shop/jobs", {"name": "orders", "sql": "SELEC"})
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    refused = await site.ask("POST", f"{ORDERS}/versions")
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert refused.json()["errors"]
    assert (await site.ask("POST", f"{ORDERS}/start", {})).json()["code"] == "conflict"
    edited = await site.ask("PATCH", f"{ORDERS}/draft", {"sql": SQL}, headers={"If-Match": '"1"'})
    assert (edited.status_code, edited.headers["etag"]) == (200, '"2"')
    published = await site.ask("POST", f"{ORDERS}/versions")
    assert (published.status_code, published.json()["number"]) == (201, 1)
    assert published.json()["created_by"] == "ann"
    assert (await site.ask("POST", f"{ORDERS}/versions")).json() == published.json()
    dry = await site.ask("POST", f"{ORDERS}/start?dry_run=true", {})
    assert (dry.status_code, dry.json()["applied"], site.woken) == (200, False, [])
    started = await site.ask("POST", f"{ORDERS}/start", {"from": "empty", "version": 1})
    assert started.json()["plan"]["restore"]["kind"] == "empty"
    run = started.json()["run"]
    assert site.woken == [run["id"]]
    shown = (await site.ask("GET", f"{ORDERS}/runs/latest")).json()
    assert (shown["phase"], shown["number"], shown["health"]) == ("queued", 1, "healthy")
    assert (await site.ask("GET", ORDERS)).json()["phase"] == "queued"
    events = (await site.ask("GET", f"{ORDERS}/runs/1/events")).json()["items"]
    assert [each["text"] for each in events] == ["a run was started by ann"]


async def test_engine_that_is_missing_is_told(site):
    await site.make_job()
    await site.ask("POST", f"{ORDERS}/versions")
    site.engines.clear()
    answer = await site.ask("POST", f"{ORDERS}/start", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "missing")
    assert answer.json()["hint"] == "run there: rheostat engine install 2.3"


async def test_one_key_one_run(site):
    await site.make_job()
    await site.ask("POST", f"{ORDERS}/versions")
    headers = {"Idempotency-Key": "k"}
    first = await site.ask("POST", f"{ORDERS}/start", {}, headers=headers)
    again = await site.ask("POST", f"{ORDERS}/start", {}, headers=headers)
    assert first.json()["run"]["id"] == again.json()["run"]["id"]
    other = await site.ask("POST", f"{ORDERS}/start", {"from": "empty"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    long = await site.ask("POST", f"{ORDERS}/start", {}, headers={"Idempotency-Key": "k" * 201})
    assert long.status_code == 422


@pytest.mark.parametrize("verb", ["stop", "cancel", "savepoint", "restart"])
async def test_one_key_one_wish(site, verb):
    of = await site.plant()
    headers = {"Idempotency-Key": "k"}
    first = await site.ask("POST", f"{ORDERS}/{verb}", {}, headers=headers)
    assert (first.status_code, first.json()["run"]["id"]) == (200, of.run.id)

    def finish(conn):
        close_open_intents(conn, of.run.id, NOW)
        if verb != "savepoint":
            update_run(conn, replace(of.run, phase=Phase.STOPPED, ended_at=NOW))
        if verb == "restart":
            insert_run(conn, make_run(2))

    await site.db.write(finish)
    again = await site.ask("POST", f"{ORDERS}/{verb}", {}, headers=headers)
    assert (again.status_code, again.json()["run"]["id"]) == (200, of.run.id)
    for run in (of.run.id, make_run(2).id):
        assert await site.db.read(find_open_intent, run) is None, "nothing was wished again"
    start = await site.ask("POST", f"{ORDERS}/start", {}, headers=headers)
    assert (start.status_code, start.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize("body", [None, {}], ids=["no body", "empty object"])
@pytest.mark.parametrize("verb", ["stop", "cancel"])
async def test_stop_and_cancel_need_no_body(site, verb, body):
    of = await site.plant()
    dry = await site.ask("POST", f"{ORDERS}/{verb}?dry_run=true", body)
    assert (dry.status_code, dry.json()["applied"], site.woken) == (200, False, [])
    answer = await site.ask("POST", f"{ORDERS}/{verb}", body)
    assert answer.status_code == 200
    assert answer.json()["run"]["intent"] == verb
    assert site.woken == [of.run.id]


@pytest.mark.parametrize("verb", ["stop", "cancel", "start"])
async def test_fields_that_we_do_not_know_are_refused(site, verb):
    await site.plant()
    answer = await site.ask("POST", f"{ORDERS}/{verb}", {"force": True})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"where": "body", "message": "Object contains unknown field `force`"}
    ]


async def test_batch_job_is_canceled_by_a_stop(site):
    job = make_job(mode=Mode.BATCH)
    await site.plant(Family(job=job, run=make_run(job=job)))
    answer = (await site.ask("POST", f"{ORDERS}/stop")).json()
    assert (answer["plan"]["action"], answer["run"]["intent"]) == ("cancel", "cancel")


TAGS = [
    pytest.param(None, 422, id="none"),
    pytest.param("", 422, id="empty"),
    pytest.param("*", 422, id="any"),
    pytest.param('W/"1"', 422, id="weak"),
    pytest.param('"x"', 422, id="word"),
    pytest.param('"' + "9" * 400 + '"', 422, id="huge"),
    pytest.param('"٣"', 422, id="another digit"),
    pytest.param('"0"', 412, id="older"),
    pytest.param('"2"', 412, id="newer"),
    pytest.param('"1"', 200, id="this"),
    pytest.param("1", 200, id="unquoted"),
]


@pytest.mark.parametrize(("tag", "status"), TAGS)
async def test_edit_names_the_draft_that_it_changes(site, tag, status):
    await site.make_job()
    headers = [] if tag is None else [("If-Match", tag.encode())]
    answer = await site.ask("PATCH", f"{ORDERS}/draft", {"sql": "x"}, headers=headers)
    assert answer.status_code == status, answer.text
    sql = (await site.ask("GET", ORDERS)).json()["draft"]["sql"]
    assert (sql == "x") == (status == 200)
    if status != 200:
        assert "If-Match" in answer.text or answer.json()["code"] == "stale"


async def test_name_of_another_project_is_not_found(site):
    await site.make_job()
    await site.ask("POST", "projects", {"name": "other"})
    for path in ("", "/runs/latest", "/versions", "/snapshots", "/runs"):
        answer = await site.ask("GET", f"projects/other/jobs/orders{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_logs_are_listed_and_read_from_their_end(site):
    of = await site.plant()
    site.write_log(of, "jobmanager/jobmanager.log", b"one\ntwo\n\xff\n")
    listed = (await site.ask("GET", f"{ORDERS}/runs/latest/logs")).json()
    (file,) = listed["items"]
    assert (file["attempt"], file["size_bytes"], file["live"]) == (1, 10, True)
    path = f"{ORDERS}/runs/latest/logs/1/{file['name']}"
    whole = (await site.ask("GET", path)).json()
    assert (whole["text"], whole["truncated"]) == ("one\ntwo\n\ufffd\n", False)
    tail = (await site.ask("GET", f"{path}?tail_bytes=6")).json()
    assert (tail["text"], tail["truncated"]) == ("two\n\ufffd\n", True)


async def test_attempt_that_left_no_logs(site):
    await site.plant(make_family(attempt={"stage": Stage.GONE}))
    assert (await site.ask("GET", f"{ORDERS}/runs/1/logs")).json()["items"] == []


ELSEWHERE = [
    *["%2e%2e", "..%2F..%2Frheostat.db", "%2e%2e%2f%2e%2e%2frheostat.db"],
    *[
        "..%5c..%5crheostat.db",
        "%2Fetc%2Fpasswd",
        "jobmanager.log%00",
        "jobmanager%2Fjobmanager.log",
    ],
    *["agent.properties", "permit.claimed", "...", "a" * 9_000, "%ff", "jobmanager.log%2F."],
]


@pytest.mark.parametrize("name", ELSEWHERE, ids=lambda name: name[:30])
async def test_only_listed_logs_are_read(site, name):
    of = await site.plant()
    site.write_log(of, "jobmanager/jobmanager.log", b"x")
    (site.runs_dir / of.attempt.id / "agent.properties").write_text("token=x")
    answer = await site.ask("GET", f"{ORDERS}/runs/1/logs/1/{name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_link_out_of_the_folder_is_no_log(site):
    of = await site.plant()
    site.write_log(of, "jobmanager/jobmanager.log", b"x")
    secret = site.runs_dir / "secret"
    secret.write_text("x")
    (site.runs_dir / of.attempt.id / "log/jobmanager/jobmanager.out").symlink_to(secret)
    names = [
        each["name"] for each in (await site.ask("GET", f"{ORDERS}/runs/1/logs")).json()["items"]
    ]
    assert names == ["jobmanager.log"]


async def test_snapshots_are_listed(site):
    of = await site.plant()
    for number in (1, 2):
        await site.db.write(save_snapshot, make_snapshot(number, of))
    first = (await site.ask("GET", f"{ORDERS}/snapshots?limit=1")).json()
    assert [each["checkpoint_id"] for each in first["items"]] == [2]
    rest = (await site.ask("GET", f"{ORDERS}/snapshots?after={first['next']}")).json()
    assert ([each["checkpoint_id"] for each in rest["items"]], rest["next"]) == ([1], None)


async def test_server_says_what_it_has(site):
    await site.plant()
    answer = (await site.ask("GET", "server")).json()
    assert answer["engines"] == ["2.3"]
    assert (answer["database"], answer["leader"]) == ("sqlite", True)
    assert (answer["runs_live"], answer["runs_limit"]) == (1, 3)


def pushed(of, *events):
    return {"attempt": of.attempt.id, "incarnation": "i", "events": list(events)}


HELLO = {"seq": 1, "kind": "hello", "at": "2026-03-01T12:00:00Z"}


async def test_agent_is_heard_once(site):
    of = await site.plant()
    for _ in range(2):
        answer = await site.ask(
            "POST", "/ingest/v1/events", pushed(of, HELLO), token=site.agent_token(of)
        )
        assert (answer.status_code, answer.json()) == (200, {"acknowledged": 1})
    assert set(site.woken) == {of.run.id}
    events = (await site.ask("GET", f"{ORDERS}/runs/1/events")).json()["items"]
    assert [each["code"] for each in events] == ["hello"]


async def test_agent_speaks_for_its_own_attempt_only(site):
    of = await site.plant()
    other = await site.plant(make_family("other"))
    for token in (site.agent_token(other), None):
        answer = await site.ask("POST", "/ingest/v1/events", pushed(of, HELLO), token=token)
        assert answer.status_code == 401
    admin = await site.ask("POST", "/ingest/v1/events", pushed(of, HELLO))
    assert admin.status_code == 401
    assert (await site.ask("GET", "me", token=site.agent_token(of))).status_code == 401
    assert site.woken == []


@pytest.mark.parametrize(
    "of",
    [make_family(attempt={"stage": Stage.GONE}), make_family(number=7)],
    ids=["ended", "never was"],
)
async def test_agent_of_no_live_attempt_falls_silent(site, of):
    if of.run.number == 1:
        await site.plant(of)
    answer = await site.ask(
        "POST", "/ingest/v1/events", pushed(of, HELLO), token=site.agent_token(of)
    )
    assert (answer.status_code, answer.json()["code"]) == (410, "gone")


DEEP = b'{"attempt": "%s", "incarnation": "i", "events": [{"a": ' % (b"a" * 32) + b"[" * 100_000
BAD = [
    pytest.param({"content": b""}, 422, id="nothing"),
    pytest.param({"content": b"{"}, 422, id="cut"),
    pytest.param({"content": b'{"attempt": "\xff"}'}, 400, id="not UTF-8"),
    pytest.param(
        {"content": DEEP},
        400, id="deep",
    ),
    pytest.param({"json": {"attempt": "x", "incarnation": "i", "events": []}}, 422, id="no id"),
    pytest.param({"json": {"attempt": "a" * 32, "events": []}}, 422, id="no incarnation"),
    pytest.param(
        {"json": {"attempt": "a" * 32, "incarnation": "\x00", "events": []}}, 422, id="NUL"
    ),
    pytest.param(
        {"json": {"attempt": "a" * 32, "incarnation": "i", "events": [{}] * 1001}}, 422,
        id="too many",
    ),
    pytest.param({"content": b" " * (1 << 20) + b"{}"}, 413, id="too large"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "status"), BAD)
async def test_what_is_no_batch_is_refused(site, given, status):
    of = await site.plant()
    answer = await site.ask("POST", "/ingest/v1/events", token=site.agent_token(of), **given)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
