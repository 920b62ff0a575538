"""What a step writes: a move with its reason's fields, a wish that failed with its cause."""

import pytest
import sqlalchemy as sa

from rheostat.control.load import load_step
from rheostat.control.record import Step, record_decision
from rheostat.errors import Busy
from rheostat.model.decision import Decision
from rheostat.model.observation import Observed
from rheostat.model.phase import Phase, Reason
from rheostat.model.run import IntentKind
from rheostat.store.attempt import insert_operation
from rheostat.store.event import list_events
from rheostat.store.lease import take_lead
from rheostat.store.migrate import migrate
from rheostat.store.run import (
    close_intent,
    close_open_intents,
    find_open_intent,
    insert_intent,
    load_run,
)
from tests.unit.store.nouns import NOW, later, make_intent, make_operation, plant


@pytest.fixture
def conn():
    engine = sa.create_engine("sqlite://")
    with engine.connect() as conn:
        migrate(conn)
        yield conn
    engine.dispose()


def write(conn, decision, meanwhile=lambda of: None):
    """Plant a running job with a stop under way, record the decision, and return the events.

    `meanwhile` happens between the load and the record.
    """
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
    meanwhile(of)
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


ENDED = Decision(phase=Phase.CANCELED, reason=Reason("run_canceled"), intent_result="done")


def test_a_wish_that_took_the_place_of_another_is_not_voided(conn):
    cancel = make_intent(IntentKind.CANCEL)

    def replace_it(of):
        close_intent(conn, make_intent(run=of.run).id, "replaced", later(59))
        insert_intent(conn, cancel)

    with pytest.raises(Busy):
        write(conn, ENDED, replace_it)
    run = load_run(conn, cancel.run_id)
    assert (run.phase, run.ended_at) == (Phase.RUNNING, None), "nothing is written"
    assert find_open_intent(conn, run.id) == cancel
    assert list_events(conn, run.id, 0, 99) == []


def test_a_wish_that_was_closed_meanwhile_is_not_decided_on(conn):
    with pytest.raises(Busy):
        write(conn, ENDED, lambda of: close_open_intents(conn, of.run.id, later(59)))
