"""Which wish may take another's place."""

import pytest

from rheostat.core.wish import REPLACES, judge_replacement
from rheostat.model.decision import Desired
from rheostat.model.run import IntentKind, Options, SavepointFormat
from tests.builders import make_intent, make_recorded

STOP, CANCEL = IntentKind.STOP, IntentKind.CANCEL
SAVEPOINT, RESTART = IntentKind.SAVEPOINT, IntentKind.RESTART
PLAIN, DRAIN = Options(), Options(drain=True)
NATIVE, NEWEST = Options(format=SavepointFormat.NATIVE), Options(from_="newest")

CASES = [
    pytest.param(STOP, PLAIN, STOP, PLAIN, None, id="the same"),
    pytest.param(STOP, PLAIN, STOP, DRAIN, "savepoint_under_way", id="drain a stop"),
    pytest.param(STOP, PLAIN, STOP, NATIVE, "savepoint_under_way", id="other format"),
    pytest.param(STOP, DRAIN, CANCEL, PLAIN, None, id="cancel a stop"),
    pytest.param(CANCEL, PLAIN, RESTART, NEWEST, "nothing_replaces_cancel", id="after a cancel"),
    pytest.param(RESTART, PLAIN, RESTART, NEWEST, None, id="do not wait for the savepoint"),
    pytest.param(RESTART, NEWEST, RESTART, PLAIN, "nothing_replaces_cancel", id="too late"),
    pytest.param(RESTART, NEWEST, STOP, PLAIN, "nothing_replaces_cancel", id="stop, too late"),
    pytest.param(RESTART, NEWEST, CANCEL, PLAIN, None, id="cancel a restart"),
    pytest.param(RESTART, NATIVE, STOP, PLAIN, "savepoint_under_way", id="stop, other format"),
    pytest.param(SAVEPOINT, NATIVE, STOP, PLAIN, None, id="a savepoint gives way"),
    pytest.param(SAVEPOINT, NATIVE, SAVEPOINT, PLAIN, "savepoint_under_way", id="savepoints"),
    pytest.param(STOP, PLAIN, SAVEPOINT, PLAIN, "wish_under_way", id="no savepoint of a stop"),
]


@pytest.mark.parametrize(("open_kind", "had", "kind", "options", "code"), CASES)
def test_replacement(open_kind, had, kind, options, code):
    found = judge_replacement(make_intent(open_kind, options=had), kind, options)
    assert (found.code if found else None) == code


def test_nothing_is_in_the_table_of_a_cancel():
    assert all(CANCEL not in each for each in REPLACES.values())


@pytest.mark.parametrize(
    ("options", "desired"),
    [(PLAIN, Desired.STOP), (NEWEST, Desired.CANCEL), (Options(from_="empty"), Desired.CANCEL)],
    ids=["savepoint", "newest", "empty"],
)
def test_restart_stops_or_cancels_by_what_it_starts_from(options, desired):
    assert make_recorded(intent=make_intent(RESTART, options=options)).desired is desired
