"""Folding an agent's events: incarnations, absorbing outcome, unknown kinds, hostile texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheostat.core.conf import checkpoint_interval, parse_duration
from rheostat.core.pushed import fold_push, hear
from rheostat.core.token import attempt_token
from rheostat.model.job import Mode
from rheostat.model.observation import Looked, Pushed
from rheostat.model.run import JobEnd
from tests.builders import NOW, SECOND


def fold(*bodies, incarnation="x", before=None):
    pushed = before or Pushed()
    for body in bodies:
        pushed = fold_push(pushed, incarnation, body, NOW)
    return pushed


def test_a_start_in_order():
    pushed = fold(
        {"kind": "hello"},
        {"kind": "submitted"},
        {"kind": "status", "new": "RUNNING", "at": "2026-01-01T00:00:00Z"},
    )
    assert (pushed.hello, pushed.submitted, pushed.status) == (True, True, "RUNNING")
    assert pushed.look.looked is Looked.OK


def test_an_outcome_is_absorbing():
    pushed = fold(
        {"kind": "outcome", "status": "FINISHED"}, {"kind": "outcome", "status": "FAILED"}
    )
    assert pushed.outcome is not None
    assert pushed.outcome.status is JobEnd.FINISHED


def test_an_incarnation_that_was_replaced_is_history():
    second = fold({"kind": "hello"}, incarnation="y", before=fold({"kind": "hello"}))
    assert second.incarnation == "y"
    late = fold({"kind": "outcome", "status": "FAILED"}, incarnation="x", before=second)
    assert late == second


@given(
    st.dictionaries(
        st.sampled_from(["kind", "new", "at", "status", "line", "code", "cause"]),
        st.none()
        | st.text()
        | st.integers()
        | st.booleans()
        | st.sampled_from(["outcome", "FAILED"]),
    )
)
def test_any_body_folds(body):
    pushed = fold(body)
    assert "\x00" not in (pushed.cause or "")


def test_a_token_is_the_attempts_own():
    assert attempt_token(b"k", "a") != attempt_token(b"k", "b") != attempt_token(b"j", "b")
    assert len(attempt_token(b"k", "a")) == 64


def test_durations_as_flink_reads_them():
    cases = {"10s": 10, "1 min": 60, "500": 0.5, "2h": 7200, "3 x": None, "": None, "1 d": 86400}
    for text, seconds in cases.items():
        found = parse_duration(text)
        assert (found.total_seconds() if found is not None else None) == seconds, text


def test_checkpoint_interval():
    key = "execution.checkpointing.interval"
    assert checkpoint_interval(Mode.BATCH, {key: "1s"}) is None
    assert checkpoint_interval(Mode.STREAMING, {key: "0"}) is None
    assert checkpoint_interval(Mode.STREAMING, {}) is not None


@pytest.mark.parametrize("beat", [None, 0, -1, "10", True, 10**9])
def test_only_a_sane_beat_makes_silence_mean_something(beat):
    pushed = fold_push(Pushed(), "x", {"kind": "hello", "beat_ms": beat}, NOW)
    assert pushed.beat is None
    assert hear(pushed, NOW + 3600 * SECOND).looked is Looked.OK


def test_nobody_is_silent_who_never_spoke():
    assert hear(Pushed(), NOW).looked is Looked.NEVER
