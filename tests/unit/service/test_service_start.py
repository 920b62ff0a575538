"""Start: plan, dry run, idempotency, and what a run starts from."""

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from rheostat.errors import Conflict, Missing, NotFound
from rheostat.model.ids import RunId
from rheostat.model.job import Content, Mode
from rheostat.model.phase import Phase, Reason
from rheostat.model.run import Stage
from rheostat.model.snapshot import RestoreKind, RestorePoint, SnapshotKind
from rheostat.service.start import Asked, start
from rheostat.store.event import list_events
from rheostat.store.job import insert_job, insert_version, update_draft
from rheostat.store.project import insert_project
from rheostat.store.run import find_live, insert_run, load_run
from rheostat.store.snapshot import mark_broken, mark_gone, save_snapshot
from rheostat.wire.plan import StartBody
from tests.unit.store.nouns import (
    SQL,
    later,
    make_family,
    make_job,
    make_run,
    make_snapshot,
    make_version,
    plant,
)


def asked(**changes):
    given = {
        "project": "shop",
        "job": "orders",
        "actor": "ann",
        "now": later(100),
        "run_id": RunId("new"),
        "engines": frozenset({"2.3"}),
    }
    return Asked(**{**given, **changes})


def body(from_="newest", version=None):
    return StartBody(from_=from_, version=version)


@pytest.fixture
def published(conn):
    """A job with one version that never ran."""
    job = make_job()
    insert_project(conn, job.project)
    insert_job(conn, job)
    insert_version(conn, make_version())
    return conn


@pytest.fixture
def stopped(conn):
    """A job whose run 1 has ended."""
    of = make_family(phase=Phase.STOPPED, attempt={"last_seen_processing_at": later(50)})
    plant(conn, of)
    return conn


def test_start_records_a_queued_run_and_tells_of_it(published):
    view = start(published, asked(), body())
    assert view.applied is True
    assert view.run is not None
    assert (view.run.phase, view.run.number, view.run.version) == ("queued", 1, 1)
    assert (view.run.created_by, view.run.created_at) == ("ann", later(100))
    assert (view.run.attempt, view.run.outcome, view.run.intent) == (None, None, None)
    (event,) = list_events(published, RunId("new"), 0, 9)
    assert (event.code, event.actor) == ("run_created", "ann")
    assert event.fields == {"version": 1, "restore": "empty", "path": ""}


def test_dry_run_records_nothing_and_says_the_same(published):
    dry = start(published, asked(dry_run=True, key="k"), body())
    assert (dry.applied, dry.run) == (False, None)
    assert find_live(published, make_job().id) is None
    assert published.execute(sa.text("select count(*) from idempotency")).scalar() == 0
    assert start(published, asked(key="k"), body()).plan == dry.plan


def test_plan_names_what_it_does(published):
    plan = start(published, asked(dry_run=True), body()).plan
    assert (plan.action, plan.job, plan.version) == ("start", "orders", 1)
    assert plan.restore is not None
    assert (plan.restore.kind, plan.restore.path) == ("empty", None)
    assert "version 1 without state" in plan.steps[0]
    assert "Flink 2.3" in plan.steps[1]
    assert plan.warnings == []


def test_plan_warns_of_a_draft_that_was_changed(published):
    update_draft(published, make_job().id, Content(sql="x"), 1)
    warnings = start(published, asked(dry_run=True), body()).plan.warnings
    assert len(warnings) == 1
    assert "the draft has changes" in warnings[0]


def test_hash_names_the_decision_and_not_the_hour(published):
    insert_version(published, make_version(2, digest="other"))
    first = start(published, asked(dry_run=True), body()).plan.hash
    again = start(published, asked(dry_run=True, now=later(999), actor="bob"), body()).plan.hash
    other = start(published, asked(dry_run=True), body(version=1)).plan.hash
    assert first == again != other


def test_version_can_be_chosen(published):
    insert_version(published, make_version(2))
    view = start(published, asked(dry_run=True), body(version=1))
    assert view.plan.version == 1
    assert start(published, asked(), body()).plan.version == 2


