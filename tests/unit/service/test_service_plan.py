"""Plans: the steps they say, the restore point they name, what they warn of and what they refuse."""

from dataclasses import replace

import pytest

from rheostat.errors import Conflict
from rheostat.model.job import Mode, Resources
from rheostat.model.phase import Phase
from rheostat.model.run import OperationState, Options, SavepointFormat, Stage
from rheostat.model.snapshot import SnapshotKind
from rheostat.store.attempt import insert_operation, update_attempt, update_operation
from rheostat.store.job import insert_job, insert_version
from rheostat.store.project import insert_project
from rheostat.store.run import find_open_intent
from rheostat.store.snapshot import save_snapshot
from tests.unit.service.asking import (
    CANCEL,
    NEWEST,
    RESTART,
    SAVEPOINT,
    STOP,
    ask,
    ask_start,
    codes,
    end,
    publish,
)
from tests.unit.store.nouns import (
    SQL,
    Family,
    later,
    make_family,
    make_job,
    make_operation,
    make_run,
    make_snapshot,
    make_version,
    plant,
)


@pytest.fixture
def live(conn):
    """A run that made checkpoint 7 and was seen processing a minute later."""
    of = plant(conn, make_family(attempt={"last_seen_processing_at": later(67)}))
    save_snapshot(conn, make_snapshot(7, of))
    return of


STEPS = [
    pytest.param(STOP, {}, ["plan_stop", "plan_end", "plan_later_stop"], id="stop"),
    pytest.param(
        STOP,
        {"options": Options(drain=True)},
        ["plan_drain", "plan_end", "plan_later_drained"],
        id="drain",
    ),
    pytest.param(CANCEL, {}, ["plan_cancel", "plan_end", "plan_later_from"], id="cancel"),
    pytest.param(SAVEPOINT, {}, ["plan_savepoint"], id="savepoint"),
    pytest.param(RESTART, {}, ["plan_stop", "plan_end", "plan_start_from_stop"], id="restart"),
    pytest.param(
        RESTART, NEWEST, ["plan_cancel", "plan_end", "plan_start_newest"], id="restart newest"
    ),
    pytest.param(
        RESTART,
        {"options": Options(from_="empty")},
        ["plan_cancel", "plan_end", "plan_start_empty"],
        id="restart empty",
    ),
]


@pytest.mark.parametrize(("kind", "changes", "steps"), STEPS)
def test_every_plan_says_its_steps_and_a_restore_point(conn, live, kind, changes, steps):
    plan = ask(conn, kind, **changes)
    assert codes(plan, "step") == steps
    assert [line.text for line in plan.lines if line.part == "step"] == plan.steps
    assert [line.text for line in plan.lines if line.part == "warning"] == plan.warnings
    assert plan.restore is not None
    if steps[-1] != "plan_start_empty":
        made = make_snapshot(7, live)
        assert (plan.restore.kind, plan.restore.path) == ("checkpoint", made.path)
        assert (plan.restore.why.code, plan.restore.proven) == ("newest_proven", 1)
        assert (plan.restore.completed_at, plan.restore.age_s) == (later(7), 93.0)
        assert plan.restore.rewind_s == 60.0


def test_format_is_named_in_the_step_and_recorded(conn, live):
    native = Options(format=SavepointFormat.NATIVE)
    plan = ask(conn, STOP, options=native, dry_run=False)
    assert "native savepoint" in plan.steps[0]
    open_ = find_open_intent(conn, live.run.id)
    assert open_ is not None
    assert open_.options == native


def test_restart_from_a_snapshot_names_it(conn, live):
    plan = ask(conn, RESTART, options=Options(from_=make_snapshot(7, live).id))
    assert codes(plan, "step")[-1] == "plan_start_from"
    assert plan.restore is not None
    assert plan.restore.why.code == "chosen_by_person"


def test_restart_of_a_batch_job_starts_without_state(conn):
    job = make_job(mode=Mode.BATCH)
    plant(conn, Family(job=job, run=make_run(job=job)))
    assert codes(ask(conn, RESTART), "step") == ["plan_cancel", "plan_end", "plan_start_empty"]


def test_restart_from_newest_works_where_the_engine_is_gone(conn):
    plant(conn, make_family(phase=Phase.HELD, attempt={"stage": Stage.GONE}))
    with pytest.raises(Conflict, match="its engine is gone"):
        ask(conn, RESTART)
    assert codes(ask(conn, RESTART, **NEWEST), "step")[-1] == "plan_start_newest_none"


def test_cancel_says_that_nothing_could_be_resumed_from(conn):
    of = plant(conn, make_family())
    save_snapshot(conn, make_snapshot(7, of, proven=0, fault="it ends too early"))
    plan = ask(conn, CANCEL)
    assert plan.restore is None
    assert codes(plan) == ["no_savepoint_is_made", "line_not_proven"]
    with pytest.raises(Conflict, match="it ends too early"):
        ask(conn, RESTART, **NEWEST)


def test_rewind_above_a_day_is_warned_of(conn, live):
    late = replace(live.attempt, last_seen_processing_at=later(7 + 25 * 3600))
    update_attempt(conn, late)
    for plan in (ask(conn, CANCEL), ask(conn, RESTART, **NEWEST)):
        assert "rewind_large" in codes(plan)
        assert "25 h of work would be read again" in plan.warnings
    assert "rewind_large" not in codes(ask(conn, STOP))
    end(conn, replace(live, attempt=late))
    assert codes(ask_start(conn)) == ["rewind_large"]


