"""What an attempt left: also the savepoint whose operation another one has replaced."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from rheostat.control.refresh import list_attempt
from rheostat.model.ids import OperationId
from rheostat.model.run import OperationKind, OperationState, Stage
from rheostat.storage.files import FileSnapshots
from tests.builders import make_attempt, make_operation
from tests.unit.storage.test_file_snapshots import make_snapshot


def world(folder):
    """The part of the world that a listing asks."""
    return SimpleNamespace(
        snapshots=FileSnapshots(roots=(f"file://{folder}",)),
        attempt_checkpoint_dir=lambda job, flink: f"file://{folder}/checkpoints",
    )


def loaded(newest, pending):
    """The part of what a step loads that a listing reads."""
    return SimpleNamespace(
        job=SimpleNamespace(id="job"),
        recorded=SimpleNamespace(operation=newest),
        pending=pending,
        snapshots=(),
        before=SimpleNamespace(asked=SimpleNamespace(checkpoints=())),
    )


@pytest.mark.parametrize(("stage", "is_listed"), [(Stage.ENDING, True), (Stage.LAUNCHED, False)])
async def test_a_savepoint_that_a_stop_replaced_is_known_when_the_attempt_ends(
    tmp_path, stage, is_listed
):
    saved = make_operation(
        id=OperationId("d" * 32), kind=OperationKind.SAVEPOINT, directory=f"file://{tmp_path}/d"
    )
    stop = replace(saved, id=OperationId("c" * 32), directory=f"file://{tmp_path}/c")
    stop = replace(stop, kind=OperationKind.STOP)
    path = make_snapshot(tmp_path / "d" / "savepoint-1")
    found = await list_attempt(
        world(tmp_path), loaded(stop, (saved, stop)), make_attempt(stage=stage), level=2
    )
    assert [each.path for each in found.snapshots] == ([path] if is_listed else [])
    decided = [(each.id, each.state, each.location) for each in found.operations]
    completed = [(saved.id, OperationState.COMPLETED, path)]
    assert decided == (completed if is_listed else [])