def test_same_key_same_request_same_run(published):
    first = start(published, asked(key="k"), body())
    again = start(published, asked(key="k", run_id=RunId("2"), now=later(999)), body())
    assert (again.run, again.plan.hash, again.applied) == (first.run, first.plan.hash, True)
    assert published.execute(sa.text("select count(*) from run")).scalar() == 1


@pytest.mark.parametrize("other", [body("empty"), body(version=1)], ids=["from", "version"])
def test_same_key_for_another_request_is_refused(published, other):
    start(published, asked(key="k"), body())
    with pytest.raises(Conflict, match="Idempotency-Key"):
        start(published, asked(key="k"), other)


def test_key_answers_after_the_run_has_ended(published):
    run = start(published, asked(key="k"), body()).run
    published.execute(sa.text("update run set phase = 'stopped'"))
    again = start(published, asked(key="k", run_id=RunId("2")), body()).run
    assert run is not None
    assert again is not None
    assert (again.id, again.phase) == (run.id, "stopped")


REFUSED = [
    pytest.param({"job": "none"}, {}, NotFound, "no job none", id="no job"),
    pytest.param({"project": "none"}, {}, NotFound, "in project none", id="no project"),
    pytest.param({}, {"version": 9}, NotFound, "no version 9", id="no version"),
    pytest.param({}, {"from_": "none"}, NotFound, "no snapshot none", id="no snapshot"),
    pytest.param({"engines": frozenset({"1.20"})}, {}, Missing, "Flink 2.3 is not", id="engine"),
    pytest.param({"engines": frozenset()}, {}, Missing, "not installed", id="no engine"),
]


@pytest.mark.parametrize("dry_run", [True, False], ids=["dry", "wet"])
@pytest.mark.parametrize(("who", "what", "error", "message"), REFUSED)
def test_start_is_refused(published, who, what, error, message, dry_run):
    with pytest.raises(error, match=message):
        start(published, asked(**who, dry_run=dry_run), body(**what))
    assert published.execute(sa.text("select count(*) from run")).scalar() == 0


def test_job_without_a_version_cannot_start(conn):
    job = make_job()
    insert_project(conn, job.project)
    insert_job(conn, job)
    with pytest.raises(Conflict, match="no version yet") as caught:
        start(conn, asked(), body())
    assert caught.value.hint == "publish its draft: rheostat job publish orders -p shop"


@pytest.mark.parametrize("phase", [each for each in Phase if not each.is_terminal])
def test_one_live_run_a_job(conn, phase):
    plant(conn, make_family(phase=phase))
    with pytest.raises(Conflict, match=f"run 1 of orders is {phase}"):
        start(conn, asked(), body())


@pytest.mark.parametrize("phase", [each for each in Phase if each.is_terminal])
def test_ended_run_is_followed_by_the_next(conn, phase):
    plant(conn, make_family(phase=phase))
    run = start(conn, asked(), body("empty")).run
    assert run is not None
    assert run.number == 2


def base_of(conn, wanted="newest"):
    start(conn, asked(), body(wanted))
    return load_run(conn, RunId("new")).base


def test_empty_is_the_persons_choice(stopped):
    save_snapshot(stopped, make_snapshot())
    base = base_of(stopped, "empty")
    assert base == RestorePoint(
        kind=RestoreKind.EMPTY, reason=Reason("started_empty", {"actor": "ann"})
    )


def test_newest_proven_is_taken_with_its_rewind(stopped):
    for number, proven in ((9, 1), (10, 2), (11, 0)):
        save_snapshot(stopped, make_snapshot(number, proven=proven))
    base = base_of(stopped)
    assert base.path == make_snapshot(10).path
    assert (base.kind, base.reason.code) == (RestoreKind.CHECKPOINT, "newest_proven")
    assert base.rewind == dt.timedelta(seconds=40)


@pytest.mark.parametrize("wanted", ["id", "path"])
def test_snapshot_is_chosen_by_id_or_path(stopped, wanted):
    one = make_snapshot(9, kind=SnapshotKind.SAVEPOINT, completed_at=later(99))
    save_snapshot(stopped, one)
    save_snapshot(stopped, make_snapshot(10))
    base = base_of(stopped, getattr(one, wanted))
    assert (base.snapshot_id, base.kind) == (one.id, RestoreKind.SAVEPOINT)
    assert base.reason == Reason("chosen_by_person", {"actor": "ann"})
    assert base.rewind == dt.timedelta()


