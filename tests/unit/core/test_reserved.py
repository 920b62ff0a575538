"""The table of reserved Flink configuration keys."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheostat.core.reserved import RESERVED, check_configuration, find_reserved
from rheostat.errors import FieldProblem

RESERVED_KEYS = (
    "$internal.pipeline.job-id",
    "$internal.application.main",
    "cluster.id",
    "kubernetes.cluster-id",
    "kubernetes.namespace",
    "execution.target",
    "high-availability",
    "high-availability.type",
    "high-availability.storageDir",
    "high-availability.cluster-id",
    "recovery.mode",
    "execution.checkpointing.dir",
    "state.checkpoints.dir",
    "state.backend.fs.checkpointdir",
    "execution.checkpointing.savepoint-dir",
    "state.savepoints.dir",
    "savepoints.state.backend.fs.dir",
    "execution.checkpointing.storage",
    "execution.checkpointing.externalized-checkpoint-retention",
    "execution.state-recovery.path",
    "execution.savepoint.path",
    "execution.state-recovery.claim-mode",
    "execution.savepoint-restore-mode",
    "execution.state-recovery.ignore-unclaimed-state",
    "execution.savepoint.ignore-unclaimed-state",
    "execution.state-recovery.without-channel-state.checkpoint-id",
    "execution.shutdown-on-application-finish",
    "execution.submit-failed-job-on-application-error",
    "execution.terminate-application-on-any-job-terminated-exceptionally",
    "job-result-store.storage-path",
    "job-result-store.delete-on-commit",
    "application-result-store.storage-path",
    "execution.job-status-changed-listeners",
    "execution.job-listeners",
    "rest.port",
    "rest.bind-port",
    "rest.address",
    "rest.bind-address",
    "jobmanager.rpc.address",
    "jobmanager.rpc.port",
    "jobmanager.bind-host",
    "taskmanager.rpc.port",
    "taskmanager.bind-host",
    "blob.server.port",
    "resourcemanager.previous-worker.recovery.timeout",
    "kubernetes.jobmanager.replicas",
    "pipeline.jars",
    "pipeline.classpaths",
    "table.dml-sync",
    "state.changelog.enabled",
    "state.backend.changelog.enabled",
    "dstl.dfs.base-path",
    "execution.checkpointing.file-merging.enabled",
    "state.backend.forst.primary-dir",
    "rheostat.anything",
)

FREE_KEYS = (
    "pipeline.name",
    "pipeline.max-parallelism",
    "env.java.opts",
    "env.java.opts.jobmanager",
    "execution.checkpointing.interval",
    "execution.checkpointing.unaligned.enabled",
    "execution.checkpointing.directory",
    "execution.runtime-mode",
    "state.backend.rocksdb.memory.managed",
    "table.exec.state.ttl",
    "taskmanager.numberOfTaskSlots",
    "rest.client.max-content-length",
    "REST.PORT",
    "rheostat",
    "",
)


@pytest.mark.parametrize("key", RESERVED_KEYS)
def test_reserved(key):
    entry = find_reserved(key, "x")
    assert entry is not None
    assert entry is find_reserved(f" {key}\t")


@pytest.mark.parametrize("key", FREE_KEYS)
def test_free(key):
    assert find_reserved(key, "x") is None


@pytest.mark.parametrize(
    "key", ["execution.checkpointing.num-retained", "state.checkpoints.num-retained"]
)
@pytest.mark.parametrize(
    ("value", "free"),
    [
        pytest.param("3", True, id="minimum"),
        pytest.param(" 10 ", True, id="more"),
        pytest.param("2147483647", True, id="java-int-max"),
        pytest.param("2", False, id="less"),
        pytest.param("-3", False, id="negative"),
        pytest.param("3.5", False, id="no-whole-number"),
        pytest.param("2147483648", False, id="beyond-int"),
        pytest.param("9" * 5000, False, id="huge"),
        pytest.param("٣", False, id="other-digits"),
        pytest.param("", False, id="empty"),
        pytest.param(None, False, id="unknown"),
    ],
)
def test_num_retained(key, value, free):
    assert (find_reserved(key, value) is None) is free


@pytest.mark.parametrize("key", ["state.backend.type", "state.backend"])
@pytest.mark.parametrize(
    ("value", "free"),
    [
        ("rocksdb", True),
        ("hashmap", True),
        (None, True),
        ("forst", False),
        (" ForSt ", False),
        ("org.apache.flink.state.forst.ForStStateBackendFactory", False),
    ],
)
def test_state_backend(key, value, free):
    assert (find_reserved(key, value) is None) is free


def test_entries_are_sentences_and_patterns_do_not_overlap():
    for entry in RESERVED:
        assert entry.reason[0].isupper()
        assert entry.reason.endswith(".")
        assert entry.pattern.count("*") == entry.pattern.endswith("*")
    for one, other in itertools.permutations(RESERVED, 2):
        if one.pattern.endswith("*"):
            assert not other.pattern.startswith(one.pattern[:-1])
        assert one.pattern != other.pattern


def test_check_configuration_keeps_order_and_says_why():
    conf = {
        "rest.port": "1",
        "pipeline.name": "a",
        "state.checkpoints.num-retained": "1",
        "state.backend.type": "forst",
    }
    problems = check_configuration(conf)
    assert [problem.where for problem in problems] == [
        "flink_configuration.rest.port",
        "flink_configuration.state.checkpoints.num-retained",
        "flink_configuration.state.backend.type",
    ]
    assert problems[0] == FieldProblem(
        "flink_configuration.rest.port",
        "rest.port is reserved: Rheostat assigns addresses and ports, and reaches the job through"
        " them. Leave it out.",
    )
    assert problems[1].message.endswith("Set 3 or more, or leave it out.")
    assert problems[2].message.endswith("Choose another value.")
    assert check_configuration({"pipeline.name": "a"}) == ()


@given(st.text(), st.none() | st.text())
def test_total_and_consistent(key, value):
    entry = find_reserved(key, value)
    assert entry is None or entry in RESERVED
    conf = {} if value is None else {key: value}
    assert len(check_configuration(conf)) == (value is not None and entry is not None)
