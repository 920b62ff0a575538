"""What a running job really uses, and how its checkpoints were made: bodies recorded from 1.20.5 and 2.3.0."""

import pytest

from rheostat.model.observation import Asked
from tests.unit.flink.test_rest_asked import JOB, answer, ask, completed, job_manager, overview

CHECKPOINTING = {
    "mode": "exactly_once",
    "interval": 1000,
    "timeout": 600000,
    "min_pause": 0,
    "max_concurrent": 1,
    "externalization": {"enabled": True, "delete_on_cancellation": False},
    "state_backend": "HashMapStateBackend",
    "checkpoint_storage": "FileSystemCheckpointStorage",
    "unaligned_checkpoints": False,
    "tolerable_failed_checkpoints": 0,
    "aligned_checkpoint_timeout": 0,
    "checkpoints_after_tasks_finish": True,
    "state_changelog_enabled": False,
    "changelog_periodic_materialization_interval": 600000,
    "changelog_storage": "memory",
}
CONFIG = {
    "jid": JOB,
    "name": "shop.orders",
    "execution-config": {
        "restart-strategy": "Restart with exponential delay",
        "job-parallelism": 4,
        "object-reuse-mode": False,
        "user-config": {},
    },
}
VERTICES = {
    "vertices": [{"id": "a", "parallelism": 4}, {"id": "b", "parallelism": 2}],
    "plan": {"nodes": []},
}
REQUIREMENTS = {
    "a": {"parallelism": {"lowerBound": 1, "upperBound": 4}},
    "b": {"parallelism": {"lowerBound": 1, "upperBound": 8}},
}
INTERVAL = "execution.checkpointing.interval"
RETENTION = "execution.checkpointing.externalized-checkpoint-retention"


async def inspect(checkpointing=None, status=200, asked=None):
    asked = asked or Asked(status="RUNNING", tasks={"running": 2, "total": 2})
    async with job_manager(
        checkpointing=answer(checkpointing or CHECKPOINTING, status),
        config=answer(CONFIG),
        job=answer(VERTICES),
        requirements=answer(REQUIREMENTS),
    ) as (rest, url):
        return await rest.inspect(url, JOB, asked)


async def test_a_job_as_configured():
    found = await inspect()
    assert found.tasks_total == 2
    assert (found.parallelism, found.wanted) == (None, None)
    assert dict(found.settings) == {
        INTERVAL: "1000 ms",
        RETENTION: "RETAIN_ON_CANCELLATION",
        "execution.checkpointing.storage": "filesystem",
        "state.changelog.enabled": "false",
        "parallelism.default": "4",
    }


@pytest.mark.parametrize(
    ("changed", "key", "value"),
    [
        ({"interval": 2**63 - 1}, INTERVAL, "0 ms"),
        (
            {"externalization": {"enabled": True, "delete_on_cancellation": True}},
            RETENTION,
            "DELETE_ON_CANCELLATION",
        ),
        (
            {"externalization": {"enabled": False, "delete_on_cancellation": True}},
            RETENTION,
            "NO_EXTERNALIZED_CHECKPOINTS",
        ),
        ({"state_changelog_enabled": True}, "state.changelog.enabled", "true"),
        (
            {"checkpoint_storage": "JobManagerCheckpointStorage"},
            "execution.checkpointing.storage",
            "JobManagerCheckpointStorage",
        ),
    ],
)
async def test_what_code_has_changed(changed, key, value):
    assert (await inspect({**CHECKPOINTING, **changed})).settings[key] == value


async def test_a_job_without_checkpointing_says_so_by_404():
    found = await inspect({"errors": ["Checkpointing is not enabled"]}, 404)
    assert found.settings[INTERVAL] == "0 ms"
    assert RETENTION not in found.settings


async def test_under_the_adaptive_scheduler_the_vertex_that_lacks_most_counts():
    asked = Asked(status="RUNNING", tasks={"total": 6}, is_adaptive=True)
    found = await inspect(asked=asked)
    assert (found.parallelism, found.wanted) == (2, 8)


KINDS = [
    ({"checkpoint_type": "CHECKPOINT", "savepointFormat": None}, False, True, None),
    ({"checkpoint_type": "UNALIGNED_CHECKPOINT"}, False, False, None),
    ({}, False, None, None),
    ({"checkpoint_type": "SAVEPOINT", "savepointFormat": "CANONICAL"}, True, True, False),
    ({"checkpoint_type": "SYNC_SAVEPOINT", "savepointFormat": "NATIVE"}, True, True, True),
]


@pytest.mark.parametrize(("extra", "is_savepoint", "aligned", "native"), KINDS)
async def test_how_a_checkpoint_was_made(extra, is_savepoint, aligned, native):
    entry = {**completed(3, is_savepoint=is_savepoint), **extra}
    latest = {"completed": entry, "savepoint": None, "failed": None, "restored": None}
    body = {"latest": latest, "history": [entry]}
    asked = await ask(overview=answer(overview()), checkpoints=answer(body))
    [fact] = asked.checkpoints
    assert (fact.aligned, fact.native, fact.duration_ms) == (aligned, native, 19)


async def test_scheduler_and_last_change_are_told():
    body = overview()
    body["jobs"][0] |= {"schedulerType": "Adaptive", "last-modification": 1795373469379}
    asked = await ask(overview=answer(body), checkpoints=answer({}))
    assert asked.is_adaptive
    assert asked.modified_at is not None
    assert asked.modified_at.isoformat() == "2026-11-22T18:51:09.379000+00:00"
    plain = await ask(overview=answer(overview()), checkpoints=answer({}))
    assert (plain.is_adaptive, plain.modified_at) == (False, None)
