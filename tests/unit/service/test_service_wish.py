"""Stop, cancel, savepoint, restart: what may be wished of a live run, and what replaces what."""

import pytest
import sqlalchemy as sa

from rheostat.core.wish import REPLACES
from rheostat.errors import Conflict, Missing, NotFound
from rheostat.model.ids import IntentId
from rheostat.model.job import Mode
from rheostat.model.phase import Phase
from rheostat.model.run import IntentKind, Options, Stage
from rheostat.service.wish import Wish
from rheostat.service.wish import wish as leave
from rheostat.store.event import list_events
from rheostat.store.job import insert_job, insert_version
from rheostat.store.project import insert_project
from rheostat.store.run import find_open_intent, insert_intent, insert_run
from tests.unit.store.nouns import (
    Family,
    later,
    make_family,
    make_intent,
    make_job,
    make_run,
    plant,
)

STOP, CANCEL = IntentKind.STOP, IntentKind.CANCEL
SAVEPOINT, RESTART = IntentKind.SAVEPOINT, IntentKind.RESTART


def wish(kind=STOP, word="1", **changes):
    given = {
        "project": "shop",
        "job": "orders",
        "kind": kind,
        "actor": "ann",
        "now": later(100),
        "intent_id": IntentId(word),
        "engines": frozenset({"2.3"}),
    }
    return Wish(**{**given, **changes})


def codes(conn, of):
    return [each.code for each in list_events(conn, of.run.id, 0, 99)]


@pytest.fixture
def live(conn):
    return plant(conn)


@pytest.mark.parametrize("kind", [STOP, CANCEL])
def test_wish_is_recorded_and_told(conn, live, kind):
    view = leave(conn, wish(kind))
    assert view.applied is True
    assert view.run is not None
    assert (view.run.id, view.run.intent, view.run.phase) == (live.run.id, kind.value, "running")
    assert (view.plan.action, view.plan.version) == (kind.value, 1)
    assert view.plan.restore is not None
    assert view.plan.restore.why.code == "no_snapshot_yet"
    open_ = find_open_intent(conn, live.run.id)
    assert open_ is not None
    assert (open_.kind, open_.actor, open_.at) == (kind, "ann", later(100))
    assert codes(conn, live) == [f"intent_{kind.value}"]


@pytest.mark.parametrize("kind", [STOP, CANCEL])
def test_dry_run_records_nothing(conn, live, kind):
    view = leave(conn, wish(kind, dry_run=True))
    assert (view.applied, view.run) == (False, None)
    assert find_open_intent(conn, live.run.id) is None
    assert codes(conn, live) == []
    assert leave(conn, wish(kind)).plan == view.plan


def test_cancel_warns_that_no_savepoint_is_made(conn, live):
    assert leave(conn, wish(STOP, dry_run=True)).plan.warnings == []
    assert "no savepoint" in leave(conn, wish(CANCEL, dry_run=True)).plan.warnings[0]


@pytest.mark.parametrize("kind", [STOP, CANCEL])
def test_repeating_is_harmless(conn, live, kind):
    leave(conn, wish(kind))
    again = leave(conn, wish(kind, "2", actor="bob"))
    assert again.applied is True
    open_ = find_open_intent(conn, live.run.id)
    assert open_ is not None
    assert (open_.id, open_.actor) == ("1", "ann")
    assert len(codes(conn, live)) == 1


def test_cancel_replaces_a_stop(conn, live):
    leave(conn, wish(STOP))
    view = leave(conn, wish(CANCEL, "2"))
    assert view.run is not None
    assert view.run.intent == "cancel"
    assert codes(conn, live) == ["intent_stop", "intent_cancel"]
    results = sa.text("select result from intent order by id")
    assert conn.execute(results).scalars().all() == ["replaced", None]


def test_nothing_replaces_a_cancel(conn, live):
    leave(conn, wish(CANCEL))
    for dry_run in (True, False):
        with pytest.raises(Conflict, match="nothing replaces a cancel"):
            leave(conn, wish(STOP, "2", dry_run=dry_run))
    assert codes(conn, live) == ["intent_cancel"]


