"""Configuration and command lines of a local engine."""

import dataclasses
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheostat.core.local_command import Jvm, render_jobmanager_command, render_taskmanager_command
from rheostat.core.local_conf import (
    LocalJob,
    count_taskmanagers,
    hide_secrets,
    parse_memory,
    parse_yaml,
    render_conf,
    render_yaml,
)
from rheostat.errors import Invalid

MIB = 1024 * 1024


def make_job(**changes: Any) -> LocalJob:
    job = LocalJob(
        flink="2.3",
        flink_job_id="0123456789abcdef0123456789abcdef",
        job_name="orders: hourly",
        is_streaming=True,
        user={},
        restore_path=None,
        checkpoint_dir="file:///data/checkpoints",
        savepoint_dir="file:///data/savepoints",
        ports={"rest": 8081, "rpc": 6123, "blob": 6124},
        run_dir=PurePosixPath("/data/runs/a1"),
    )
    return dataclasses.replace(job, **changes)


def render(user: dict[str, str] | None = None, **changes: Any) -> dict[str, str]:
    return render_conf(make_job(user=user or {}, **changes))


JVM = Jvm(java="/opt/java/bin/java", classpath=("/e/a.jar", "/e/b.jar"))

STREAMING_YAML = """\
blob.server.port: "6124"
cluster.registration.error-delay: "500"
execution.checkpointing.dir: "file:///data/checkpoints"
execution.checkpointing.externalized-checkpoint-retention: "RETAIN_ON_CANCELLATION"
execution.checkpointing.interval: "10s"
execution.checkpointing.num-retained: "3"
execution.checkpointing.savepoint-dir: "file:///data/savepoints"
execution.job-status-changed-listeners: "io.rheostat.agent.StatusListenerFactory"
execution.runtime-mode: "STREAMING"
execution.shutdown-on-application-finish: "false"
execution.target: "embedded"
heartbeat.interval: "2s"
heartbeat.timeout: "12s"
io.tmp.dirs: "/data/runs/a1/tmp"
job-result-store.delete-on-commit: "false"
job-result-store.storage-path: "file:///data/runs/a1/job-results"
jobmanager.bind-host: "127.0.0.1"
jobmanager.memory.heap.size: "268435456b"
jobmanager.memory.jvm-metaspace.size: "268435456b"
jobmanager.retrieve-taskmanager-hostname: "false"
jobmanager.rpc.address: "127.0.0.1"
jobmanager.rpc.port: "6123"
metrics.fetcher.update-interval: "2000"
parallelism.default: "1"
pipeline.name: "orders: hourly"
process.working-dir: "/data/runs/a1/tmp"
rest.address: "127.0.0.1"
rest.bind-address: "127.0.0.1"
rest.bind-port: "8081"
rest.port: "8081"
restart-strategy.exponential-delay.initial-backoff: "500ms"
restart-strategy.type: "exponential-delay"
taskmanager.bind-host: "127.0.0.1"
taskmanager.cpu.cores: "1.0"
taskmanager.data.port: "0"
taskmanager.host: "127.0.0.1"
taskmanager.memory.framework.heap.size: "67108864b"
taskmanager.memory.framework.off-heap.batch-shuffle.size: "16777216b"
taskmanager.memory.framework.off-heap.size: "67108864b"
taskmanager.memory.jvm-metaspace.size: "201326592b"
taskmanager.memory.jvm-overhead.max: "67108864b"
taskmanager.memory.jvm-overhead.min: "67108864b"
taskmanager.memory.managed.size: "67108864b"
taskmanager.memory.network.max: "67108864b"
taskmanager.memory.network.min: "67108864b"
taskmanager.memory.task.heap.size: "134217728b"
taskmanager.memory.task.off-heap.size: "0b"
taskmanager.numberOfTaskSlots: "1"
taskmanager.registration.timeout: "2 min"
taskmanager.rpc.port: "0"
web.submit.enable: "false"
web.tmpdir: "/data/runs/a1/tmp"
"""


def test_the_whole_configuration_of_a_stream():
    assert render_yaml(render()) == STREAMING_YAML


