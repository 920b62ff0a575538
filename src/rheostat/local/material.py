"""What a run folder holds before its engine starts, and how its processes are called.

Called by `engines.py`, and by `training.py` for the run that class archives are made from. The folder
is written under a temporary name, but every path in it is the final one.
"""

import json
import os
import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from rheostat.core.local_command import (
    MAIN_PROPERTIES,
    Jvm,
    render_jobmanager_command,
    render_taskmanager_command,
)
from rheostat.core.local_conf import (
    LOG4J_PROPERTIES,
    LocalJob,
    count_taskmanagers,
    render_conf,
    render_yaml,
)
from rheostat.core.reserved import RESERVED
from rheostat.errors import Missing
from rheostat.local.artifact import copy_artifact
from rheostat.local.engine_folder import Engine
from rheostat.local.java import Java
from rheostat.local.shim import JOBMANAGER
from rheostat.ports import LaunchSpec

PACKAGED_AGENT = Path(__file__).parent.parent / "_jvm" / "agent.jar"
"""The agent as a release brings it along."""

JOB_JAR = "job.jar"
"""The user's JAR beside the agent's: Flink puts every JAR of `usrlib` on the user class path."""

_KEPT_VARIABLES = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ")
"""Everything else stays with the server: its environment may hold secrets, and jobs can read theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What runs for one attempt, and from where."""

    spec: LaunchSpec
    engine: Engine
    run_dir: Path
    """The final run folder."""

    @property
    def job(self) -> LocalJob:
        """The same facts in the words of the pure part."""
        spec = self.spec
        return LocalJob(
            flink=spec.flink,
            flink_job_id=spec.flink_job_id,
            job_name=spec.job_name,
            is_streaming=spec.is_streaming,
            is_jar=spec.jar is not None,
            user=spec.flink_configuration,
            restore_path=spec.restore.path,
            allow_dropped=spec.restore.allow_dropped,
            checkpoint_dir=spec.checkpoint_dir,
            savepoint_dir=spec.savepoint_dir,
            ports=spec.ports,
            run_dir=PurePosixPath(self.run_dir),
        )

    @property
    def taskmanagers(self) -> tuple[str, ...]:
        """The TaskManagers' names."""
        return tuple(f"taskmanager-{i}" for i in range(count_taskmanagers(render_conf(self.job))))

    @property
    def environment(self) -> dict[str, str]:
        """All variables that the processes get."""
        kept = {key: os.environ[key] for key in _KEPT_VARIABLES if key in os.environ}
        return kept | {
            "FLINK_CONF_DIR": str(self.run_dir / "conf"),
            # Flink looks for `usrlib` beside this folder, so it must be the run folder's own link.
            "FLINK_LIB_DIR": str(self.run_dir / "lib"),
            "FLINK_OPT_DIR": str(self.engine.path / "opt"),
            "FLINK_PLUGINS_DIR": str(self.engine.path / "plugins"),
            "RHEOSTAT_RUN_DIR": str(self.run_dir),
        }

    def command(self, name: str, java: Java, archive_flags: tuple[str, ...]) -> tuple[str, ...]:
        """The command line of one process of the attempt."""
        jvm = Jvm(java=str(java.binary), classpath=self.engine.jars, archive_flags=archive_flags)
        conf = render_conf(self.job)
        if name == JOBMANAGER:
            return render_jobmanager_command(self.job, conf, jvm)
        return render_taskmanager_command(self.job, conf, jvm, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Files of the server from which, or about which, a run folder is made."""

    agent_jar: Path
    endpoint_file: Path
    artifacts_dir: Path


def write_material(plan: Plan, folder: Path, sources: Sources) -> None:
    """Fill a new folder with everything but the permit.

    Raises:
        Missing: the agent is not there.
        ArtifactGone: the job's JAR is not there, or is another one.
    """
    conf = render_conf(plan.job)
    folder.mkdir(parents=True, mode=0o700)
    for name in ("conf", "usrlib", "tmp", *(f"log/{n}" for n in (JOBMANAGER, *plan.taskmanagers))):
        (folder / name).mkdir(parents=True)
    try:
        shutil.copy(sources.agent_jar, folder / "usrlib" / "agent.jar")
    except FileNotFoundError as err:
        raise Missing(
            f"The agent is not there: {sources.agent_jar}.", hint="run: make install"
        ) from err
    (folder / "lib").symlink_to(plan.engine.path / "lib")
    properties = {"attempt": plan.spec.attempt_id, "endpoint.file": str(sources.endpoint_file)}
    run = {"flink": plan.engine.release, "taskmanagers": len(plan.taskmanagers)}
    texts = {
        "conf/config.yaml": render_yaml(conf),
        "conf/log4j.properties": LOG4J_PROPERTIES,
        **_write_program(plan, folder, sources.artifacts_dir),
        "agent.properties": render_properties(properties),
        "reserved.keys": "".join(f"{entry.pattern}\n" for entry in RESERVED),
        "run.json": json.dumps(run),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    fd = os.open(folder / "token", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w", encoding="ascii") as file:
        file.write(plan.spec.token)


def _write_program(plan: Plan, folder: Path, artifacts_dir: Path) -> dict[str, str]:
    """Put the JAR in place, if it is one; the text of the file that the runner is given."""
    jar = plan.spec.jar
    if jar is None:
        return {"job.sql": plan.spec.sql}
    copy_artifact(artifacts_dir, jar.artifact, jar.name, folder / "usrlib" / JOB_JAR)
    properties = {"jar": str(plan.run_dir / "usrlib" / JOB_JAR), "main": jar.main}
    arguments = {f"arg.{number}": text for number, text in enumerate(jar.args)}
    return {MAIN_PROPERTIES: render_properties(properties | arguments)}


def render_properties(properties: Mapping[str, str]) -> str:
    """Render Java's `.properties`: pure ASCII, so that neither of its two encodings matters."""
    return "".join(f"{key}={_escape(value)}\n" for key, value in properties.items())


def _escape(value: str) -> str:
    special = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    text = "".join(special.get(char, char) for char in value)
    if text.startswith(" "):
        text = "\\" + text
    units = text.encode("utf-16-be")
    codes = (int.from_bytes(units[i : i + 2], "big") for i in range(0, len(units), 2))
    return "".join(chr(code) if 31 < code < 127 else f"\\u{code:04x}" for code in codes)


def choose_free_ports() -> dict[str, int]:
    """Three different ports that were free on 127.0.0.1 just now."""
    sockets = {name: socket.socket() for name in ("rest", "rpc", "blob")}
    try:
        for each in sockets.values():
            each.bind(("127.0.0.1", 0))
        return {name: each.getsockname()[1] for name, each in sockets.items()}
    finally:
        for each in sockets.values():
            each.close()
