"""Failures, root cause first, and the steps of a start; both from the stored history."""

import datetime as dt
import random

import msgspec
import pytest

from rheostat.core.failure import read_cause
from rheostat.flink.exceptions import Exceptions, as_failures
from rheostat.model.event import EventKind
from rheostat.model.phase import Phase
from rheostat.ports import Failure
from rheostat.service import history
from rheostat.store.attempt import insert_attempt
from rheostat.store.event import append_events
from rheostat.wire.history import ExceptionView
from tests.unit.store.nouns import NOW, later, make_attempt, make_event, make_family, plant

WHERE = ("shop", "orders")
TRACE = """\
java.util.concurrent.CompletionException: java.io.IOException: outer
\tat a.B.c(B.java:1)
\tSuppressed: x.Y: ignored
Caused by: java.io.IOException: outer
\tat a.B.d(B.java:2)
\t... 3 more
Caused by: java.nio.file.NoSuchFileException: /in/part 1
second line of the message
\tat a.B.e(B.java:3)
"""
AGENT = """\
java.nio.file.NoSuchFileException: /in
  at a.B.e(B.java:3)
wrapped by java.io.IOException: outer
wrapped by x.Runtime: java.io.IOException: outer"""


def test_java_says_the_root_last_and_we_first():
    cause = read_cause(TRACE)
    assert cause is not None
    assert cause.root == "java.nio.file.NoSuchFileException: /in/part 1"
    assert cause.chain.splitlines() == [
        "java.nio.file.NoSuchFileException: /in/part 1",
        "second line of the message",
        "java.io.IOException: outer",
    ]
    assert cause.stack == TRACE.strip()


def test_the_agent_says_the_root_first():
    cause = read_cause(AGENT)
    assert cause is not None
    assert cause.root == "java.nio.file.NoSuchFileException: /in"
    assert cause.chain.splitlines()[1:] == ["java.io.IOException: outer"]


@pytest.mark.parametrize("text", ["", "\n \n", "  "])
def test_nothing_said_is_no_cause(text):
    assert read_cause(text) is None


def tell(conn, code, seconds=0.0, attempt=1, /, **fields):
    kind = EventKind.ACTION if code.startswith("action") else EventKind.OBSERVATION
    ms = fields.pop("ms", None)
    one = make_event(
        code, at=later(seconds), kind=kind, attempt=attempt, fields=fields, duration_ms=ms
    )
    append_events(conn, [one])


def failures(conn, asked=(), after=0, limit=50):
    told = history.list_told(conn, WHERE, "latest")
    return history.page_exceptions(told, asked, after, limit)


def test_failures_of_the_history_newest_first(conn):
    plant(conn)
    tell(conn, "status", 1, old="CREATED", new="RUNNING")
    tell(conn, "status", 2, old="RUNNING", new="RESTARTING", cause=AGENT)
    tell(conn, "status", 60, old="RUNNING", new="FAILED", cause="x.Other: second")
    tell(conn, "outcome", 61, status="FAILED", cause="x.Other: second")
    tell(conn, "outcome_learnt", 62, status="FAILED", message="x.Other: second", source="pushed")
    tell(conn, "outcome_learnt", 90, status="CANCELED", message="by a person")
    second, first = failures(conn).items
    assert (first.root, first.at, first.source) == (
        "java.nio.file.NoSuchFileException: /in", later(2), "pushed",
    )  # fmt: skip
    assert (second.root, second.source, second.attempt) == ("x.Other: second", "pushed", 1)


def test_a_failure_before_the_job_is_there(conn):
    plant(conn)
    cause = "org.apache.flink.table.api.ValidationException: Object 'x' not found"
    tell(conn, "failed", 1, code="sql_invalid", message="Object 'x' not found", cause=cause, line=3)
    tell(conn, "outcome", 2, status="FAILED", message="Object 'x' not found", cause=cause)
    (one,) = failures(conn).items
    assert one.root == "Object 'x' not found"
    assert one.message.splitlines()[1] == cause


def test_what_the_jobmanager_says_adds_task_place_and_stack(conn):
    plant(conn)
    tell(
        conn, "status", 2, old="RUNNING", new="RESTARTING", cause=AGENT.replace("/in", "/in/part 1")
    )
    cause = read_cause(TRACE)
    assert cause is not None
    asked = [
        Failure(at=later(1.5), cause=cause, task="Source (1/2)", location="host:1"),
        Failure(at=later(-60), cause=cause, task="Source (2/2)"),
    ]
    one, other = failures(conn, asked).items
    assert (one.source, one.task, one.location, one.stack) == (
        "pushed", "Source (1/2)", "host:1", TRACE.strip(),
    )  # fmt: skip
    assert (other.source, other.task, other.at) == ("asked", "Source (2/2)", later(-60))


def test_a_job_that_fails_again_soon_failed_twice(conn):
    plant(conn)
    cause = read_cause(AGENT)
    assert cause is not None
    tell(conn, "status", 1, old="RUNNING", new="FAILING", cause=AGENT)
    tell(conn, "status", 1.1, old="FAILING", new="RESTARTING", cause=AGENT)
    tell(conn, "status", 4, old="RUNNING", new="RESTARTING", cause=AGENT)
    asked = [Failure(at=later(at), cause=cause, task=f"t{at}") for at in (7, 4, 1)]
    found = failures(conn, asked).items
    assert [each.source for each in found] == ["asked", "pushed", "pushed"]
    assert {each.task for each in found} == {"t1", "t4", "t7"}


