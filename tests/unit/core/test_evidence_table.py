"""Each row of the hand-written evidence table against the pure core, second by second."""

import pytest

from rheostat.core.moves import is_legal
from rheostat.model.phase import TERMINAL, Phase
from tests.evidence_table import TROUBLES, WITHIN, read_rows
from tests.simulated_world import WISHES, World, at_phase

ROWS = read_rows()
SETTLE_S = 240


def test_every_trouble_and_every_phase_has_its_rows():
    assert {trouble for row in ROWS for trouble in row.troubles} == TROUBLES.keys()
    assert {row.within for row in ROWS} == set(WITHIN)
    assert any(len(row.troubles) == 2 for row in ROWS)
    assert sum(row.is_real for row in ROWS) >= 12
    names = [row.name for row in ROWS]
    assert len(set(names)) == len(names)


def begin(row) -> World:
    world = at_phase(row.within)
    for trouble in row.troubles:
        world.begin(trouble)
    if row.within in WISHES:
        world.wish(WISHES[row.within])
    return world


def check_path(world):
    phase = Phase.QUEUED
    for after in world.path:
        assert is_legal(phase, after), world.path
        phase = after


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_row(row):
    world = begin(row)
    for _ in range(row.after_s):
        world.pass_second()
    health = world.run.health
    assert world.run.phase == row.phase, (world.run.reason, world.path)
    assert world.attempts[-1].ordinal == row.attempt
    if row.health != "*":
        codes = tuple(reason.code for reason in health.reasons)
        assert (health.word, codes) == (row.health, row.reasons)
    for source, said in row.reachable.items():
        assert said == "*" or world.reachable(source) == (said == "yes"), source
    world.mend()
    for _ in range(SETTLE_S):
        world.pass_second()
    assert (world.run.phase, world.attempts[-1].ordinal) == (row.end_phase, row.end_attempt)
    if Phase(row.end_phase) not in TERMINAL:
        assert row.end_phase == "held" or world.run.health.word == "healthy"
    check_path(world)
