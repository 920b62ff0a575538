"""What `newest` means for a person: the whole line of a job's runs, the newest first."""

import datetime as dt
from dataclasses import replace

import pytest

from rheostat.core.line import CHOSEN_EMPTY, RunLeft, choose_newest
from rheostat.model.phase import Phase, Reason
from rheostat.model.snapshot import RestoreKind, RestorePoint
from tests.builders import EMPTY, NOW, make_run, make_snapshot

NAMED = RestorePoint(
    kind=RestoreKind.SAVEPOINT,
    reason=Reason("chosen_by_person"),
    path="file:///s",
    completed_at=NOW - dt.timedelta(hours=2),
    proven=2,
    allow_dropped=True,
)
PROVEN, UNREAD = make_snapshot(1, 7), make_snapshot(1, 8, proven=0)
BROKEN = make_snapshot(1, 8, fault="a file is missing")


def left(number=1, phase=Phase.STOPPED, base=EMPTY, **fields):
    return RunLeft(run=make_run(number=number, phase=phase, base=base), **fields)


def chose_empty(code):
    return replace(EMPTY, reason=Reason(code))


CASES = [
    pytest.param([], "no_snapshot_yet", None, id="never ran"),
    pytest.param([left()], "no_snapshot_yet", None, id="left nothing"),
    pytest.param([left(snapshots=(PROVEN,))], "newest_proven", PROVEN.path, id="proven"),
    pytest.param([left(snapshots=(UNREAD, PROVEN))], "newest_proven", PROVEN.path, id="unread"),
    pytest.param([left(snapshots=(BROKEN,))], "line_not_proven", None, id="broken"),
    pytest.param([left(has_made_state=True)], "line_gone", None, id="gone"),
    pytest.param(
        [left(2), left(1, snapshots=(PROVEN,))], "newest_proven", PROVEN.path, id="the run before"
    ),
    pytest.param(
        [left(2, base=NAMED), left(1, snapshots=(PROVEN,))], "base_again", NAMED.path, id="base"
    ),
    pytest.param(
        [left(2, base=NAMED, is_base_lost=True), left(1, snapshots=(BROKEN, PROVEN))],
        "newest_proven",
        PROVEN.path,
        id="base is broken or gone",
    ),
    pytest.param(
        [left(phase=Phase.FINISHED, snapshots=(PROVEN,))], "bounded_restart", None, id="finished"
    ),
    pytest.param(
        [left(2, phase=Phase.FAILED), left(1, phase=Phase.FINISHED, snapshots=(PROVEN,))],
        "newest_proven",
        PROVEN.path,
        id="an earlier one finished",
    ),
    pytest.param(
        [left(snapshots=(PROVEN,), drained=frozenset({PROVEN.path}))], "drained", None, id="drained"
    ),
    pytest.param(
        [left(snapshots=(PROVEN, make_snapshot(1, 9)), drained=frozenset({PROVEN.path}))],
        "newest_proven",
        make_snapshot(1, 9).path,
        id="went on after a drain",
    ),
    *(
        pytest.param(
            [left(2, base=chose_empty(code)), left(1, snapshots=(PROVEN,))],
            "base_again",
            None,
            id=f"{code} is not undone",
        )
        for code in sorted(CHOSEN_EMPTY)
    ),
]


@pytest.mark.parametrize(("line", "code", "path"), CASES)
def test_newest_of_the_line(line, code, path):
    chosen = choose_newest(line)
    reason, found = (chosen, None) if isinstance(chosen, Reason) else (chosen.reason, chosen.path)
    assert (reason.code, found) == (code, path)


def test_line_is_read_only_as_far_as_needed():
    def line():
        yield left(3)
        yield left(2, snapshots=(PROVEN,))
        raise AssertionError("not asked for")

    assert isinstance(choose_newest(line()), RestorePoint)


def test_base_again_keeps_its_proof_and_counts_the_rewind_anew():
    chosen = choose_newest([left(base=NAMED, processed_until=NOW)])
    assert isinstance(chosen, RestorePoint)
    assert (chosen.rewind, chosen.proven) == (dt.timedelta(hours=2), 2)


def test_rewind_counts_from_the_last_run_that_processed():
    held = left(2, base=NAMED, is_base_lost=True, processed_until=NOW)
    earlier = left(1, snapshots=(PROVEN,), processed_until=NOW - dt.timedelta(hours=1))
    chosen = choose_newest([held, earlier])
    assert isinstance(chosen, RestorePoint)
    assert chosen.rewind == NOW - PROVEN.completed_at
