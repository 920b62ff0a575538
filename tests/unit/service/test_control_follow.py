"""The second run of a restart: what it starts from is chosen when the first has ended."""

from dataclasses import replace

import pytest

from rheostat.control.follow import follow
from rheostat.control.load import load_step
from rheostat.model.decision import Decision
from rheostat.model.job import Mode
from rheostat.model.phase import Phase, Reason
from rheostat.model.run import IntentKind, OperationKind, OperationState, Options, Stage
from rheostat.model.snapshot import SnapshotKind
from rheostat.store.attempt import insert_operation, update_operation
from rheostat.store.job import insert_job, insert_version
from rheostat.store.project import insert_project
from rheostat.store.run import insert_intent, insert_run, load_run, update_run
from rheostat.store.snapshot import mark_gone, save_snapshot
from tests.unit.store.nouns import (
    Family,
    later,
    make_family,
    make_intent,
    make_job,
    make_operation,
    make_run,
    make_snapshot,
    plant,
)

SAVED = "file:///state/savepoints/1/savepoint-1"


def restart(conn, of, *, phase=Phase.CANCELED, **options):
    """End the run as wished, and say what follows: the run, or the event that says why none does."""
    wish = make_intent(IntentKind.RESTART, run=of.run, version=1, options=Options(**options))
    insert_intent(conn, wish)
    loaded = load_step(conn, of.run.id, 9, later(90))
    update_run(conn, replace(of.run, phase=phase, ended_at=later(90)))
    decision = Decision(phase=phase, reason=Reason("run_canceled"), intent_result="done")
    followed, events = follow(conn, loaded, decision, later(90))
    return (load_run(conn, followed) if followed else None), events


@pytest.fixture
def live(conn):
    of = plant(conn, make_family(attempt={"last_seen_processing_at": later(67)}))
    save_snapshot(conn, make_snapshot(7, of))
    return of


def test_newest_is_what_is_newest_by_then(conn, live):
    save_snapshot(conn, make_snapshot(8, live))
    run, events = restart(conn, live, from_="newest", allow_dropped=True)
    assert run is not None
    assert (run.base.path, run.base.reason.code) == (make_snapshot(8, live).path, "newest_proven")
    assert (run.number, run.phase, run.base.allow_dropped) == (2, Phase.QUEUED, True)
    assert [event.code for event in events] == ["run_created", "restarted"]
    assert events[0].fields["path"] == run.base.path


def test_empty_stays_empty(conn, live):
    run, _ = restart(conn, live, from_="empty", allow_dropped=True)
    assert run is not None
    assert (run.base.path, run.base.reason.code) == (None, "started_empty")
    assert run.base.allow_dropped is False


def test_named_snapshot_is_taken(conn, live):
    save_snapshot(conn, make_snapshot(8, live))
    run, _ = restart(conn, live, from_=make_snapshot(7, live).id)
    assert run is not None
    assert (run.base.path, run.base.proven) == (make_snapshot(7, live).path, 1)


def test_snapshot_that_is_gone_by_then_starts_nothing(conn, live):
    named = make_snapshot(7, live)
    mark_gone(conn, [named.path], later(80))
    run, (event,) = restart(conn, live, from_=named.id)
    assert run is None
    assert (event.code, event.fields["code"]) == ("restart_unfollowed", "restore_not_proven")


def test_nothing_proven_by_then_starts_nothing(conn, live):
    save_snapshot(conn, make_snapshot(7, live, proven=0, fault="it ends too early"))
    run, (event,) = restart(conn, live, from_="newest")
    assert run is None
    assert "it ends too early" in str(event.fields["why"])


def stopped(conn, live, **changes):
    operation = make_operation(attempt=live.attempt, kind=OperationKind.STOP)
    insert_operation(conn, operation)
    update_operation(conn, replace(operation, **changes))


def test_savepoint_of_its_stop(conn, live):
    stopped(conn, live, state=OperationState.COMPLETED, location=SAVED)
    save_snapshot(conn, make_snapshot(8, live, path=SAVED, kind=SnapshotKind.SAVEPOINT))
    run, _ = restart(conn, live, phase=Phase.STOPPED)
    assert run is not None
    assert (run.base.path, run.base.reason.code) == (SAVED, "restarted_from")


def test_stop_without_a_savepoint_starts_nothing(conn, live):
    stopped(conn, live, state=OperationState.FAILED, error="disk full")
    run, (event,) = restart(conn, live)
    assert run is None
    assert "disk full" in str(event.fields["why"])


def test_run_that_was_never_launched_leads_to_its_base_again(conn):
    of = Family(run=make_run(phase=Phase.QUEUED))
    insert_project(conn, of.job.project)
    insert_job(conn, of.job)
    insert_version(conn, of.version)
    insert_run(conn, of.run)
    run, _ = restart(conn, of)
    assert run is not None
    assert run.base == replace(of.run.base, reason=Reason("base_again"))


@pytest.mark.parametrize("stage", [Stage.PLANNED, Stage.LAUNCHING, Stage.GONE])
def test_run_whose_job_never_came_up_leads_to_the_newest(conn, stage):
    of = plant(conn, make_family(attempt={"stage": stage, "running_at": None}))
    save_snapshot(conn, make_snapshot(7, of))
    run, events = restart(conn, of)
    assert run is not None, events
    assert (run.base.path, run.base.reason.code) == (make_snapshot(7, of).path, "newest_proven")


def test_batch_job_starts_from_nothing(conn):
    job = make_job(mode=Mode.BATCH)
    of = plant(conn, Family(job=job, run=make_run(job=job)))
    run, _ = restart(conn, of)
    assert run is not None
    assert run.base.path is None
