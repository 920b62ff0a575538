"""A run as people see it: status with evidence, history, snapshots, pages."""

import datetime as dt

import pytest
import sqlalchemy as sa

from rheostat.errors import NotFound
from rheostat.model.ids import RunId
from rheostat.model.observation import (
    Asked,
    Look,
    Looked,
    Observed,
    ProcessFact,
    ProcessState,
    Pushed,
    Watched,
)
from rheostat.model.phase import Health, HealthWord, Phase, Reason
from rheostat.model.run import JobEnd, OperationState, Outcome, Stage, WitnessKind
from rheostat.service import run as runs
from rheostat.service.view import evidence_views
from rheostat.store.attempt import (
    insert_attempt,
    insert_operation,
    save_seen,
    update_operation,
)
from rheostat.store.event import Part, append_events
from rheostat.store.job import insert_job
from rheostat.store.project import insert_project
from rheostat.store.run import insert_intent, insert_run, update_run
from rheostat.store.snapshot import mark_gone, save_snapshot
from tests.unit.store.nouns import (
    NOW,
    Family,
    later,
    make_attempt,
    make_event,
    make_family,
    make_intent,
    make_job,
    make_operation,
    make_run,
    make_snapshot,
    plant,
)

WHERE = ("shop", "orders")
OK = Look(looked=Looked.OK, at=NOW, ok_at=NOW)
FAILED = Look(looked=Looked.FAILED, at=later(5), ok_at=NOW, why="connection refused")
JM = ProcessFact(name="jobmanager", state=ProcessState.ALIVE, pid=7)
TMS = (
    ProcessFact(name="taskmanager-0", state=ProcessState.ALIVE, pid=8),
    ProcessFact(name="taskmanager-1", state=ProcessState.DEAD, pid=9),
)


def show(conn, which="latest", now=NOW):
    return runs.show_run(conn, *WHERE, which, now)


def evidence(source, **observed):
    views = evidence_views(Observed(**observed), make_attempt(), later(10))
    assert [each.source for each in views] == ["pushed", "asked", "watched"]
    one = next(each for each in views if each.source == source)
    return one.value, one.reachable, one.age_s, one.why


