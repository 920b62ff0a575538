"""`decide` over everything that Hypothesis can think of: total, deterministic, legal, never a lie."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from rheostat.core.lifecycle import decide
from rheostat.core.moves import LEGAL, is_legal
from rheostat.core.recorded import Recorded
from rheostat.core.sentences import SENTENCES, tell_reason
from rheostat.model.action import Launch, TriggerStop, WriteAttempt
from rheostat.model.decision import Decision
from rheostat.model.job import GuardPolicy, Mode, Policies, UnseenBatch
from rheostat.model.observation import (
    Asked,
    Inspected,
    Look,
    Looked,
    Observed,
    OperationFact,
    PermitState,
    ProcessFact,
    ProcessState,
    Pushed,
    Watched,
)
from rheostat.model.phase import TERMINAL, HealthWord, Phase, Reason
from rheostat.model.run import (
    IntentKind,
    JobEnd,
    OperationKind,
    OperationState,
    Stage,
    WitnessKind,
)
from rheostat.model.snapshot import RestoreKind, RestorePoint
from tests.builders import (
    EMPTY,
    NOW,
    make_attempt,
    make_intent,
    make_operation,
    make_outcome,
    make_run,
)

WORDS = [
    None,
    "INITIALIZING",
    "CREATED",
    "RUNNING",
    "RESTARTING",
    "FAILING",
    "FAILED",
    "CANCELLING",
    "CANCELED",
    "FINISHED",
    "SUSPENDED",
    "RECONCILING",
    "a word of a later Flink",
]
RESTORE = RestorePoint(
    kind=RestoreKind.CHECKPOINT, reason=Reason("newest_of_branch"), path="file:///s/chk-1"
)
agos = st.integers(0, 3600).map(lambda s: dt.timedelta(seconds=s))
past = agos.map(lambda ago: NOW - ago)
outcomes = st.builds(
    make_outcome,
    st.sampled_from(JobEnd),
    code=st.sampled_from(
        [None, "sql_invalid", "restore_failed", "snapshot_unreadable", "no such code", "x-y"]
    ),
    cause=st.sampled_from([None, "boom", "provided restore options", "StateMigrationException"]),
    message=st.sampled_from([None, "broken {", "中文"]),
)
looks = st.builds(
    Look,
    looked=st.sampled_from(Looked),
    at=st.none() | past,
    ok_at=st.none() | past,
    why=st.sampled_from([None, "connection refused"]),
)
processes = st.builds(
    ProcessFact,
    name=st.sampled_from(["jobmanager", "taskmanager-0"]),
    state=st.sampled_from(ProcessState),
    pid=st.none() | st.integers(1, 9),
    is_suspended=st.booleans(),
)
observations = st.builds(
    Observed,
    pushed=st.builds(
        Pushed,
        look=looks,
        hello=st.booleans(),
        submitted=st.booleans(),
        status=st.sampled_from(WORDS),
        status_at=st.none() | past,
        beat=st.none() | agos,
        is_waiting=st.booleans(),
        outcome=st.none() | outcomes,
    ),
    asked=st.builds(
        Asked,
        look=looks,
        status=st.sampled_from(WORDS),
        tasks=st.dictionaries(
            st.sampled_from(["running", "finished", "total", "failed"]), st.integers(0, 4)
        ),
        modified_at=st.none() | past,
        cause=st.sampled_from(
            [None, "boom", "provided restore options", "StateMigrationException"]
        ),
        inspected=st.none()
        | st.builds(
            Inspected,
            tasks_total=st.integers(0, 4),
            settings=st.dictionaries(
                st.sampled_from(["execution.checkpointing.interval", "state.changelog.enabled"]),
                st.sampled_from(["1000 ms", "true", "?"]),
            ),
            parallelism=st.none() | st.integers(0, 4),
            wanted=st.none() | st.integers(0, 4),
        ),
        operation=st.none()
        | st.builds(
            OperationFact,
            status=st.sampled_from(["IN_PROGRESS", "COMPLETED", "UNKNOWN"]),
            location=st.sampled_from([None, "file:///s"]),
            error=st.sampled_from([None, "disk full"]),
        ),
    ),
    watched=st.builds(
        Watched,
        look=looks,
        permit=st.sampled_from(PermitState),
        jobmanager=processes,
        taskmanagers=st.lists(processes, max_size=2).map(tuple),
        outcome=st.none() | outcomes,
        refused=st.booleans(),
    ),
    disagree_since=st.none() | past,
)
reasons = st.sampled_from(sorted(SENTENCES.keys() - {"records_contradict"})).map(Reason)
attempts = st.builds(
    make_attempt,
    stage=st.sampled_from(Stage),
    launched_at=st.none() | past,
    running_at=st.none() | past,
    checkpoint_at=st.none() | past,
    last_seen_processing_at=st.none() | past,
    outcome=st.none() | outcomes,
    trouble=st.none() | reasons,
    ended_at=st.none() | past,
    restore=st.sampled_from([EMPTY, RESTORE]),
)
records = st.builds(
    Recorded,
    run=st.builds(
        make_run,
        phase=st.sampled_from(Phase),
        mode=st.sampled_from(Mode),
        reason=reasons,
        reason_since=past,
        resolved=st.none() | st.just(EMPTY),
        unresolved=st.none() | reasons,
    ),
    guard=st.sampled_from(GuardPolicy),
    policies=st.builds(
        Policies,
        unseen_batch=st.sampled_from(UnseenBatch),
        resume_failed=st.integers(0, 3),
        is_stateless=st.booleans(),
    ),
    failed=st.integers(0, 3),
    has_vanished=st.booleans(),
    parallelism=st.none() | st.integers(1, 4),
    attempt=st.none() | attempts,
    operation=st.none()
    | st.builds(
        make_operation,
        kind=st.sampled_from(OperationKind),
        state=st.sampled_from(OperationState),
        created_at=past,
        location=st.sampled_from([None, "file:///s"]),
    ),
    intent=st.none() | st.builds(make_intent, st.sampled_from(IntentKind), agos),
    has_room=st.booleans(),
    lost=st.integers(0, 9),
    newest_checkpoint_id=st.none() | st.integers(1, 9),
    savepoint_checkpoint_id=st.none() | st.integers(1, 9),
    checkpoint_interval=st.none() | st.just(dt.timedelta(seconds=10)),
)


BEFORE = frozenset({Phase.QUEUED, Phase.PREPARING, Phase.HELD, *TERMINAL})
MAKING = frozenset({Phase.PREPARING, Phase.FAILING_OVER, *TERMINAL})


def is_possible(recorded: Recorded) -> bool:
    """What the loop itself can have written."""
    attempt, phase = recorded.attempt, recorded.run.phase
    if attempt is None:
        return phase in BEFORE and recorded.operation is None
    if attempt.stage in (Stage.PLANNED, Stage.LAUNCHING):
        return phase in MAKING and attempt.outcome is None
    return phase is not Phase.QUEUED and (
        phase is not Phase.STOPPING or recorded.desired.is_leaving
    )


possible = records.filter(is_possible)


def step(recorded: Recorded, observed: Observed) -> Decision:
    return decide(recorded.desired, recorded, observed, NOW)


@settings(max_examples=1500, deadline=None)
@given(possible, observations)
def test_every_decision_keeps_the_rules(recorded, observed):
    decision = step(recorded, observed)
    attempt, phase = recorded.attempt, recorded.run.phase
    assert decision == step(recorded, observed), "deciding twice says the same"
    assert is_legal(phase, decision.phase), f"{phase} → {decision.phase}"
    assert decision.reason.code in SENTENCES, decision.reason.code
    assert decision.reason.code != "records_contradict"
    assert tell_reason(decision.reason)
    if decision.phase.is_terminal and not phase.is_terminal:
        assert attempt is None or attempt.stage is Stage.GONE, "ended with an engine"
        assert decision.outcome is not None, "ended without a witness"
        assert decision.actions == ()
    if decision.phase is Phase.FINISHED and phase is not Phase.FINISHED:
        assert decision.outcome is not None
        assert decision.outcome.witness is WitnessKind.ENGINE
    if any(isinstance(action, WriteAttempt) for action in decision.actions):
        assert attempt is None or attempt.stage is Stage.GONE, "two engines"
        assert not recorded.desired.is_leaving
    if any(isinstance(action, TriggerStop) for action in decision.actions):
        assert recorded.desired.is_leaving
    if decision.stage is not None:
        assert attempt is not None
        order = list(Stage)
        assert order.index(decision.stage) >= order.index(attempt.stage), "a stage went back"
    if decision.outcome and attempt and attempt.outcome and not decision.phase.is_terminal:
        is_engines = attempt.outcome.witness is WitnessKind.ENGINE
        assert not (is_engines and attempt.stage is Stage.ENDING), "the engine's word is final"


@settings(max_examples=500, deadline=None)
@given(records, observations)
def test_even_records_that_contradict_each_other_have_a_legal_decision(recorded, observed):
    assert is_legal(recorded.run.phase, step(recorded, observed).phase)


@settings(max_examples=500, deadline=None)
@given(possible, observations)
def test_looking_failed_is_never_an_end(recorded, observed):
    blind = Observed(
        pushed=Pushed(),
        asked=Asked(look=Look(looked=Looked.FAILED, at=NOW, why="x"), status=observed.asked.status),
        watched=Watched(look=Look(looked=Looked.FAILED, at=NOW, why="x")),
    )
    attempt, phase = recorded.attempt, recorded.run.phase
    if attempt is None or attempt.stage is not Stage.LAUNCHED or phase.is_terminal:
        return
    decision = step(recorded, blind)
    assert not decision.phase.is_terminal
    assert decision.phase is not Phase.FAILING_OVER or phase is Phase.FAILING_OVER
    if recorded.intent is None:
        assert not any(not isinstance(action, Launch) for action in decision.actions)
        assert decision.stage is None
        if phase not in (Phase.QUEUED, Phase.PREPARING):
            assert decision.health.word is HealthWord.UNKNOWN


@given(st.sampled_from(Phase))
def test_terminal_phases_have_no_way_out_and_others_have_one(phase):
    assert (phase in TERMINAL) == (not LEGAL[phase])


@given(st.sampled_from(Phase))
def test_every_phase_can_be_reached_and_can_end(phase):
    assert phase is Phase.QUEUED or any(phase in after for after in LEGAL.values())
    seen, todo = set(), {phase}
    while todo:
        one = todo.pop()
        seen.add(one)
        todo |= LEGAL[one] - seen
    assert seen & TERMINAL