def merge_each_with_each(views):
    """As it is meant, slowly."""
    found: list[ExceptionView] = []
    for new in views:
        for place, known in enumerate(found):
            is_near = known.attempt == new.attempt
            is_near &= abs(known.at - new.at) <= history.WITHIN[new.source]
            is_other = new.source != "asked" or (known.source != "asked" and known.task is None)
            if is_near and is_other and (known.root in new.message or new.root in known.message):
                stack = new.stack if new.source == "asked" else None
                found[place] = msgspec.structs.replace(
                    known,
                    stack=stack or known.stack or new.stack,
                    task=known.task or new.task,
                    location=known.location or new.location,
                )
                break
        else:
            found.append(new)
    return found


def make_failures(seed, count):
    draw = random.Random(seed)
    for number in range(count):
        root = draw.choice(["a.A: x", "a.B: y", f"a.C: {number}"])
        yield ExceptionView(
            at=later(draw.randrange(0, 40_000) / 1000), attempt=draw.randrange(1, 3), root=root,
            message=root + draw.choice(["", "\na.B: y"]), stack=draw.choice([None, f"s{number}"]),
            task=draw.choice([None, f"t{number}"]), location=None,
            source=draw.choice(["pushed", "asked", "outcome", "watched"]),
        )  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_failures_are_merged_as_if_each_was_compared_with_each(seed):
    views = list(make_failures(seed, 60))
    found = history.Failures([])
    for each in views:
        found.add(each)
    wanted = merge_each_with_each(views)
    assert found.list() == wanted
    assert len(wanted) < len(views)


def test_only_neighbours_are_compared(monkeypatch):
    compared = []

    def note(*pair):
        compared.append(pair)
        return False

    monkeypatch.setattr(history, "_is_same", note)
    found = history.Failures([])
    for number, each in enumerate(make_failures(1, 2000)):
        found.add(msgspec.structs.replace(each, at=later(number * 30)))
    assert (len(found.list()), compared) == (2000, [])


def test_failures_page(conn):
    plant(conn)
    for number in range(5):
        tell(conn, "status", number * 60, new="RESTARTING", cause=f"x.E: {number}")
    seen, after = [], 0
    while True:
        page = failures(conn, after=after, limit=2)
        seen += [each.root for each in page.items]
        if page.next is None:
            break
        after = int(page.next)
    assert seen == [f"x.E: {number}" for number in (4, 3, 2, 1, 0)]


def test_flinks_answer_of_both_releases():
    entry = {"exceptionName": "x", "stacktrace": TRACE, "timestamp": 1_000, "taskName": "t"}
    old = {**entry, "location": "host:1", "taskManagerId": "tm"}
    new = {**entry, "endpoint": "host:2", "concurrentExceptions": []}
    empty = {"stacktrace": "", "timestamp": 0}
    body = {"exceptionHistory": {"entries": [old, new, empty], "truncated": False}}
    found = as_failures(msgspec.convert(body, Exceptions))
    assert [(each.location, each.task) for each in found] == [("host:1", "t"), ("host:2", "t")]
    assert found[0].at == dt.datetime(1970, 1, 1, 0, 0, 1, tzinfo=dt.UTC)
    assert as_failures(msgspec.convert({}, Exceptions)) == ()


def start_of(conn, attempt=1):
    tell(conn, "action_begun", 1.0, None, action="resolve_restore")
    tell(conn, "action_done", 2.2, None, action="write_attempt", ms=5)
    for name, ms in (("materialise", 40.0), ("write_permit", 10.0), ("launch", 50.0)):
        tell(conn, "action_done", 3.0, attempt, action=name, ms=ms)
    tell(conn, "hello", 4.5, attempt)
    tell(conn, "compiled", 5.0, attempt)
    tell(conn, "submitted", 5.5, attempt)


def test_start_step_by_step(conn):
    plant(conn, make_family(attempt={"created_at": later(2)}, created_at=NOW))
    start_of(conn)
    view = history.show_start(conn, WHERE, "latest")
    took = {step.code: step.duration_ms for step in view.steps}
    assert list(took) == list(history.STEPS)[:-1]
    assert took["requested"] == 1000
    assert took["planned"] == 1000
    assert took["materialise"] == pytest.approx(940)
    assert (took["permit"], took["launch"], took["hello"]) == (10, 50, 1500)
    assert (took["compiled"], took["submitted"], took["tasks_running"]) == (500, 500, None)
    assert view.total_ms is None
    tell(conn, "tasks_running", 7.0)
    tell(conn, "first_checkpoint", 9.0)
    view = history.show_start(conn, WHERE, "latest")
    assert view.total_ms == 7000
    assert sum(step.duration_ms or 0 for step in view.steps) == pytest.approx(9000)
    assert view.steps[-1].code == "first_checkpoint"


def test_start_of_a_later_attempt_begins_with_the_loss(conn):
    of = plant(conn, make_family(attempt={"ended_at": later(100)}, created_at=NOW))
    start_of(conn)
    insert_attempt(conn, make_attempt(2, of.run, created_at=later(101)))
    tell(conn, "action_begun", 100.4, 1, action="resolve_restore")
    tell(conn, "hello", 103, 2)
    view = history.show_start(conn, WHERE, "latest")
    assert view.attempt == 2
    took = [(step.code, step.duration_ms) for step in view.steps]
    assert took == [("requested", 400), ("planned", 600), ("hello", 2000), ("submitted", None)]


def test_start_that_has_not_begun_or_has_ended(conn):
    plant(conn, make_family(phase=Phase.FAILED, created_at=NOW, attempt={"created_at": later(2)}))
    view = history.show_start(conn, WHERE, "latest")
    assert [(step.code, step.duration_ms) for step in view.steps] == [("planned", 2000)]
