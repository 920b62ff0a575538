"""What an attempt starts from: order by position, never by time; the branch alone; proof or a person."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from rheostat.core.restore import as_restore_point, choose_for_failover, position
from rheostat.model.phase import Reason
from rheostat.model.snapshot import RestoreKind, RestorePoint, SnapshotKind
from tests.builders import EMPTY, NOW, make_snapshot

SAVEPOINT = RestorePoint(
    kind=RestoreKind.SAVEPOINT,
    reason=Reason("chosen_by_person"),
    path="file:///s",
    completed_at=NOW - dt.timedelta(days=10),
)


def choose(base, snapshots, until=NOW, **more):
    return choose_for_failover(base, snapshots, processed_until=until, **more)


def test_nothing_made_yet_is_the_base_again_empty_included():
    assert choose(EMPTY, []).kind is RestoreKind.EMPTY
    again = choose(SAVEPOINT, [], until=SAVEPOINT.completed_at)
    assert (again.path, again.reason.code) == ("file:///s", "base_again")


def test_a_base_too_old_or_snapshots_that_vanished_ask_a_person():
    assert choose(SAVEPOINT, []).code == "rewind_too_large"
    assert choose(EMPTY, [], has_made_state=True).code == "nothing_proven"


def test_never_the_launch_time_savepoint_once_the_branch_made_its_own():
    chosen = choose(SAVEPOINT, [make_snapshot(1, 9)])
    assert chosen.path == "file:///state/1/chk-9"


def test_position_orders_and_time_does_not():
    newer_clock = make_snapshot(1, 12, completed_at=NOW)
    later_attempt = make_snapshot(2, 3, completed_at=NOW - dt.timedelta(minutes=30))
    assert choose(EMPTY, [later_attempt, newer_clock]).checkpoint_id == 3


def test_savepoints_share_the_counter():
    savepoint = make_snapshot(1, 7, kind=SnapshotKind.SAVEPOINT)
    chosen = choose(EMPTY, [make_snapshot(1, 6), savepoint])
    assert chosen.kind is RestoreKind.SAVEPOINT


def test_a_broken_one_is_passed_over_and_none_proven_asks_a_person():
    broken = make_snapshot(1, 8, proven=0, fault="torn")
    assert choose(EMPTY, [make_snapshot(1, 7), broken]).checkpoint_id == 7
    refusal = choose(EMPTY, [broken])
    assert isinstance(refusal, Reason)
    assert refusal.code == "nothing_proven"


def test_too_large_a_rewind_asks_a_person():
    old = make_snapshot(1, 7, completed_at=NOW - dt.timedelta(hours=2))
    refusal = choose(EMPTY, [old])
    assert isinstance(refusal, Reason)
    assert refusal.code == "rewind_too_large"


def test_rewind_is_never_negative():
    point = as_restore_point(
        make_snapshot(1, 1), Reason("newest_proven"), processed_until=NOW - dt.timedelta(hours=1)
    )
    assert point.rewind == dt.timedelta()


snapshots = st.builds(
    make_snapshot,
    st.integers(1, 4),
    st.integers(1, 30),
    proven=st.integers(0, 2),
    fault=st.sampled_from([None, None, "torn"]),
)


@given(st.lists(snapshots, max_size=8))
def test_the_choice_is_the_highest_proven_position(made):
    choice = choose(EMPTY, made)
    good = [each for each in made if each.proven and not each.fault]
    if good:
        assert isinstance(choice, RestorePoint)
        best = max(position(each) for each in good)
        assert (choice.checkpoint_id, choice.path) == (
            best[1],
            f"file:///state/{best[0]}/chk-{best[1]}",
        )
    else:
        assert isinstance(choice, Reason) == bool(made)
