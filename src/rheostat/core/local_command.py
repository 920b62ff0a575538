"""The command lines of a local JobManager and its TaskManagers.

Called by `local`, which adds its launch shim. Pure. A command line is readable by every user of the
machine: nothing secret may be in it.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from rheostat.core.local_conf import LocalJob, parse_memory, render_conf
from rheostat.errors import FieldProblem, Invalid

JOBMANAGER_CLASS = "org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint"
TASKMANAGER_CLASS = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"
SQL_RUNNER_CLASS = "io.rheostat.agent.SqlRunner"
JAR_RUNNER_CLASS = "io.rheostat.agent.JarRunner"
MAIN_PROPERTIES = "main.properties"
"""What the JAR runner is given; its keys are in the agent's `package-info.java`."""

_TM = "taskmanager.memory."
_JM = "jobmanager.memory."

_JDK_COMPILER = ("api", "file", "parser", "tree", "util")
_JAVA_BASE = ("io", "lang", "lang.reflect", "net", "nio", "text", "time", "util")
_CONCURRENT = ("concurrent", "concurrent.atomic", "concurrent.locks")
MODULE_FLAGS = (
    "--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED",
    "--add-exports=java.security.jgss/sun.security.krb5=ALL-UNNAMED",
    *(f"--add-exports=jdk.compiler/com.sun.tools.javac.{p}=ALL-UNNAMED" for p in _JDK_COMPILER),
    *(f"--add-opens=java.base/java.{p}=ALL-UNNAMED" for p in _JAVA_BASE),
    *(f"--add-opens=java.base/java.util.{p}=ALL-UNNAMED" for p in _CONCURRENT),
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
)
"""What Flink's own `conf/config.yaml` puts into `env.java.opts.all` (2.3.0)."""

FAST_FLAGS = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData")
"""Halve the start on two cores: no second compiler, no collector threads, no file in /tmp."""

END_FLAGS = ("-XX:+ExitOnOutOfMemoryError",)
"""A JVM without memory must end: else it stays in the process table, deaf, and nobody takes its place.

Seen on 2.3.0: `FatalExitExceptionHandler` itself ran out of memory, and the TaskManager neither worked nor
ended. HotSpot ends with status 3 and says why on its output.
"""

QUIET_FLAGS = ("-Xshare:auto", "-Xlog:disable", "-Xlog:all=error:stderr")
"""A class archive that does not fit is passed over silently; it must not spoil the output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jvm:
    """What a Java command line needs beyond the configuration."""

    java: str
    classpath: tuple[str, ...]
    archive_flags: tuple[str, ...] = ()
    """The flag that uses, or makes, a class archive."""


_TM_PARTS = (
    "framework.heap.size",
    "framework.off-heap.size",
    "task.heap.size",
    "task.off-heap.size",
    "network.max",
    "jvm-metaspace.size",
)


def render_jobmanager_command(job: LocalJob, conf: Mapping[str, str], jvm: Jvm) -> tuple[str, ...]:
    """Render the whole command line of the JobManager."""
    metaspace = parse_memory(conf[f"{_JM}jvm-metaspace.size"])
    memory = (f"-Xmx{parse_memory(conf[f'{_JM}heap.size'])}", f"-XX:MaxMetaspaceSize={metaspace}")
    return (
        *_render_jvm(job, jvm, "jobmanager", memory, _user_opts(conf, "jobmanager")),
        JOBMANAGER_CLASS,
        "--configDir",
        str(job.run_dir / "conf"),
        "--job-classname",
        JAR_RUNNER_CLASS if job.is_jar else SQL_RUNNER_CLASS,
        "--job-id",
        job.flink_job_id,
        *_render_dropping(job),
        str(job.run_dir / (MAIN_PROPERTIES if job.is_jar else "job.sql")),
    )


def _render_dropping(job: LocalJob) -> tuple[str, ...]:
    """Allow state to be left behind: by arguments, because Flink's entry point overwrites the key for it.

    `SavepointRestoreSettings.toConfiguration` writes what the command line says, and says false where it
    says nothing (1.20, 2.3); the flag counts only with the path beside it.
    """
    if job.restore_path is None or not job.allow_dropped:
        return ()
    return ("--fromSavepoint", job.restore_path, "--allowNonRestoredState")


def check_settings(
    flink: str, user: Mapping[str, str], *, is_streaming: bool
) -> tuple[FieldProblem, ...]:
    """Render both command lines as a launch would, and say what about the user's settings forbids it."""
    job = LocalJob(
        flink=flink,
        flink_job_id="0" * 32,
        job_name="check",
        is_streaming=is_streaming,
        user=user,
        restore_path=None,
        checkpoint_dir="file:///check",
        savepoint_dir="file:///check",
        ports={"rest": 1, "rpc": 2, "blob": 3},
        run_dir=PurePosixPath("/check"),
    )
    jvm = Jvm(java="java", classpath=())
    try:
        conf = render_conf(job)
        render_jobmanager_command(job, conf, jvm)
        render_taskmanager_command(job, conf, jvm, "taskmanager-0")
    except Invalid as err:
        return err.problems or (FieldProblem("flink_configuration", err.message),)
    except ValueError as err:
        return (FieldProblem("flink_configuration.env.java.opts", str(err)),)
    return ()


def render_taskmanager_command(
    job: LocalJob, conf: Mapping[str, str], jvm: Jvm, name: str
) -> tuple[str, ...]:
    """Render the whole command line of one TaskManager.

    Its name is its resource id, so that Flink knows a respawned one as the successor of the dead one
    and does not wait for a heartbeat timeout.
    """
    size = {k: parse_memory(conf[_TM + k]) for k in _TM_PARTS}
    heap = size["framework.heap.size"] + size["task.heap.size"]
    off_heap = ("framework.off-heap.size", "task.off-heap.size", "network.max")
    memory = (
        f"-Xmx{heap}",
        f"-XX:MaxDirectMemorySize={sum(size[k] for k in off_heap)}",
        f"-XX:MaxMetaspaceSize={size['jvm-metaspace.size']}",
    )
    return (
        *_render_jvm(job, jvm, name, memory, _user_opts(conf, "taskmanager")),
        TASKMANAGER_CLASS,
        "--configDir",
        str(job.run_dir / "conf"),
        f"-Dtaskmanager.resource-id={name}",
    )


def _render_jvm(
    job: LocalJob, jvm: Jvm, name: str, memory: tuple[str, ...], user: tuple[str, ...]
) -> tuple[str, ...]:
    log = job.run_dir / "log" / name
    log4j = job.run_dir / "conf" / "log4j.properties"
    return (
        jvm.java,
        *memory,
        *FAST_FLAGS,
        *END_FLAGS,
        *QUIET_FLAGS,
        *jvm.archive_flags,
        *MODULE_FLAGS,
        *user,
        f"-Djava.io.tmpdir={job.run_dir / 'tmp'}",
        f"-XX:ErrorFile={log / 'crash.log'}",
        f"-Dlog.file={log / name}.log",
        f"-Dlog4j.configurationFile={log4j.as_uri()}",
        "-cp",
        ":".join(jvm.classpath),
    )


def _user_opts(conf: Mapping[str, str], role: str) -> tuple[str, ...]:
    """What Flink's own start scripts, which we do not use, would have added."""
    keys = ("env.java.opts", "env.java.opts.all", f"env.java.opts.{role}")
    return tuple(word for key in keys if key in conf for word in shlex.split(conf[key]))
