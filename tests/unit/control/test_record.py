"""What a step writes: a move with its reason's fields, a wish that failed with its cause."""

import pytest
import sqlalchemy as sa

from rheostat.control.load import load_step
from rheostat.control.record import Step, record_decision
from rheostat.model.decision import Decision
from rheostat.model.observation import Observed
from rheostat.model.phase import Phase, Reason
from rheostat.store.attempt import insert_operation
from rheostat.store.event import list_events
from rheostat.store.lease import take_lead
from rheostat.store.migrate import migrate
from rheostat.store.run import insert_intent
from tests.unit.store.nouns import NOW, later, make_intent, make_operation, plant


@pytest.fixture
def conn():
    engine = sa.create_engine("sqlite://")
    with engine.connect() as conn:
        migrate(conn)
        yield conn
    engine.dispose()


def write(conn, decision):
    """Plant a running job with a stop under way, record the decision, and return the events."""
    of = plant(conn)
    epoch = take_lead(conn, "a", NOW)
    insert_intent(conn, make_intent(run=of.run))
    insert_operation(conn, make_operation(attempt=of.attempt))
    loaded = load_step(conn, of.run.id, 4, NOW)
    step = Step(
        loaded=loaded,
        attempt=loaded.recorded.attempt,
        observed=Observed(),
        decision=decision,
        noticed=(),
        now=later(60),
        keep_evidence=False,
    )
    record_decision(conn, epoch, step, 4)
    return {event.code: event for event in list_events(conn, of.run.id, 0, 99)}


def test_a_move_carries_the_fields_of_its_reason(conn):
    reason = Reason("engine_lost", {"last_words": "Killed"})
    moved = write(conn, Decision(phase=Phase.FAILING_OVER, reason=reason))["phase_changed"]
    assert (moved.fields["before"], moved.fields["after"]) == ("running", "failing_over")
    assert (moved.fields["reason"], moved.fields["fields"]) == ("engine_lost", dict(reason.fields))


@pytest.mark.parametrize(
    ("error", "cause"),
    [("disk full", "disk full"), (None, "the job restarts again and again and cannot be stopped")],
)
def test_a_wish_that_failed_carries_its_cause(conn, error, cause):
    decision = Decision(
        phase=Phase.RUNNING,
        reason=Reason("stop_waited_in_vain"),
        intent_result="failed",
        operation_error=error,
    )
    failed = write(conn, decision)["intent_failed"]
    assert failed.fields["intent"] == "stop"
    assert str(failed.fields["cause"]).startswith(cause)
