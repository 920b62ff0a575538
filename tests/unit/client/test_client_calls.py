"""What the SDK sends, and what it makes of the answers."""

import datetime as dt
import json

import httpx2
import pytest

from rheostat.client import Client, RunKey
from rheostat.errors import Broken, CannotLook, Invalid
from rheostat.model.job import Content, GuardPolicy
from rheostat.service.view import content_view
from rheostat.wire.access import MeView, SignInLinkView
from rheostat.wire.common import Page
from rheostat.wire.job import DraftBody, JobBody, JobView, ProjectView, VersionView
from rheostat.wire.log import LogView
from rheostat.wire.plan import PlanView, RestartBody, StartBody
from rheostat.wire.run import ActionView, EventView

AT = dt.datetime(2026, 8, 1, 12, tzinfo=dt.UTC)
CONTENT = content_view(Content(sql="SELECT 1", guard=GuardPolicy.HOLD))
JOB = JobView(
    id="1", name="orders", project="shop", kind="sql", mode="streaming", draft=CONTENT, revision=7,
    version=None, phase=None, health=None, run=None, created_at=AT,
)  # fmt: skip
PLAN = PlanView(
    action="start",
    job="orders",
    version=1,
    restore=None,
    steps=[],
    changes=[],
    warnings=[],
    hash="x",
)
ACTION = ActionView(plan=PLAN, run=None, applied=True)


def project(name: str) -> ProjectView:
    return ProjectView(id=name, name=name, created_at=AT)


def test_token_and_path(client, wire):
    wire.answer(MeView(name="ann", role="admin"))
    assert client.me().name == "ann"
    (request,) = wire.requests
    assert str(request.url) == "http://host:1/api/v1/me"
    assert request.headers["authorization"] == "Bearer secret"


def test_pages_are_one_iterator_and_fetched_when_needed(client, wire):
    wire.answer(Page(items=[project("a"), project("b")], next="k&1"))
    wire.answer(Page(items=[project("c")]))
    views = client.projects.list(limit=2)
    assert next(views).name == "a"
    assert len(wire.requests) == 1
    assert [view.name for view in views] == ["b", "c"]
    assert wire.requests[1].url.params["after"] == "k&1"
    assert wire.requests[1].url.params["limit"] == "2"


def test_create_encodes_the_wire_body(client, wire):
    wire.answer(JOB, 201)
    view = client.jobs.create("shop", JobBody(name="orders", sql="SELECT 1"))
    assert view == JOB
    assert b'"sql":"SELECT 1"' in wire.requests[0].content
    assert wire.requests[0].headers["content-type"] == "application/json"


def test_edit_sends_only_what_changes_and_the_revision(client, wire):
    wire.answer(JOB)
    client.jobs.edit("shop", "orders", DraftBody(flink="1.20"), revision=7)
    assert wire.requests[0].content == b'{"flink":"1.20"}'
    assert wire.requests[0].headers["if-match"] == '"7"'


def test_publish_has_no_body(client, wire):
    wire.answer(
        VersionView(number=1, digest="d", content=CONTENT, created_at=AT, created_by="ann"), 201
    )
    assert client.jobs.publish("shop", "orders").number == 1
    assert wire.requests[0].content == b""


def test_start_has_a_key_of_its_own(client, wire):
    wire.answer(ACTION)
    wire.answer(ACTION)
    client.jobs.start("shop", "orders", StartBody(from_="empty"))
    client.jobs.start("shop", "orders", dry_run=True)
    one, two = wire.requests
    assert json.loads(one.content) == {
        "from": "empty", "version": None, "allow_dropped": False, "plan": None,
    }  # fmt: skip
    assert len(one.headers["idempotency-key"]) == 32
    assert one.headers["idempotency-key"] != two.headers["idempotency-key"]
    assert (one.url.params["dry_run"], two.url.params["dry_run"]) == ("false", "true")


SENT = [
    pytest.param("stop", {}, {"drain": False, "format": "canonical", "plan": None}, id="stop"),
    pytest.param(
        "stop",
        {"drain": True, "format": "native", "plan": "abc"},
        {"drain": True, "format": "native", "plan": "abc"},
        id="drain",
    ),
    pytest.param("cancel", {"plan": "abc"}, {"plan": "abc"}, id="cancel"),
    pytest.param("savepoint", {}, {"format": "canonical", "plan": None}, id="savepoint"),
    pytest.param(
        "savepoint", {"format": "native"}, {"format": "native", "plan": None}, id="native"
    ),
]


@pytest.mark.parametrize(("verb", "given", "sent"), SENT)
def test_what_is_done_to_a_live_run(client, wire, verb, given, sent):
    wire.answer(ACTION)
    getattr(client.jobs, verb)("shop", "orders", **given)
    assert wire.requests[0].url.path == f"/api/v1/projects/shop/jobs/orders/{verb}"
    assert wire.requests[0].url.params["dry_run"] == "false"
    assert json.loads(wire.requests[0].content) == sent


