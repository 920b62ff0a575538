"""What agents push: taken in once, whatever its order and whatever it holds."""

import copy
import itertools

import pytest

from rheostat.core.pushed import hear
from rheostat.core.token import attempt_token
from rheostat.errors import Gone, Invalid, Unauthenticated
from rheostat.model.observation import Looked
from rheostat.model.run import JobEnd, Stage
from rheostat.service.ingest import FIELD_LIMIT, check_token, take_in
from rheostat.service.run import list_events, show_run
from rheostat.store.attempt import load_observed
from rheostat.store.event import Part, list_pushes
from rheostat.wire.ingest import AgentEvents
from tests.unit.store.nouns import hex_id, later, make_family, plant

AT = "2026-03-01T12:00:00.123457Z"
NOW = later(100)


def event(seq, kind="status", **fields):
    return {"seq": seq, "kind": kind, "at": AT, **fields}


def push(conn, of, *events, incarnation="i", now=NOW):
    body = AgentEvents(attempt=of.attempt.id, incarnation=incarnation, events=list(events))
    return take_in(conn, body, now)


def history(conn):
    return list_events(conn, ("shop", "orders"), "latest", Part(limit=1000)).items


@pytest.fixture
def live(conn):
    return plant(conn)


def test_an_empty_batch_is_a_sign_of_life_and_no_news(conn, live):
    push(conn, live, event(1, "hello", beat_ms=10_000))
    answer, run_id = push(conn, live, now=later(130))
    assert (answer.acknowledged, run_id) == (0, None)
    pushed = load_observed(conn, live.attempt.id).pushed
    assert pushed.look.ok_at == later(130)
    assert hear(pushed, later(150)).looked is Looked.OK
    silent = hear(pushed, later(170))
    assert (silent.looked, silent.ok_at, silent.at) == (Looked.FAILED, later(130), later(170))
    assert silent.why == "no sign of life for 40 s"
    assert [each.code for each in history(conn)] == ["hello"]


LIFE = (
    event(1, "hello"),
    event(2, "compiled", ms=12.5),
    event(3, "submitted"),
    event(4, "status", old="CREATED", new="RUNNING"),
    event(5, "metric", x=1),
    event(6, "outcome", status="FINISHED"),
    event(7, "bye"),
)


def test_life_of_an_agent_is_told_and_folded(conn, live):
    answer, run_id = push(conn, live, *LIFE)
    assert (answer.acknowledged, run_id) == (7, live.run.id)
    told = [each.code for each in history(conn)]
    assert told == ["hello", "compiled", "submitted", "status", "outcome", "bye"]
    assert history(conn)[1].duration_ms == pytest.approx(12.5)
    assert history(conn)[3].text == "Flink's job status: CREATED → RUNNING"
    pushed = load_observed(conn, live.attempt.id).pushed
    assert (pushed.hello, pushed.submitted, pushed.status) == (True, True, "RUNNING")
    assert pushed.outcome is not None
    assert pushed.outcome.status is JobEnd.FINISHED
    assert pushed.look.ok_at == NOW


def test_replay_changes_nothing(conn, live):
    push(conn, live, *LIFE)
    before = load_observed(conn, live.attempt.id), history(conn)
    answer, _ = push(conn, live, *LIFE, now=later(200))
    assert answer.acknowledged == 7
    assert (load_observed(conn, live.attempt.id), history(conn)) == before


@pytest.mark.parametrize("order", list(itertools.permutations(range(3)))[1:], ids=str)
def test_order_within_a_batch_does_not_matter(conn, live, order):
    batch = [event(n + 1, new=word) for n, word in enumerate(("CREATED", "RUNNING", "FAILING"))]
    push(conn, live, *(batch[place] for place in order))
    assert load_observed(conn, live.attempt.id).pushed.status == "FAILING"
    assert [each.fields["new"] for each in history(conn)] == ["CREATED", "RUNNING", "FAILING"]


def test_half_a_replay_keeps_what_is_new(conn, live):
    push(conn, live, *LIFE[:3])
    push(conn, live, *LIFE[1:5])
    assert [each["seq"] for each in list_pushes(conn, live.attempt.id)] == [1, 2, 3, 4, 5]
    assert len(history(conn)) == 4


def test_older_incarnation_changes_nothing_any_more(conn, live):
    push(conn, live, *LIFE[:4])
    push(conn, live, event(1, "hello"), incarnation="j", now=later(101))
    push(conn, live, event(9, "outcome", status="FAILED"), now=later(102))
    pushed = load_observed(conn, live.attempt.id).pushed
    assert (pushed.incarnation, pushed.status, pushed.outcome) == ("j", None, None)