def test_start_without_state_says_what_is_not_used(conn, live):
    end(conn, live)
    assert codes(ask_start(conn, from_="empty")) == ["state_not_used"]
    assert codes(ask_start(conn)) == []


def test_dropping_state_is_warned_of_and_recorded(conn, live):
    end(conn, live)
    plan = ask_start(conn, allow_dropped=True)
    assert codes(plan) == ["drops_state"]
    assert plan.hash != ask_start(conn).hash


@pytest.fixture
def drained(conn, live):
    """A run that was stopped with drain."""
    path = "file:///state/savepoints/1/savepoint-1"
    made = make_snapshot(8, live, path=path, kind=SnapshotKind.SAVEPOINT)
    save_snapshot(conn, made)
    operation = make_operation(
        attempt=live.attempt,
        location=path,
        state=OperationState.COMPLETED,
        options=Options(drain=True),
    )
    insert_operation(conn, operation)
    update_operation(conn, operation)
    end(conn, live)
    return made


def test_drained_job_is_not_resumed_unless_told(conn, drained):
    plan = ask_start(conn)
    assert plan.restore is not None
    assert (plan.restore.kind, plan.restore.why.code) == ("empty", "drained")
    assert codes(plan) == ["drained"]
    assert drained.path in plan.lines[-1].fields["path"]


def test_drained_savepoint_can_be_named(conn, drained):
    plan = ask_start(conn, from_=drained.id)
    assert plan.restore is not None
    assert (plan.restore.path, codes(plan)) == (drained.path, ["resumes_drained"])


FITS = [
    pytest.param(
        {"max_parallelism": 128},
        {"resources": Resources(parallelism=200)},
        "parallelism 200 is above 128, the maximum parallelism of chk-7",
        id="parallelism",
    ),
    pytest.param(
        {"max_parallelism": 128},
        {"flink_configuration": {"parallelism.default": "129"}},
        "parallelism 129 is above 128",
        id="parallelism as a setting",
    ),
    pytest.param(
        {"metadata_version": 6},
        {"flink": "1.20"},
        "chk-7 was made by Flink 2.3, and Flink 1.20 cannot read it",
        id="newer Flink",
    ),
    pytest.param(
        {},
        {"flink_configuration": {"state.backend.type": "rocksdb"}},
        "chk-7 is bound to the state backend hashmap, and this version has rocksdb",
        id="state backend",
    ),
]


@pytest.mark.parametrize(("snapshot", "content", "message"), FITS)
def test_version_that_does_not_fit_is_refused_before_anything_is_stopped(
    conn, live, snapshot, content, message
):
    save_snapshot(conn, make_snapshot(7, live, **snapshot))
    publish(conn, **content)
    with pytest.raises(Conflict, match=message):
        ask(conn, RESTART, **NEWEST)
    assert find_open_intent(conn, live.run.id) is None
    end(conn, live)
    with pytest.raises(Conflict, match=message):
        ask_start(conn)
    assert ask_start(conn, from_="empty").version == 2


OF_ITS_STOP = [
    pytest.param(
        {"resources": Resources(parallelism=200)}, "canonical", "above 128", id="parallelism"
    ),
    pytest.param({"flink": "1.20"}, "canonical", "Flink 1.20 cannot read it", id="older Flink"),
    pytest.param(
        {"flink_configuration": {"state.backend.type": "rocksdb"}}, "canonical", None, id="backend"
    ),
    pytest.param(
        {"flink_configuration": {"state.backend.type": "rocksdb"}},
        "native",
        "the savepoint is bound to the state backend hashmap",
        id="backend, native",
    ),
]


@pytest.mark.parametrize(("content", "written", "message"), OF_ITS_STOP)
def test_upgrade_is_judged_before_its_savepoint_is_made(conn, live, content, written, message):
    save_snapshot(conn, make_snapshot(7, live, max_parallelism=128, metadata_version=6))
    publish(conn, **content)
    options = Options(format=SavepointFormat(written))
    if message is None:
        assert ask(conn, RESTART, options=options).version == 2
    else:
        with pytest.raises(Conflict, match=message):
            ask(conn, RESTART, options=options)


def test_difference_comes_with_both_values(conn, live):
    publish(
        conn,
        sql="SELECT 2",
        flink_configuration={"a.b": "1", "s3.secret-key": "hidden"},
        resources=Resources(parallelism=2),
    )
    plan = ask(conn, RESTART)
    found = [(each.what, each.key, each.before, each.after) for each in plan.diff]
    assert found == [
        ("sql", None, SQL, "SELECT 2"),
        ("setting", "a.b", None, "1"),
        ("setting", "s3.secret-key", None, "******"),
        ("resource", "parallelism", None, "2"),
    ]
    assert plan.changes == [
        "the SQL differs",
        "a.b: not set → 1",
        "s3.secret-key: not set → ******",
        "parallelism: not set → 2",
    ]


def test_wish_that_takes_anothers_place_says_so(conn, live):
    ask(conn, SAVEPOINT, dry_run=False)
    plan = ask(conn, STOP, actor="bob")
    assert plan.warnings == ["it takes the place of the savepoint that ann wanted"]


def test_first_start_of_a_job_has_no_difference(conn):
    job = make_job()
    insert_project(conn, job.project)
    insert_job(conn, job)
    insert_version(conn, make_version())
    plan = ask_start(conn)
    assert (plan.diff, plan.changes, plan.restore and plan.restore.rewind_s) == ([], [], None)
