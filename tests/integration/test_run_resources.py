"""Resources on real Flink: what was asked for is what the processes have."""

import json
import urllib.request
from pathlib import Path

import pytest

from rheostat.wire.job import Policies, Resources
from rheostat.wire.plan import StartBody
from tests.running_server import PROJECT

pytestmark = pytest.mark.flink
MIB = 1024**2


def flags(pid):
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    sizes = ("-Xmx", "-XX:MaxDirectMemorySize=", "-XX:MaxMetaspaceSize=")
    return {
        name: int(word.removeprefix(name))
        for word in words
        for name in sizes
        if word.startswith(name)
    }


def ask(run, path):
    with urllib.request.urlopen(f"{run.attempt.flink_url}{path}", timeout=5) as answer:
        return json.load(answer)


async def test_resources_are_what_the_processes_have(server):
    resources = Resources(
        parallelism=2,
        slots=1,
        jobmanager_memory="1g",
        taskmanager_memory="768m",
        jobmanager_cpu=0.5,
        taskmanager_cpu=0.5,
    )
    conf = {"execution.checkpointing.interval": "1s"}
    policies = Policies(resume_failed=2, max_rewind_s=60)
    server.job(resources=resources, flink_configuration=conf, policies=policies)
    with server.client() as client:
        client.jobs.start(PROJECT, "orders", StartBody())
        version = client.versions.get(PROJECT, "orders", 1)
        assert version.content.resources.taskmanager_memory == "768m"
        assert version.content.policies.resume_failed == 2
    run = server.wait_phase("running", timeout_s=120)
    assert run.attempt is not None
    assert len(run.attempt.pids.taskmanagers) == 2

    jobmanager = flags(run.attempt.pids.jobmanager)
    # Flink's own split of 1 GiB: 256 MiB of metaspace, 192 of overhead, 128 off heap.
    assert jobmanager == {"-Xmx": 448 * MIB, "-XX:MaxMetaspaceSize=": 256 * MIB}
    for pid in run.attempt.pids.taskmanagers:
        found = flags(pid)
        assert set(found) == {"-Xmx", "-XX:MaxDirectMemorySize=", "-XX:MaxMetaspaceSize="}
        managed = (768 - 192 - 64) * 2 // 5 * MIB
        assert sum(found.values()) + managed + 64 * MIB <= 768 * MIB
        assert sum(found.values()) + managed + 64 * MIB >= 760 * MIB

    managers = ask(run, "/taskmanagers")["taskmanagers"]
    assert [each["slotsNumber"] for each in managers] == [1, 1]
    plan = ask(run, f"/jobs/{run.attempt.flink_job_id}")
    assert {each["parallelism"] for each in plan["vertices"]} == {2}
    settings = {each["key"]: each["value"] for each in ask(run, "/jobmanager/config")}
    assert settings["taskmanager.cpu.cores"] == "0.5"
    assert settings["kubernetes.jobmanager.cpu"] == "0.5"

    with server.client() as client:
        client.jobs.cancel(PROJECT, "orders")
    server.wait_phase("canceled")
