"""The engine of a run, seen from outside: its command lines, and when every task runs."""

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from bench.site import wait_for
from rheostat.clock import now
from rheostat.core.local_command import FAST_FLAGS, QUIET_FLAGS

TASK = re.compile(
    r"^(?P<at>[-\d]+ [:\d]+,\d{3}) .*ExecutionGraph .* \([0-9a-f]+_(?P<task>[0-9a-f]+_\d+)_\d+\)"
    r" switched from (?:CREATED to (?P<state>SCHEDULED)|INITIALIZING to RUNNING)\.",
    re.MULTILINE,
)
Command = tuple[str, ...]
Change = Callable[[Sequence[str]], Command]


@dataclass(frozen=True)
class Engine:
    """What was running for one attempt."""

    run_dir: Path
    rest_port: int
    job_id: str
    commands: Mapping[str, Command]
    """`jobmanager`, `taskmanager-0`: the words as the operating system has them."""
    environment: Mapping[str, str]

    def running_at(self) -> float | None:
        """When every task ran, as Flink's own log stamps it, in seconds since 1970; None: not yet.

        Not asked over REST: Flink answers that from a cache of up to three seconds.
        """
        log = self.run_dir / "log/jobmanager/jobmanager.log"
        runs: dict[str, bool] = {}
        last = ""
        with contextlib.suppress(FileNotFoundError):
            for match in TASK.finditer(log.read_text(errors="replace")):
                runs[match["task"]] = match["state"] != "SCHEDULED"
                last = match["at"]
        if not runs or not all(runs.values()):
            return None
        return datetime.strptime(last, "%Y-%m-%d %H:%M:%S,%f").astimezone().timestamp()


def find_engine(runs: Path, pids: Sequence[int]) -> Engine | None:
    """Read run folder and process table; None while not all of it is there."""
    with contextlib.suppress(OSError, KeyError, ValueError, IndexError):
        (run_dir,) = (folder for folder in runs.iterdir() if not folder.name.startswith("."))
        lines = (run_dir / "conf/config.yaml").read_text().splitlines()
        conf = dict(line.split(": ", 1) for line in lines if ": " in line)
        commands: dict[str, Command] = {}
        environment: dict[str, str] = {}
        for pid in pids:
            words = tuple(Path(f"/proc/{pid}/cmdline").read_text().split("\0"))[:-1]
            is_manager = any("StandaloneApplicationClusterEntryPoint" in word for word in words)
            commands["jobmanager" if is_manager else "taskmanager-0"] = words
            if is_manager:
                pairs = Path(f"/proc/{pid}/environ").read_text().split("\0")
                environment = dict(pair.split("=", 1) for pair in pairs if pair)
        words = commands["jobmanager"]
        if "--job-id" in words and len(commands) == 2:
            return Engine(
                run_dir=run_dir,
                rest_port=int(conf["rest.port"].strip("'\"")),
                job_id=words[words.index("--job-id") + 1],
                commands=commands,
                environment=environment,
            )
    return None


def copy_folder(engine: Engine, data: Path, folder: Path) -> Engine:
    """Keep what a run was started from, under another path; nothing of the server is told."""
    target = folder / engine.run_dir.relative_to(data)
    ignore = shutil.ignore_patterns("tmp", "log", "pid-*", "lock-*", "permit.*")
    shutil.copytree(engine.run_dir, target, symlinks=True, ignore=ignore)

    def move(text: str) -> str:
        moved = text.replace(str(data), str(folder))
        return moved.replace(quote(str(data)), quote(str(folder)))

    for file in (target / "conf/config.yaml", target / "agent.properties"):
        file.write_text(move(file.read_text()))
    return Engine(
        run_dir=target,
        rest_port=engine.rest_port,
        job_id=engine.job_id,
        commands={name: tuple(map(move, command)) for name, command in engine.commands.items()},
        environment={key: move(value) for key, value in engine.environment.items()},
    )


def measure_by_hand(engine: Engine, change: Change) -> float:
    """Start both processes by hand; milliseconds until every task runs. Both are ended."""
    for name in ("tmp", "log/jobmanager", "log/taskmanager-0"):
        shutil.rmtree(engine.run_dir / name, ignore_errors=True)
        (engine.run_dir / name).mkdir(parents=True)
    state = engine.run_dir.parent.parent / "state"
    shutil.rmtree(state, ignore_errors=True)
    begun = now().timestamp()
    with _started(engine, change):
        ran: float = wait_for(engine.running_at, "every task running", every_s=0.1)
        return (ran - begun) * 1000


@contextlib.contextmanager
def _started(engine: Engine, change: Change) -> Iterator[None]:
    processes = []
    try:
        for name, command in engine.commands.items():
            with (engine.run_dir / "log" / name / f"{name}.out").open("ab") as out:
                processes.append(
                    subprocess.Popen(
                        change(command),
                        env=dict(engine.environment),
                        cwd=engine.run_dir,
                        stdin=subprocess.DEVNULL,
                        stdout=out,
                        stderr=subprocess.STDOUT,
                        start_new_session=True,
                    )
                )
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def as_it_was(command: Sequence[str]) -> Command:
    """The very same command line."""
    return tuple(command)


def with_stock_flags(command: Sequence[str]) -> Command:
    """Flink's own: no flags of ours, no archives, and the planner's loader as released.

    Heap and metaspace stay as they are, and so do the flags that Flink's own configuration has.
    """
    ours = (*FAST_FLAGS, *QUIET_FLAGS)
    words = [
        word
        for word in command
        if word not in ours and not word.startswith("-XX:SharedArchiveFile=")
    ]
    at = words.index("-cp") + 1
    jars = words[at].split(os.pathsep)
    words[at] = os.pathsep.join(_with_loader(Path(jar)) for jar in jars)
    return tuple(words)


def _with_loader(jar: Path) -> str:
    if not jar.name.startswith("flink-table-planner-"):
        return str(jar)
    (loader,) = (jar.parent.parent / "aside").glob("flink-table-planner-loader-*.jar")
    return str(loader)