ANSWERS = [
    pytest.param("pushed", {}, (None, False, None, "nothing was received yet"), id="no push"),
    pytest.param("asked", {}, (None, False, None, "not looked yet"), id="not asked"),
    pytest.param("watched", {}, (None, False, None, "not looked yet"), id="not watched"),
    pytest.param("pushed", {"pushed": Pushed(look=OK, hello=True)}, ("hello", True, 10, None),
                 id="hello"),
    pytest.param("pushed", {"pushed": Pushed(look=OK, hello=True, submitted=True)},
                 ("submitted", True, 10, None), id="submitted"),
    pytest.param("pushed", {"pushed": Pushed(look=OK, submitted=True, status="RUNNING")},
                 ("RUNNING", True, 10, None), id="status"),
    pytest.param(
        "pushed",
        {"pushed": Pushed(look=OK, status="RUNNING", outcome=Outcome(
            status=JobEnd.FAILED, witness=WitnessKind.ENGINE, source="pushed"))},
        ("FAILED", True, 10, None), id="outcome",
    ),
    pytest.param("asked", {"asked": Asked(look=OK)}, ("no job", True, 10, None), id="no job"),
    pytest.param("asked", {"asked": Asked(look=OK, status="CREATED")},
                 ("CREATED", True, 10, None), id="no tasks"),
    pytest.param(
        "asked",
        {"asked": Asked(look=FAILED, status="RUNNING",
                        tasks={"total": 4, "running": 2, "finished": 1})},
        ("RUNNING (3 of 4 tasks)", False, 10, "connection refused"), id="silent since",
    ),
    pytest.param("watched", {"watched": Watched(look=OK)},
                 ("JobManager absent, 0 of 0 TaskManagers alive", True, 10, None), id="absent"),
    pytest.param("watched", {"watched": Watched(look=OK, jobmanager=JM, taskmanagers=TMS)},
                 ("JobManager alive (pid 7), 1 of 2 TaskManagers alive", True, 10, None),
                 id="alive"),
    pytest.param(
        "watched",
        {"watched": Watched(look=FAILED, jobmanager=ProcessFact(
            name="jobmanager", state=ProcessState.ALIVE, pid=7, is_suspended=True))},
        ("JobManager suspended (pid 7), 0 of 0 TaskManagers alive", False, 10,
         "connection refused"), id="suspended",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("source", "observed", "expected"), ANSWERS)
def test_evidence_says_value_reach_age_and_why(source, observed, expected):
    assert evidence(source, **observed) == expected


def test_evidence_of_an_ended_attempt_is_its_end(conn):
    of = plant(conn, make_family(attempt={"stage": Stage.GONE, "ended_at": later(20)}))
    save_seen(conn, of.attempt.id, Observed(asked=Asked(look=OK, status="RUNNING")), NOW)
    _, asked, watched = show(conn, now=later(60)).evidence
    assert (asked.reachable, asked.age_s, asked.why) == (False, 60.0, "the JobManager has ended")
    assert (watched.value, watched.age_s) == ("every process is gone", 40.0)


def test_look_that_failed_keeps_the_age_of_the_last_that_succeeded(conn):
    of = plant(conn)
    save_seen(conn, of.attempt.id, Observed(asked=Asked(look=FAILED, status="RUNNING")), NOW)
    asked = show(conn, now=later(60)).evidence[1]
    assert (asked.at, asked.age_s, asked.reachable) == (NOW, 60.0, False)


def test_run_before_its_first_attempt(conn):
    plant(conn, make_family(phase=Phase.STOPPED))
    insert_run(conn, make_run(2, phase=Phase.QUEUED, reason=Reason("requested", {"actor": "ann"})))
    view = show(conn)
    assert (view.number, view.phase, view.reason.text) == (2, "queued", "started by ann")
    assert view.attempt is None
    assert view.evidence == []


def test_pids_are_those_of_live_processes_of_a_live_attempt(conn):
    of = plant(conn)
    seen = Observed(watched=Watched(look=OK, jobmanager=JM, taskmanagers=TMS))
    save_seen(conn, of.attempt.id, seen, NOW)
    attempt = show(conn).attempt
    assert attempt is not None
    assert (attempt.pids.jobmanager, attempt.pids.taskmanagers) == (7, [8])
    assert attempt.flink_url == "http://127.0.0.1:8081"
    insert_attempt(conn, make_attempt(2, stage=Stage.GONE, ended_at=NOW))
    save_seen(conn, make_attempt(2).id, seen, NOW)
    attempt = show(conn).attempt
    assert attempt is not None
    assert (attempt.pids.jobmanager, attempt.pids.taskmanagers) == (None, [])
    assert (attempt.number, attempt.flink_url, attempt.ended_at) == (2, None, NOW)


def test_health_intent_outcome_and_savepoint_are_shown(conn):
    of = plant(conn)
    reasons = (Reason("no_checkpoint", {"since": "noon"}), Reason("unheard_of"))
    outcome = Outcome(status=JobEnd.FAILED, witness=WitnessKind.OURS, source="guard", line=3)
    changed = make_run(
        health=Health(HealthWord.DEGRADED, reasons, NOW), outcome=outcome, phase=Phase.STOPPING
    )
    update_run(conn, changed)
    insert_intent(conn, make_intent())
    insert_operation(conn, make_operation())
    done = make_operation(state=OperationState.COMPLETED, location="file:///s")
    update_operation(conn, done)
    view = show(conn)
    assert (view.phase, view.health, view.intent) == ("stopping", "degraded", "stop")
    texts = [each.text for each in view.health_reasons]
    assert texts == ["no checkpoint has completed since noon", "unheard of"]
    assert view.outcome is not None
    assert (view.outcome.status, view.outcome.witness, view.outcome.line) == ("FAILED", "ours", 3)
    assert view.savepoint == "file:///s"
    assert of.run.id == view.id


@pytest.mark.parametrize(
    "which", ["3", "0", "-1", "1.0", "", "newest", "٣", "9" * 10, "9" * 400, "1\x00", "1 "]
)
def test_no_such_run(conn, which):
    plant(conn)
    with pytest.raises(NotFound):
        show(conn, which)


def test_job_that_never_ran_has_no_latest(conn):
    job = make_job()
    insert_project(conn, job.project)
    insert_job(conn, job)
    with pytest.raises(NotFound, match="orders has no run yet"):
        show(conn)


def test_runs_page_newest_first(conn):
    for number in (1, 2, 3):
        plant(conn, make_family(number=number, phase=Phase.STOPPED))
    page = runs.list_runs(conn, WHERE, None, 2, NOW)
    assert ([each.number for each in page.items], page.next) == ([3, 2], "2")
    page = runs.list_runs(conn, WHERE, 2, 2, NOW)
    assert ([each.number for each in page.items], page.next) == ([1], None)


def test_history_pages_oldest_first(conn):
    of = plant(conn)
    append_events(conn, [make_event("hello", fields={"n": n}) for n in range(5)])
    seen, after = [], 0
    while True:
        page = runs.list_events(conn, WHERE, "latest", Part(after=after, limit=2))
        seen += [each.fields["n"] for each in page.items]
        if page.next is None:
            break
        after = int(page.next)
    assert seen == [0, 1, 2, 3, 4]
    assert page.items[0].run == of.run.number


def test_attempts_are_found_by_number(conn):
    of = plant(conn)
    insert_attempt(conn, make_attempt(2))
    found = runs.list_attempts_of(conn, WHERE, "1")
    assert [each.ordinal for each in found] == [1, 2]
    assert runs.find_attempt_of(conn, WHERE, "1", 1) == of.attempt
    with pytest.raises(NotFound, match="run 1 has no attempt 3"):
        runs.find_attempt_of(conn, WHERE, "1", 3)


@pytest.fixture
def snapshots(conn):
    """Two runs, the second with two attempts; names tell run, attempt, checkpoint."""
    first = plant(conn, make_family(phase=Phase.STOPPED))
    second = plant(conn, make_family(number=2))
    again = Family(run=second.run, attempt=make_attempt(2, second.run))
    insert_attempt(conn, again.attempt)
    made = [
        *(make_snapshot(n, first) for n in (1, 10)),
        *(make_snapshot(n, second) for n in (2, 9)),
        make_snapshot(3, again, proven=0, fault="cut"),
    ]
    for each in made:
        save_snapshot(conn, each)
    return list(reversed(made))


def snapshot_pages(conn, limit, between=lambda: None):
    seen, after = [], None
    while True:
        page = runs.list_snapshots(conn, WHERE, after, limit, later(60))
        assert len(page.items) <= limit
        seen += [each.id for each in page.items]
        if page.next is None:
            return seen
        after = page.next
        between()


@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_snapshots_page_newest_position_first(conn, snapshots, limit):
    assert snapshot_pages(conn, limit) == [each.id for each in snapshots]


def test_a_page_reads_what_it_shows_and_no_runs(conn, snapshots):
    read = []
    listen = (conn, "after_cursor_execute", lambda *given: read.append(given[2]))
    sa.event.listen(*listen)
    runs.list_snapshots(conn, WHERE, snapshots[0].id, 1, NOW)
    sa.event.remove(*listen)
    (page,) = [each for each in read if "LIMIT" in each]
    assert "FROM snapshot JOIN run" in page.replace(" \n", " ").replace("\n", " ")
    assert len(read) == 3, "the job, the place, the page"


def test_page_goes_on_after_a_snapshot_that_is_gone_meanwhile(conn, snapshots):
    paths = [each.path for each in snapshots]
    seen = snapshot_pages(conn, 2, lambda: mark_gone(conn, paths[:2], NOW))
    assert seen == [each.id for each in snapshots]


@pytest.mark.parametrize("after", ["none", "", RunId("x")])
def test_page_after_nothing_that_we_know_is_empty(conn, snapshots, after):
    page = runs.list_snapshots(conn, WHERE, after, 9, NOW)
    assert (page.items, page.next) == ([], None)


def test_snapshot_says_what_is_proven(conn, snapshots):
    newest, *others = runs.list_snapshots(conn, WHERE, None, 9, later(60)).items
    assert (newest.verified, newest.proven, newest.fault) == (False, 0, "cut")
    assert (newest.run, newest.attempt, newest.checkpoint_id) == (2, 2, 3)
    assert {(each.verified, each.proven) for each in others} == {(True, 1)}
    assert newest.age_s == (later(60) - later(3)) / dt.timedelta(seconds=1)