def test_restart(client, wire):
    wire.answer(ACTION)
    wire.answer(ACTION)
    client.jobs.restart("shop", "orders", RestartBody(version=2, from_="newest", plan="abc"))
    client.jobs.restart("shop", "orders", dry_run=True)
    one, two = wire.requests
    assert one.url.path == "/api/v1/projects/shop/jobs/orders/restart"
    rest = {"format": "canonical", "allow_dropped": False}
    assert json.loads(one.content) == {"version": 2, "from": "newest", **rest, "plan": "abc"}
    assert json.loads(two.content) == {"version": None, "from": "savepoint", **rest, "plan": None}
    assert (one.url.params["dry_run"], two.url.params["dry_run"]) == ("false", "true")


def test_delete_says_its_plan_in_the_query(client, wire):
    wire.answer(ACTION)
    wire.answer(ACTION)
    client.jobs.delete("shop", "orders", dry_run=True)
    client.jobs.delete("shop", "orders", plan="abc")
    one, two = wire.requests
    assert (one.method, one.url.path) == ("DELETE", "/api/v1/projects/shop/jobs/orders")
    assert (one.content, two.content) == (b"", b"")
    assert dict(one.url.params) == {"dry_run": "true"}
    assert dict(two.url.params) == {"dry_run": "false", "plan": "abc"}


def test_a_sign_in_link(client, wire):
    wire.answer(SignInLinkView(path="/signin?code=c", expires_at=AT), 201)
    assert client.sign_in_link().path == "/signin?code=c"
    (request,) = wire.requests
    assert (request.method, request.url.path) == ("POST", "/api/v1/session/links")
    assert client.url == "http://host:1"


def test_names_are_quoted_whole(client, wire):
    wire.answer(
        LogView(
            attempt=1,
            name="a/b",
            size_bytes=0,
            offset=0,
            next_offset=0,
            truncated=False,
            rolled=False,
            file="1",
            text="",
            live=False,
        )
    )
    client.logs.tail(RunKey("sh/op", "o?x", 3), 1, "a/b", 9)
    assert wire.requests[0].url.raw_path == (
        b"/api/v1/projects/sh%2Fop/jobs/o%3Fx/runs/3/logs/1/a%2Fb?tail_bytes=9"
    )


def test_events_after(client, wire):
    event = EventView(
        id=9, at=AT, run=1, attempt=None, kind="human", code="c", text="t", actor=None,
        duration_ms=None, fields={"n": 1},
    )  # fmt: skip
    wire.answer(Page(items=[event]))
    assert list(client.runs.events(RunKey("shop", "orders"), after=8)) == [event]
    assert wire.requests[0].url.path.endswith("/runs/latest/events")
    assert wire.requests[0].url.params["after"] == "8"


def test_a_lost_answer_to_a_start_is_asked_for_with_the_same_key(client, wire):
    wire.fail(httpx2.ReadError("reset"))
    wire.answer(ACTION)
    assert client.jobs.start("shop", "orders").applied
    one, two = wire.requests
    assert one.headers["idempotency-key"] == two.headers["idempotency-key"]


def test_a_lost_answer_to_a_stop_is_not_repeated(client, wire):
    wire.fail(httpx2.ReadError("reset"))
    with pytest.raises(CannotLook, match="reset"):
        client.jobs.stop("shop", "orders")
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("err", "message", "hint"),
    [
        (httpx2.ConnectError("refused"), "No server answers at http://host:1", "serve"),
        (httpx2.ConnectTimeout("slow"), "No server answers", "RHEOSTAT_URL"),
        (httpx2.ReadTimeout("slow"), "did not answer within 30 s", "look before"),
    ],
    ids=["refused", "no route", "slow"],
)
def test_no_answer_is_cannot_look(client, wire, err, message, hint):
    wire.fail(err)
    with pytest.raises(CannotLook, match=message) as raised:
        client.me()
    assert hint in (raised.value.hint or "")


def test_an_answer_that_is_no_wire_body_is_our_fault(client, wire):
    wire.answer({"name": 3})
    with pytest.raises(Broken, match="cannot be read"):
        client.me()


@pytest.mark.parametrize("url", ["", "host:1", "ftp://host", "http://"])
def test_a_url_that_is_none(url):
    with pytest.raises(Invalid, match="no http"):
        Client(url, "secret")


def test_a_token_that_no_header_carries_is_not_shown():
    with pytest.raises(Invalid) as raised:
        Client("http://host", "sec\nret")
    assert "sec" not in str(raised.value)


def test_a_refused_port_is_cannot_look():
    with Client("http://127.0.0.1:1", timeout_s=2) as client, pytest.raises(CannotLook):
        client.me()
