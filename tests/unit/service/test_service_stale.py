"""What became of a plan that was shown: refused where it would be another now, in words."""

import pytest

from rheostat.errors import Stale
from rheostat.model.ids import IntentId
from rheostat.model.phase import Phase
from rheostat.model.run import IntentKind, Options, SavepointFormat
from rheostat.service.deletion import delete_job
from rheostat.store.run import find_open_intent, insert_run, update_run
from rheostat.store.snapshot import mark_gone, save_snapshot
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
    later,
    make_family,
    make_run,
    make_snapshot,
    plant,
)


@pytest.fixture
def live(conn):
    """A run that made checkpoint 7 and was seen processing a minute later."""
    of = plant(conn, make_family(attempt={"last_seen_processing_at": later(67)}))
    save_snapshot(conn, make_snapshot(7, of))
    return of


@pytest.mark.parametrize("kind", IntentKind)
def test_hash_does_not_know_the_hour(conn, live, kind):
    assert ask(conn, kind).hash == ask(conn, kind, now=999, actor="bob").hash


def test_hash_of_a_wish_outlives_a_newer_checkpoint(conn, live):
    before = [ask(conn, kind).hash for kind in IntentKind]
    newest = ask(conn, RESTART, **NEWEST).hash
    save_snapshot(conn, make_snapshot(8, live))
    assert [ask(conn, kind).hash for kind in IntentKind] == before
    assert ask(conn, RESTART, **NEWEST).hash == newest


def stale(act):
    with pytest.raises(Stale) as caught:
        act()
    return caught.value.message


@pytest.mark.parametrize("kind", IntentKind)
def test_plan_of_a_run_that_has_ended_is_stale(conn, live, kind):
    shown = ask(conn, kind).hash
    end(conn, live, Phase.FAILED)
    message = stale(lambda: ask(conn, kind, plan=shown, dry_run=False))
    assert "run 1 has ended: it is failed" in message
    plant(conn, make_family(number=2))
    message = stale(lambda: ask(conn, kind, plan=shown, dry_run=False))
    assert "run 1 has ended: it is failed; run 2 has come since: it is running" in message
    assert find_open_intent(conn, make_run(2).id) is None


def test_plan_of_a_start_is_stale_when_another_run_is_live(conn, live):
    end(conn, live)
    shown = ask_start(conn).hash
    plant(conn, make_family(number=2))
    message = stale(lambda: ask_start(conn, plan=shown, dry_run=False))
    assert "run 2 of orders is running" in message


def test_plan_of_a_start_is_stale_when_another_run_has_left_more(conn, live):
    end(conn, live)
    shown = ask_start(conn).hash
    second = plant(conn, make_family(number=2, phase=Phase.CANCELED))
    assert ask_start(conn, plan=shown).hash == shown, "it has left nothing"
    save_snapshot(conn, make_snapshot(8, second))
    message = stale(lambda: ask_start(conn, plan=shown, dry_run=False))
    assert "the restore point would be chk-8, not chk-7" in message


def test_plan_of_a_start_is_stale_when_its_snapshot_is_gone(conn, live):
    end(conn, live)
    save_snapshot(conn, make_snapshot(6, live))
    shown = ask_start(conn).hash
    mark_gone(conn, [make_snapshot(7, live).path], later(90))
    message = stale(lambda: ask_start(conn, plan=shown, dry_run=False))
    assert "the restore point would be chk-6, not chk-7" in message
    named = make_snapshot(6, live).id
    chosen = ask_start(conn, from_=named).hash
    mark_gone(conn, [make_snapshot(6, live).path], later(90))
    message = stale(lambda: ask_start(conn, from_=named, plan=chosen, dry_run=False))
    assert "orders has no snapshot" in message


def test_plan_is_stale_when_a_version_came(conn, live):
    shown = ask(conn, RESTART).hash
    publish(conn)
    message = stale(lambda: ask(conn, RESTART, plan=shown, dry_run=False))
    assert "it would be version 2, not version 1" in message
    end(conn, live)
    shown = ask_start(conn, version=1).hash
    message = stale(lambda: ask_start(conn, plan=shown, dry_run=False))
    assert "it would be version 2, not version 1" in message


OTHERWISE = [
    pytest.param(STOP, Options(drain=True), "would be canonical drain, not canonical", id="drain"),
    pytest.param(
        SAVEPOINT,
        Options(format=SavepointFormat.NATIVE),
        "would be native, not canonical",
        id="native",
    ),
    pytest.param(
        RESTART,
        Options(from_="newest"),
        "the newest snapshot proven by then, not the savepoint of its own stop",
        id="from",
    ),
    pytest.param(
        RESTART,
        Options(allow_dropped=True),
        "would be canonical allow_dropped, not canonical",
        id="allow dropped",
    ),
]


@pytest.mark.parametrize(("kind", "options", "message"), OTHERWISE)
def test_plan_of_other_options_is_stale(conn, live, kind, options, message):
    shown = ask(conn, kind).hash
    assert message in stale(lambda: ask(conn, kind, plan=shown, options=options, dry_run=False))


def test_plan_of_another_action_or_job_is_stale(conn, live):
    shown = ask(conn, STOP).hash
    message = stale(lambda: ask(conn, CANCEL, plan=shown, dry_run=False))
    assert "that was the plan of a stop, and this is a cancel" in message
    assert "this is not the hash of a plan" in stale(lambda: ask(conn, STOP, plan="abc"))
    foreign = shown[:8] + "0" * 8 + shown[16:]
    assert "it was about another job" in stale(lambda: ask(conn, STOP, plan=foreign))
    assert find_open_intent(conn, live.run.id) is None


def test_plan_of_a_deletion_is_stale_when_a_run_came(conn, live):
    end(conn, live)
    where = ("shop", "orders")
    plan = delete_job(conn, where, None, later(100), dry_run=True).plan
    assert codes(plan, "step") == ["plan_delete", "plan_keep_snapshots"]
    insert_run(conn, make_run(2, phase=Phase.FAILED))
    message = stale(lambda: delete_job(conn, where, plan.hash, later(100), dry_run=False))
    assert "run 2 has come since: it is failed" in message
    update_run(conn, make_run(2, phase=Phase.RUNNING))
    message = stale(lambda: delete_job(conn, where, plan.hash, later(100), dry_run=False))
    assert "run 2 of orders is running" in message


def test_plan_that_was_shown_is_carried_out(conn, live):
    for word, kind in enumerate((SAVEPOINT, STOP, CANCEL)):
        named = IntentId(str(word))
        plan = ask(conn, kind, plan=ask(conn, kind).hash, dry_run=False, intent_id=named)
        assert plan.action == kind.value
    end(conn, live)
    assert ask_start(conn, plan=ask_start(conn).hash, dry_run=False).action == "start"