def test_a_batch_job_differs_where_it_must():
    stream, batch = render(), render(is_streaming=False)
    assert {k for k in stream.keys() | batch.keys() if stream.get(k) != batch.get(k)} == {
        "execution.checkpointing.interval",
        "execution.runtime-mode",
        "restart-strategy.type",
        "restart-strategy.exponential-delay.initial-backoff",
        "restart-strategy.fixed-delay.attempts",
        "restart-strategy.fixed-delay.delay",
        "taskmanager.memory.managed.size",
        "taskmanager.memory.network.max",
        "taskmanager.memory.network.min",
    }
    assert batch["restart-strategy.type"] == "fixed-delay"


def test_a_restore_claims_nothing():
    conf = render(restore_path="file:///data/chk-7")
    assert conf["execution.state-recovery.path"] == "file:///data/chk-7"
    assert conf["execution.state-recovery.claim-mode"] == "NO_CLAIM"


def test_flink_1_has_no_listener():
    assert "execution.job-status-changed-listeners" not in render(flink="1.20")


@pytest.mark.parametrize(
    ("user", "key", "value"),
    [
        ({"heartbeat.timeout": "60s"}, "heartbeat.timeout", "60s"),
        ({"rest.port": "1"}, "rest.port", "8081"),
        ({"$internal.x": "1"}, "$internal.x", None),
        ({"execution.checkpointing.dir": "s3://x"}, "execution.checkpointing.dir", None),
        ({"execution.runtime-mode": "BATCH"}, "execution.runtime-mode", "STREAMING"),
        (
            {"execution.checkpointing.num-retained": "1"},
            "execution.checkpointing.num-retained",
            "3",
        ),
        (
            {"state.checkpoints.num-retained": "9"},
            "execution.checkpointing.num-retained",
            None,
        ),
        ({"execution.checkpointing.interval": "0 s"}, "restart-strategy.type", "fixed-delay"),
        ({"restart-strategy": "none"}, "restart-strategy.type", None),
        ({"restart-strategy.type": "none"}, "restart-strategy.type", "none"),
        ({"parallelism.default": "3"}, "taskmanager.numberOfTaskSlots", "3"),
        ({"parallelism.default": "3"}, "taskmanager.cpu.cores", "3.0"),
    ],
)
def test_what_the_user_set(user, key, value):
    expected = "file:///data/checkpoints" if key == "execution.checkpointing.dir" else value
    assert render(user).get(key) == expected


@pytest.mark.parametrize(
    ("user", "count"),
    [
        ({}, 1),
        ({"parallelism.default": "8"}, 1),
        ({"parallelism.default": "8", "taskmanager.numberOfTaskSlots": "2"}, 4),
        ({"parallelism.default": "5", "taskmanager.numberOfTaskSlots": "2"}, 3),
        ({"taskmanager.numberOfTaskSlots": "4"}, 1),
    ],
)
def test_number_of_taskmanagers(user, count):
    assert count_taskmanagers(render(user)) == count


@pytest.mark.parametrize("text", ["0", "-1", "x", "", "1025", "٣"])
def test_counts_are_checked(text):
    with pytest.raises(Invalid) as caught:
        render({"parallelism.default": text})
    assert caught.value.problems[0].where.startswith("flink_configuration.")


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("64m", 64 * MIB),
        ("1 gb", 1024 * MIB),
        ("1024", 1024),
        ("5 bytes", 5),
        ("2K", 2048),
        ("3 kibibytes", 3072),
        (" 1 T ", MIB * MIB),
    ],
)
def test_memory_sizes(text, size):
    assert parse_memory(text) == size


@pytest.mark.parametrize("text", ["", "m", "1.5g", "-1m", "1 elephant", "1 m b"])
def test_memory_sizes_that_are_none(text):
    with pytest.raises(Invalid):
        parse_memory(text, "taskmanager.memory.managed.size")


def taskmanager_flags(user: dict[str, str]) -> dict[str, int]:
    command = render_taskmanager_command(make_job(), render(user), JVM, "taskmanager-0")
    return {
        "heap": int(command[1].removeprefix("-Xmx")) // MIB,
        "direct": int(command[2].removeprefix("-XX:MaxDirectMemorySize=")) // MIB,
        "metaspace": int(command[3].removeprefix("-XX:MaxMetaspaceSize=")) // MIB,
    }