@pytest.mark.parametrize("fault", ["it ends too early", None])
def test_unproven_snapshot_is_refused(stopped, fault):
    one = make_snapshot(proven=0, fault=fault)
    save_snapshot(stopped, one)
    with pytest.raises(Conflict, match=f"not proven: {fault or 'not read yet'}"):
        base_of(stopped, one.id)


def test_snapshot_that_is_gone_is_not_found(stopped):
    one = make_snapshot()
    save_snapshot(stopped, one)
    mark_gone(stopped, [one.path], later(1))
    with pytest.raises(NotFound):
        base_of(stopped, one.id)


def test_snapshot_of_another_job_is_not_found(stopped):
    other = plant(stopped, make_family("other"))
    one = make_snapshot(of=other)
    save_snapshot(stopped, one)
    with pytest.raises(NotFound, match="orders has no snapshot"):
        base_of(stopped, one.path)


@pytest.mark.parametrize(
    "changes",
    [{"proven": 0}, {"proven": 1, "fault": "a file is missing"}],
    ids=["unread", "broken"],
)
def test_state_that_is_not_proven_asks_a_person(stopped, changes):
    save_snapshot(stopped, make_snapshot(**changes))
    with pytest.raises(Conflict, match="run 1 left state, and none of it is proven") as caught:
        base_of(stopped)
    assert "--from empty" in str(caught.value.hint)


def test_run_without_state_of_its_own_leads_back_to_its_base(stopped):
    chosen = begin_again(stopped)
    assert base_of(stopped) == replace(chosen, reason=Reason("base_again"))


def begin_again(conn):
    """A second run that left nothing, from the older of the two snapshots of the first; its base."""
    base = RestorePoint(
        kind=RestoreKind.CHECKPOINT, reason=Reason("chosen_by_person"), path=make_snapshot(1).path
    )
    insert_run(conn, make_run(2, phase=Phase.FAILED, base=base))
    save_snapshot(conn, make_snapshot(1))
    save_snapshot(conn, make_snapshot(2))
    return base


@pytest.mark.parametrize("how", ["broken", "gone"])
def test_base_that_is_lost_leads_to_the_run_before(stopped, how):
    base = begin_again(stopped)
    if how == "broken":
        mark_broken(stopped, base.path, "it ends too early")
    else:
        mark_gone(stopped, [base.path], later(1))
    assert base_of(stopped).path == make_snapshot(2).path


@pytest.mark.parametrize("code", ["started_empty", "bounded_restart"])
def test_choice_to_start_empty_is_not_undone(stopped, code):
    base = RestorePoint(kind=RestoreKind.EMPTY, reason=Reason(code, {"actor": "ann"}))
    insert_run(stopped, make_run(2, phase=Phase.FAILED, base=base))
    save_snapshot(stopped, make_snapshot(1))
    assert base_of(stopped) == RestorePoint(kind=RestoreKind.EMPTY, reason=Reason("base_again"))


def test_run_that_started_empty_and_left_nothing_leads_to_the_run_before(stopped):
    insert_run(stopped, make_run(2, phase=Phase.FAILED))
    save_snapshot(stopped, make_snapshot(1))
    assert base_of(stopped).path == make_snapshot(1).path


def test_first_start_is_without_state(published):
    assert base_of(published).reason == Reason("no_snapshot_yet")


def test_nothing_was_ever_left(stopped):
    assert base_of(stopped).reason == Reason("no_snapshot_yet")


def test_finished_run_is_not_continued(conn):
    plant(conn, make_family(phase=Phase.FINISHED, attempt={"stage": Stage.GONE}))
    save_snapshot(conn, make_snapshot())
    assert base_of(conn) == RestorePoint(kind=RestoreKind.EMPTY, reason=Reason("bounded_restart"))


def test_batch_job_starts_empty(conn):
    job = make_job(mode=Mode.BATCH, draft=Content(sql=SQL))
    insert_project(conn, job.project)
    insert_job(conn, job)
    insert_version(conn, make_version())
    insert_run(conn, make_run(1, job, phase=Phase.FAILED))
    assert base_of(conn).reason.code == "no_snapshot_yet"
    assert load_run(conn, RunId("new")).mode is Mode.BATCH
