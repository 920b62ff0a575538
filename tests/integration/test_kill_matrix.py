"""The kill matrix: the server ends by SIGKILL at each action, before its line, after it, after the act.

Every action has its scenario here; one without fails the test. Each case sees that its point was hit.
JVMs, run folders and savepoint folders are counted from the operating system and the disk, none from our
database. `make test` runs a third of the matrix, chosen by RHEOSTAT_SEED; `make kill-matrix` all of it.
"""

import os
import signal
import zlib

import pytest

from rheostat.model.action import NAMES
from rheostat.wire.plan import StartBody
from tests.running_server import PROJECT, leftovers

pytestmark = pytest.mark.flink

START, STOP, CANCEL, SAVEPOINT = "start", "stop", "cancel", "savepoint"
SCENARIO = {
    "resolve_restore": START,
    "write_attempt": START,
    "materialise": START,
    "write_permit": START,
    "launch": START,
    "trigger_stop": STOP,
    "trigger_savepoint": SAVEPOINT,
    "cancel": CANCEL,
    "revoke_permit": STOP,
    "terminate": STOP,
    "verify_gone": CANCEL,
    "list_snapshots": STOP,
    "archive_logs": CANCEL,
}
MOMENTS = ("before", "written", "acted")
POINTS = [f"{action}:{moment}" for action in NAMES.values() for moment in MOMENTS]
SEED = int(os.environ.get("RHEOSTAT_SEED", "0"))
IS_WHOLE = os.environ.get("RHEOSTAT_MATRIX") == "whole"


def is_chosen(point):
    return IS_WHOLE or zlib.crc32(point.encode()) % 3 == SEED % 3


CHOSEN = [point for point in POINTS if is_chosen(point)]
SAVEPOINTS = [f"trigger_savepoint:{moment}" for moment in MOMENTS]
"""Too few for chance to pick one: without the whole matrix they take turns."""


def scenario(point):
    return SCENARIO[point.partition(":")[0]]


def test_every_action_has_its_scenario():
    assert set(SCENARIO) == set(NAMES.values())
    assert {scenario(point) for point in POINTS} == {START, STOP, CANCEL, SAVEPOINT}


def savepoint_folders(server):
    """On disk, whatever the database says."""
    return [folder for folder in (server.data / "state").glob("*/savepoints/*/savepoint-*")]


def act(server, verb):
    with server.client() as client:
        if verb == START:
            client.jobs.start(PROJECT, "orders", StartBody())
        elif verb == STOP:
            client.jobs.stop(PROJECT, "orders")
        elif verb == SAVEPOINT:
            client.jobs.savepoint(PROJECT, "orders")
        else:
            client.jobs.cancel(PROJECT, "orders")


def crash_and_return(server, verb):
    """The server is at its point when it dies, and another one takes over."""
    act(server, verb)
    assert server.wait_dead() == -signal.SIGKILL, "the point was not hit"
    server.start()


@pytest.mark.parametrize("point", [point for point in CHOSEN if scenario(point) == START])
async def test_killed_at_a_point_of_a_start(server, point):
    server.job()
    server.kill()
    server.start(crash_at=point)
    crash_and_return(server, START)
    run = server.wait_phase("running")
    assert server.jobmanagers() == [run.attempt.pids.jobmanager], "exactly one JobManager"
    assert len(server.java_processes()) == 2
    assert len(list((server.data / "runs").iterdir())) == 1
    assert run.attempt.number == 1, "one attempt is enough"
    act(server, CANCEL)
    server.wait_phase("canceled")


@pytest.mark.parametrize("point", SAVEPOINTS if IS_WHOLE else [SAVEPOINTS[SEED % 3]])
async def test_killed_at_a_point_of_a_savepoint(server, point):
    server.job()
    act(server, START)
    run = server.wait_phase("running")
    server.kill()
    server.start(crash_at=point)
    server.wait(lambda run: all(each.reachable for each in run.evidence))
    crash_and_return(server, SAVEPOINT)
    again = server.wait(lambda run: run.intent is None)
    assert (again.phase, again.attempt.id) == ("running", run.attempt.id)
    assert server.jobmanagers() == [run.attempt.pids.jobmanager]
    assert len(savepoint_folders(server)) == 1, "one savepoint, made once"
    act(server, CANCEL)
    server.wait_phase("canceled")


ENDS = [point for point in CHOSEN if scenario(point) in (STOP, CANCEL)]


@pytest.mark.parametrize("point", ENDS)
async def test_killed_at_a_point_of_an_end(server, point):
    verb = scenario(point)
    server.job()
    act(server, START)
    server.wait_phase("running")
    server.kill()
    server.start(crash_at=point)
    server.wait(lambda run: all(each.reachable for each in run.evidence))
    crash_and_return(server, verb)
    run = server.wait_phase("stopped" if verb == STOP else "canceled")
    assert leftovers(server) == []
    if verb == STOP:
        folders = [f"file://{folder}" for folder in savepoint_folders(server)]
        assert folders == [run.savepoint], "one savepoint, and the run names it"
    else:
        assert savepoint_folders(server) == []