@pytest.mark.parametrize("kind", [STOP, CANCEL])
def test_batch_job_is_canceled(conn, kind):
    job = make_job(mode=Mode.BATCH)
    of = plant(conn, Family(job=job, run=make_run(job=job)))
    plan = leave(conn, wish(kind)).plan
    assert plan.action == "cancel"
    assert [("batch" in each) for each in plan.warnings] == ([True] if kind is STOP else [])
    assert leave(conn, wish(STOP, "2")).run is not None
    assert codes(conn, of) == ["intent_cancel"]


@pytest.mark.parametrize("phase", [each for each in Phase if not each.is_terminal])
def test_every_live_run_can_be_asked_to_end(conn, phase):
    plant(conn, make_family(phase=phase))
    assert leave(conn, wish(STOP)).applied is True
    assert leave(conn, wish(CANCEL, "2")).applied is True


@pytest.mark.parametrize("phase", [each for each in Phase if each.is_terminal])
def test_ended_run_cannot(conn, phase):
    plant(conn, make_family(phase=phase))
    for kind in (STOP, CANCEL):
        with pytest.raises(Conflict, match="no run of orders is live"):
            leave(conn, wish(kind))


@pytest.mark.parametrize("changes", [{"job": "none"}, {"project": "none"}], ids=str)
def test_unknown_job_is_not_found(conn, live, changes):
    with pytest.raises(NotFound):
        leave(conn, wish(**changes))


def test_held_run_without_an_engine_can_only_be_canceled(conn):
    plant(conn, make_family(phase=Phase.HELD, attempt={"stage": Stage.GONE}))
    with pytest.raises(Conflict, match="its engine is gone"):
        leave(conn, wish(STOP))
    assert leave(conn, wish(CANCEL)).applied is True


def test_restart_from_a_savepoint_needs_an_engine_also_while_it_fails_over(conn):
    plant(conn, make_family(phase=Phase.FAILING_OVER, attempt={"stage": Stage.GONE}))
    with pytest.raises(Conflict, match="its engine is gone") as caught:
        leave(conn, wish(RESTART))
    assert "rheostat job restart --from newest" in str(caught.value.hint)
    newest = wish(RESTART, options=Options(from_="newest"))
    assert leave(conn, newest).applied is True


def test_start_again_hint_names_only_what_an_open_stop_lets_through(conn):
    of = plant(conn, make_family(phase=Phase.HELD, attempt={"stage": Stage.GONE}))
    insert_intent(conn, make_intent(STOP, run=of.run))
    with pytest.raises(Conflict) as caught:
        leave(conn, wish(STOP))
    assert caught.value.hint == "cancel it, then start again"


def test_savepoint_of_a_held_run_that_was_never_launched_is_refused(conn):
    of = Family(run=make_run(phase=Phase.HELD))
    insert_project(conn, of.job.project)
    insert_job(conn, of.job)
    insert_version(conn, of.version)
    insert_run(conn, of.run)
    with pytest.raises(Conflict, match="its engine is gone"):
        leave(conn, wish(SAVEPOINT))
    assert leave(conn, wish(STOP)).applied is True


@pytest.mark.parametrize("open_", IntentKind)
@pytest.mark.parametrize("kind", IntentKind)
def test_what_replaces_what(conn, live, open_, kind):
    leave(conn, wish(open_))
    if kind is open_ or open_ in REPLACES[kind]:
        view = leave(conn, wish(kind, "2"))
        assert view.run is not None
        assert view.run.intent == kind.value
    else:
        with pytest.raises(Conflict):
            leave(conn, wish(kind, "2"))
        found = find_open_intent(conn, live.run.id)
        assert found is not None
        assert found.kind is open_


def test_a_restart_names_its_version_and_its_steps(conn, live):
    view = leave(conn, wish(RESTART, version=1))
    assert view.plan.action == "restart"
    assert len(view.plan.steps) == 3
    open_ = find_open_intent(conn, live.run.id)
    assert open_ is not None
    assert open_.version == 1
    with pytest.raises(NotFound):
        leave(conn, wish(RESTART, "2", version=7))
    with pytest.raises(Missing):
        leave(conn, wish(RESTART, "3", engines=frozenset()))