@pytest.mark.parametrize(
    ("user", "flags"),
    [
        ({}, {"heap": 192, "direct": 128, "metaspace": 192}),
        (
            {
                "taskmanager.memory.task.heap.size": "512m",
                "taskmanager.memory.network.max": "96m",
                "taskmanager.memory.jvm-metaspace.size": "256m",
            },
            {"heap": 576, "direct": 160, "metaspace": 256},
        ),
        # 2048 = 819 managed + 204 network + 64 off-heap + 64 framework heap + task heap
        ({"taskmanager.memory.flink.size": "2g"}, {"heap": 960, "direct": 268, "metaspace": 192}),
        (
            {"taskmanager.memory.process.size": "2304m", "taskmanager.memory.managed.size": "0"},
            {"heap": 1779, "direct": 268, "metaspace": 192},
        ),
    ],
)
def test_taskmanager_memory(user, flags):
    assert taskmanager_flags(user) == flags


@pytest.mark.parametrize(
    ("user", "heap"),
    [
        ({}, 256),
        ({"jobmanager.memory.heap.size": "1g"}, 1024),
        ({"jobmanager.memory.flink.size": "1g"}, 896),
        ({"jobmanager.memory.process.size": "1600m"}, 1024),
    ],
)
def test_jobmanager_memory(user, heap):
    command = render_jobmanager_command(make_job(), render(user), JVM)
    assert command[1] == f"-Xmx{heap * MIB}"


@pytest.mark.parametrize(
    "key", ["taskmanager.memory.process.size", "jobmanager.memory.process.size"]
)
def test_a_total_that_leaves_nothing_is_refused(key):
    with pytest.raises(Invalid):
        render({key: "200m"})


def test_command_lines():
    job, conf = make_job(), render({"env.java.opts.jobmanager": "-Da=1 '-Db=x y'"})
    jvm = dataclasses.replace(JVM, archive_flags=("-XX:SharedArchiveFile=/e/jm.jsa",))
    command = render_jobmanager_command(job, conf, jvm)
    assert command[0] == "/opt/java/bin/java"
    assert {"-Da=1", "-Db=x y", "-XX:SharedArchiveFile=/e/jm.jsa"} <= set(command)
    assert command[-12:] == (
        "-Dlog.file=/data/runs/a1/log/jobmanager/jobmanager.log",
        "-Dlog4j.configurationFile=file:///data/runs/a1/conf/log4j.properties",
        "-cp",
        "/e/a.jar:/e/b.jar",
        "org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint",
        "--configDir",
        "/data/runs/a1/conf",
        "--job-classname",
        "io.rheostat.agent.SqlRunner",
        "--job-id",
        job.flink_job_id,
        "/data/runs/a1/job.sql",
    )
    command = render_taskmanager_command(job, conf, JVM, "taskmanager-2")
    assert command[-1] == "-Dtaskmanager.resource-id=taskmanager-2"
    assert "-Dlog.file=/data/runs/a1/log/taskmanager-2/taskmanager-2.log" in command
    assert "-Da=1" not in command


DROP = ("--fromSavepoint", "file:///s", "--allowNonRestoredState")


@pytest.mark.parametrize(
    ("path", "allowed", "said"),
    [
        pytest.param("file:///s", True, DROP, id="allowed"),
        pytest.param("file:///s", False, (), id="not allowed"),
        pytest.param(None, True, (), id="nothing to drop"),
    ],
)
def test_state_is_dropped_only_where_a_person_said_so_of_a_snapshot(path, allowed, said):
    job = make_job(restore_path=path, allow_dropped=allowed)
    command = render_jobmanager_command(job, render_conf(job), JVM)
    at = command.index("--job-id")
    assert command[at + 2 : -1] == said


@given(st.dictionaries(st.text(min_size=1), st.text()))
def test_yaml_reads_back(conf):
    text = render_yaml(conf)
    assert text.isprintable() or "\n" in text
    assert text.count("\n") == len(conf)
    assert parse_yaml(text) == conf


def test_secrets_are_hidden_in_copies():
    conf = {"fs.s3a.secret.key": "x", "s3.access-key": "y", "rest.port": "1", "a.Password": "z"}
    assert hide_secrets(conf) == {
        "fs.s3a.secret.key": "******",
        "s3.access-key": "******",
        "rest.port": "1",
        "a.Password": "******",
    }
