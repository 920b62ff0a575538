"""The checker itself: a history that breaks a rule must be caught, each rule once."""

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest

from rheostat.core.invariant import History, find_violations
from rheostat.model.event import Event, EventKind
from rheostat.model.ids import RunId
from rheostat.model.phase import Phase
from rheostat.model.run import JobEnd, Stage, WitnessKind
from rheostat.model.snapshot import RestoreKind, RestorePoint
from tests.builders import EMPTY, NOW, make_attempt, make_outcome, make_run, make_snapshot


def move(before, after, id_, reason="running"):
    fields = {"before": before.value, "after": after.value, "reason": reason}
    return line("phase_changed", id_, EventKind.DECISION, **fields)


def line(code, id_, kind=EventKind.ACTION, **fields):
    return Event(
        run_id=RunId("run"), at=NOW, kind=kind, code=code, id=id_, attempt=1, fields=fields
    )


PATH = [Phase.QUEUED, Phase.PREPARING, Phase.STARTING, Phase.RUNNING, Phase.STOPPING, Phase.STOPPED]
MOVES = [move(a, b, n) for n, (a, b) in enumerate(pairwise(PATH))]
ACTS = [line("action_begun", 20, action="launch"), line("action_done", 21, action="launch")]
SEEN = [line(code, 30, EventKind.OBSERVATION) for code in ("tasks_running", "first_checkpoint")]
ENDED = NOW - dt.timedelta(seconds=9)
GONE = make_attempt(stage=Stage.GONE, ended_at=ENDED, last_seen_processing_at=ENDED)
STOPPED = make_run(phase=Phase.STOPPED, outcome=make_outcome())


def history(**fields):
    defaults = {"run": STOPPED, "attempts": [GONE], "events": [*MOVES, *ACTS, *SEEN]}
    return History(**{**defaults, **fields})


def test_a_good_history_has_no_violation():
    assert find_violations(history()) == []


from_snapshot = RestorePoint(
    kind=RestoreKind.CHECKPOINT, reason=EMPTY.reason, snapshot_id=make_snapshot(1, 9).id
)
older = RestorePoint(
    kind=RestoreKind.CHECKPOINT, reason=EMPTY.reason, snapshot_id=make_snapshot(1, 3).id
)
second = make_attempt(ordinal=2, stage=Stage.GONE, ended_at=NOW, created_at=NOW)

BAD: dict[str, dict[str, Any]] = {
    "a jump": {"events": [move(Phase.QUEUED, Phase.RUNNING, 1), *MOVES[3:]]},
    "a gap": {"events": MOVES[1:]},
    "a move without a reason": {
        "events": [move(Phase.QUEUED, Phase.PREPARING, 0, reason=""), *MOVES[1:]]
    },
    "events that end elsewhere": {"run": make_run(phase=Phase.RUNNING)},
    "two engines": {"attempts": [make_attempt(), second]},
    "written before the other was gone": {
        "attempts": [make_attempt(stage=Stage.GONE, ended_at=NOW + dt.timedelta(1)), second]
    },
    "no witness": {"run": make_run(phase=Phase.STOPPED)},
    "an engine at the end": {"attempts": [make_attempt(stage=Stage.ENDING)]},
    "something left": {"leftovers": ["pid 4711"]},
    "an act without its line": {"events": [*MOVES, ACTS[1]]},
    "a phase younger than its event": {
        "run": make_run(phase=Phase.STOPPED, outcome=make_outcome(), since=NOW + ENDED.resolution)
    },
    "running for less long than it is": {
        "attempts": [
            make_attempt(stage=Stage.GONE, ended_at=NOW, running_at=NOW + ENDED.resolution)
        ]
    },
    "a checkpoint that nobody told of": {"events": [*MOVES, *ACTS, SEEN[0]]},
    "seen after its end": {"attempts": [make_attempt(stage=Stage.GONE, ended_at=ENDED)]},
    "a snapshot younger than its line": {
        "events": [*MOVES, *ACTS, *SEEN, line("snapshot_recorded", 31, path="file:///s")],
        "snapshots": [make_snapshot(1, 1, path="file:///s", completed_at=NOW + ENDED.resolution)],
    },
    "back to an older checkpoint": {
        "snapshots": [make_snapshot(1, 3), make_snapshot(1, 9)],
        "attempts": [
            make_attempt(stage=Stage.GONE, ended_at=NOW, restore=from_snapshot),
            make_attempt(ordinal=2, stage=Stage.GONE, ended_at=NOW, created_at=NOW, restore=older),
        ],
    },
    "back to the base": {
        "snapshots": [make_snapshot(1, 9)],
        "attempts": [
            make_attempt(stage=Stage.GONE, ended_at=NOW, restore=from_snapshot),
            second,
        ],
    },
}


@pytest.mark.parametrize("case", BAD)
def test_each_rule_catches_its_breach(case):
    assert find_violations(history(**BAD[case]))


def test_going_back_past_a_broken_snapshot_is_allowed():
    broken = make_snapshot(1, 9, proven=0, fault="a file is damaged")
    never_ran = make_attempt(
        stage=Stage.GONE, ended_at=NOW, restore=from_snapshot, running_at=None, checkpoint_at=None
    )
    again = make_attempt(
        ordinal=2, stage=Stage.GONE, ended_at=NOW, created_at=NOW, restore=older,
        running_at=None, checkpoint_at=None,
    )  # fmt: skip
    known = [make_snapshot(1, 3), broken]
    assert find_violations(history(snapshots=known, attempts=[never_ran, again])) == []


def test_finished_needs_the_engines_word():
    path = [*PATH[:4], Phase.FINISHED]
    events = [move(a, b, n) for n, (a, b) in enumerate(pairwise(path))]
    ours = make_outcome(JobEnd.FINISHED, witness=WitnessKind.OURS)
    run = make_run(phase=Phase.FINISHED, outcome=ours)
    assert find_violations(history(run=run, events=events))
