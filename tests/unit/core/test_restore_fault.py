"""Flink's own words on a restore that failed: whose fault it is, and what follows."""

import datetime as dt
from dataclasses import replace

import pytest

from rheostat.core.lifecycle import decide
from rheostat.core.notice import count_losses
from rheostat.core.restore_fault import RestoreFault, as_outcome, find_fault, read_fault
from rheostat.model.action import NAMES
from rheostat.model.job import GuardPolicy
from rheostat.model.observation import Observed
from rheostat.model.phase import Phase, Reason
from rheostat.model.run import IntentKind, JobEnd, Stage
from rheostat.model.snapshot import RestoreKind, RestorePoint
from tests.builders import (
    NOW,
    SECOND,
    make_asked,
    make_attempt,
    make_intent,
    make_observed,
    make_outcome,
    make_recorded,
    make_run,
)

MAP = (
    "java.lang.IllegalStateException: Failed to rollback to checkpoint/savepoint file:/s/chk-3. Cannot"
    " map checkpoint/savepoint state for operator 0c3f to the new program, because the operator is not"
    " available in the new program. If you want to allow to skip this, you can set the"
    " --allowNonRestoredState option on the CLI."
)
WRAPPED = (
    "org.apache.flink.runtime.state.BackendBuildingException: Failed when trying to restore heap backend\n"
    "org.apache.flink.util.FlinkException: Could not restore keyed state backend for"
    " StreamGroupedAgg_0a45 from any of the 1 provided restore options.\n"
    "java.lang.Exception: Exception while creating StreamOperatorStateContext."
)
GARBAGE = "java.io.EOFException\n" + WRAPPED
DAMAGE = [
    "java.io.FileNotFoundException: /s/chk-3/9f (No such file or directory)",
    "java.nio.file.NoSuchFileException: /s/chk-3/9f",
    "java.io.StreamCorruptedException: invalid type code: 5A",
    "java.io.UTFDataFormatException: malformed input around byte 3",
    "org.rocksdb.RocksDBException: Corruption: block checksum mismatch",
    "java.io.IOException: CRC error in chunk",
    "org.apache.flink.core.io.VersionMismatchException: Incompatible version: found 1515870810",
]
PASSING = [
    "java.io.IOException: No space left on device",
    "java.lang.OutOfMemoryError: Java heap space",
    "java.util.concurrent.TimeoutException: no answer",
    "java.net.SocketTimeoutException: Read timed out",
    "java.net.ConnectException: Connection refused",
    "java.io.FileNotFoundException: /s/chk-3/9f (Too many open files)",
    "java.io.EOFException\norg.x.Retry: Connection reset by peer",
]
MIGRATION = (
    "org.apache.flink.util.StateMigrationException: For heap backends, the new state serializer (a) must"
    " not be incompatible with the old state serializer (b).\n" + GARBAGE
)
CAUSES = [
    (MAP, RestoreFault.DOES_NOT_FIT),
    (
        "Max parallelism mismatch between checkpoint/savepoint state and new program. Cannot map"
        " operator 5b61 with max parallelism 128 to new program with max parallelism 256.",
        RestoreFault.DOES_NOT_FIT,
    ),
    (
        "The state for task a can not be restored. The maximum parallelism (4) of the restored state is"
        " lower than the configured parallelism (8).",
        RestoreFault.DOES_NOT_FIT,
    ),
    (MIGRATION, RestoreFault.DOES_NOT_FIT),
    (GARBAGE, RestoreFault.UNREADABLE),
    *((each + "\n" + WRAPPED, RestoreFault.UNREADABLE) for each in DAMAGE),
    *((each + "\n" + WRAPPED, RestoreFault.INTERRUPTED) for each in PASSING),
    (WRAPPED, None),
    ("java.lang.IllegalStateException: whatever\n" + WRAPPED, None),
    *((each, None) for each in PASSING),
    (
        "java.io.FileNotFoundException: Cannot find checkpoint or savepoint file/directory 'file:/s/x'"
        " on file system 'file'.",
        RestoreFault.UNREADABLE,
    ),
    (
        "java.io.FileNotFoundException: Cannot find meta data file '_metadata' in directory 'file:/s'.",
        RestoreFault.UNREADABLE,
    ),
    ("java.io.FileNotFoundException: /data/input.csv (No such file or directory)", None),
    ("java.lang.ArithmeticException: / by zero", None),
    ("", None),
    (None, None),
]
RESTORE = RestorePoint(
    kind=RestoreKind.CHECKPOINT, reason=Reason("newest_of_branch"), path="file:///s/chk-3"
)


@pytest.mark.parametrize(("cause", "fault"), CAUSES)
def test_whose_fault(cause, fault):
    assert read_fault(cause) is fault


def ended(cause=GARBAGE, **fields):
    outcome = make_outcome(JobEnd.FAILED, code="restore_failed", message="m", cause=cause)
    defaults = {
        "stage": Stage.GONE,
        "outcome": outcome,
        "running_at": None,
        "restore": RESTORE,
        "ended_at": NOW,
    }
    return make_attempt(**{**defaults, **fields})


NO_FAULT = {
    "it ran": ended(running_at=NOW),
    "it started without state": ended(restore=make_attempt().restore),
    "it finished": ended(outcome=make_outcome(cause=GARBAGE)),
    "nobody knows": ended(outcome=None),
    "another cause": ended("boom"),
}


@pytest.mark.parametrize("case", NO_FAULT)
def test_no_fault_of_a_restore(case):
    assert find_fault(NO_FAULT[case]) is None