def test_first_outcome_stays(conn, live):
    push(conn, live, event(1, "outcome", status="FAILED", message="x", line=3, column=True))
    push(conn, live, event(2, "outcome", status="FINISHED"))
    outcome = load_observed(conn, live.attempt.id).pushed.outcome
    assert outcome is not None
    assert (outcome.status, outcome.message, outcome.line, outcome.column) == (
        JobEnd.FAILED, "x", 3, None,
    )  # fmt: skip


def test_empty_batch_is_a_question(conn, live):
    assert push(conn, live)[0].acknowledged == 0
    assert history(conn) == []


def test_attempt_that_has_ended_is_gone(conn):
    of = plant(conn, make_family(attempt={"stage": Stage.GONE}))
    with pytest.raises(Gone):
        push(conn, of, event(1))
    assert list_pushes(conn, of.attempt.id) == []


def test_attempt_that_never_was_is_gone(conn, live):
    with pytest.raises(Gone):
        push(conn, make_family(number=2), event(1))


@pytest.mark.parametrize("stage", [each for each in Stage if each is not Stage.GONE])
def test_attempt_may_speak_until_its_end(conn, stage):
    of = plant(conn, make_family(attempt={"stage": stage}))
    assert push(conn, of, event(1))[0].acknowledged == 1


TOKEN = attempt_token(b"key", hex_id("a"))
FORGED = {
    "another attempt's": attempt_token(b"key", hex_id("b")),
    "another installation's": attempt_token(b"other", hex_id("a")),
    "empty": "",
    "in capitals": TOKEN.upper(),
    "cut": TOKEN[:-1],
    "with more": TOKEN + "0",
    "not ASCII": "ü" * 64,
}


@pytest.mark.parametrize("given", FORGED.values(), ids=FORGED.keys())
def test_forged_token_is_refused(given):
    check_token(TOKEN, TOKEN)
    with pytest.raises(Unauthenticated) as caught:
        check_token(TOKEN, given)
    assert TOKEN not in str(caught.value)


BAD = [
    *[pytest.param("seq", value, id=f"seq {value!r}") for value in (0, -1, 2**53, True, "1", 1.5)],
    pytest.param("seq", None, id="no seq"),
    *[
        pytest.param("kind", value, id=f"kind {str(value)[:20]!r}")
        for value in ("", "a b", "a-b", "1a", 7, None, "k" * 41, "a\x00")
    ],
    *[
        pytest.param("at", value, id=f"at {value!r}")
        for value in (
            "", "yesterday", "2026-03-01T12:00:00", 1, None, "2026-13-01T00:00:00Z",
            "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999Z",
        )
    ],
]  # fmt: skip


@pytest.mark.parametrize(("key", "value"), BAD)
def test_event_without_its_shape_refuses_the_whole_batch(conn, live, key, value):
    bad = {**event(2), key: value}
    if value is None:
        del bad[key]
    with pytest.raises(Invalid) as caught:
        push(conn, live, event(1), bad)
    assert [each.where for each in caught.value.problems] == [f"events[1].{key}"]
    assert list_pushes(conn, live.attempt.id) == []


def test_texts_are_cut_and_lose_their_nul(conn, live):
    huge = "ü\x00" * 100_000
    push(conn, live, event(1, "failed", message=huge, **{"k\x00" * 100: 1}))
    (row,) = list_pushes(conn, live.attempt.id)
    assert row["body"]["message"] == ("ü\ufffd" * FIELD_LIMIT)[:FIELD_LIMIT]
    assert "\x00" not in repr(row["body"]) + repr(history(conn))
    assert all(len(key) <= 80 for key in row["body"])


def test_nested_values_are_left_out_and_the_body_is_not_changed(conn, live):
    sent = event(1, "hello", a={"b": 1}, c=[1], d=None, e=True, f=0.5)
    kept = copy.deepcopy(sent)
    push(conn, live, sent)
    assert sent == kept
    assert history(conn)[0].fields == {"d": None, "e": True, "f": 0.5}


@pytest.mark.parametrize(
    "ms", [10**400, -(10**400), 1e300, True, "7", None], ids=lambda m: str(m)[:9]
)
def test_duration_that_is_none_is_left_out(conn, live, ms):
    push(conn, live, event(1, "compiled", ms=ms))
    assert history(conn)[0].duration_ms is None


def test_whatever_an_agent_says_the_run_can_be_shown(conn, live):
    odd = dict.fromkeys(("status", "new", "old", "message", "line", "code", "cause"), 10**400)
    push(conn, live, event(1, "status", **odd), event(2, "outcome", **{**odd, "status": "FAILED"}))
    push(conn, live, event(3, "failed", message="{0} {actor.__class__} {", actor="x", text="y"))
    view = show_run(conn, "shop", "orders", "latest", NOW)
    assert view.evidence[0].value == "FAILED"
    assert "{0}" in history(conn)[-1].text