@pytest.mark.parametrize("fault", RestoreFault)
def test_our_own_outcome_is_known_again(fault):
    outcome = as_outcome(RestoreFault(fault), GARBAGE)
    assert find_fault(ended(outcome=outcome)) is fault
    assert outcome.message == "java.io.EOFException"


def step(recorded, observed=None):
    return decide(recorded.desired, recorded, observed or Observed(), NOW)


def in_phase(phase, attempt, **fields):
    return make_recorded(run=make_run(phase=phase), attempt=attempt, **fields)


@pytest.mark.parametrize(
    ("cause", "code"), [(GARBAGE, "snapshot_unreadable"), (MAP, "version_does_not_fit")]
)
@pytest.mark.parametrize("phase", [Phase.STARTING, Phase.RESTARTING])
def test_tasks_that_cannot_restore_are_ended_though_flink_would_try_for_ever(phase, cause, code):
    trying = make_attempt(running_at=None, restore=RESTORE)
    asked = make_asked("RESTARTING", 0, 2, cause=cause)
    decision = step(in_phase(phase, trying), make_observed(asked=asked))
    assert decision.stage is Stage.ENDING
    assert decision.reason.code == code
    assert decision.outcome is not None
    assert find_fault(replace(trying, outcome=decision.outcome)) is not None


def test_a_restart_after_it_ran_is_no_fault_of_the_restore():
    asked = make_asked("RESTARTING", 0, 2, cause=GARBAGE)
    decision = step(
        in_phase(Phase.RUNNING, make_attempt(restore=RESTORE)), make_observed(asked=asked)
    )
    assert (decision.phase, decision.stage) == (Phase.RESTARTING, None)


@pytest.mark.parametrize("phase", [Phase.STARTING, Phase.RESTARTING])
def test_an_unreadable_snapshot_leads_to_an_older_one_at_once_and_off_the_budget(phase):
    first = step(in_phase(phase, ended()))
    assert (first.phase, first.reason.code) == (Phase.FAILING_OVER, "snapshot_unreadable")
    then = step(in_phase(Phase.FAILING_OVER, ended(), lost=9))
    assert [NAMES[type(action)] for action in then.actions] == ["resolve_restore"]
    waiting = step(in_phase(Phase.FAILING_OVER, ended(), has_room=False))
    assert waiting.reason.code == "no_room"


FULL = "java.io.IOException: No space left on device\n" + WRAPPED


def test_a_restore_that_broke_off_is_a_loss_and_nothing_is_called_broken():
    trying = make_attempt(running_at=None, restore=RESTORE)
    asked = make_asked("RESTARTING", 0, 2, cause=FULL)
    still = step(in_phase(Phase.STARTING, trying), make_observed(asked=asked))
    assert still.stage is None, "Flink tries again by itself"
    first = step(in_phase(Phase.STARTING, ended(FULL)))
    assert (first.phase, first.reason.code) == (Phase.FAILING_OVER, "restore_interrupted")
    paused = step(in_phase(Phase.FAILING_OVER, ended(FULL), lost=2))
    assert paused.reason.code == "backing_off"
    before = ended(FULL, ended_at=NOW - 60 * SECOND)
    then = step(in_phase(Phase.FAILING_OVER, before, lost=2))
    assert [NAMES[type(action)] for action in then.actions] == ["resolve_restore"]
    assert step(in_phase(Phase.FAILING_OVER, before, lost=6)).reason.code == "too_many_losses"
    assert count_losses([before, ended(FULL)], NOW, dt.timedelta(minutes=30)) == 2


@pytest.mark.parametrize(
    ("guard", "phase"),
    [(GuardPolicy.FAIL_AND_ALERT, Phase.FAILED), (GuardPolicy.HOLD, Phase.HELD)],
)
def test_a_restore_that_broke_off_follows_the_guards_policy(guard, phase):
    assert step(in_phase(Phase.FAILING_OVER, ended(FULL), guard=guard)).phase is phase


def test_where_nothing_older_will_do_a_person_is_asked():
    refused = make_run(phase=Phase.FAILING_OVER, unresolved=Reason("rewind_too_large"))
    held = step(make_recorded(run=refused, attempt=ended()))
    assert (held.phase, held.reason.code) == (Phase.HELD, "rewind_too_large")
    stays = step(make_recorded(run=make_run(phase=Phase.HELD, reason=held.reason), attempt=ended()))
    assert (stays.phase, stays.reason) == (Phase.HELD, held.reason)


@pytest.mark.parametrize("phase", [Phase.STARTING, Phase.RESTARTING, Phase.FAILING_OVER])
def test_a_version_that_does_not_fit_is_held_and_nothing_older_is_tried(phase):
    held = step(in_phase(phase, ended(MAP)))
    assert (held.phase, held.reason.code, held.actions) == (Phase.HELD, "version_does_not_fit", ())
    again = step(
        make_recorded(run=make_run(phase=Phase.HELD, reason=held.reason), attempt=ended(MAP))
    )
    assert (again.phase, again.reason) == (Phase.HELD, held.reason)


@pytest.mark.parametrize("cause", [MAP, GARBAGE])
def test_a_held_restore_can_be_canceled(cause):
    held = in_phase(Phase.HELD, ended(cause), intent=make_intent(IntentKind.CANCEL))
    assert step(held).phase is Phase.CANCELED


def test_unreadable_snapshots_do_not_count_as_losses_and_do_not_hide_them():
    lost = [make_attempt(ordinal=n, stage=Stage.GONE, ended_at=NOW - n * SECOND) for n in range(3)]
    window = dt.timedelta(minutes=30)
    assert count_losses([*lost, ended()], NOW, window) == 3
    assert count_losses([lost[0], ended(), lost[1]], NOW, window) == 2
    assert count_losses([*lost, ended(MAP)], NOW, window) == 0
