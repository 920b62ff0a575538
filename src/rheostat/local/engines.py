"""Flink on this machine, for the control loop: fits `rheostat.ports.Engines`.

Built by `app.py`. Every method may be called again, by this server or the next one: what counts is
in the run folder and the process table, never in this object. Nothing is ended when the server ends.
"""

import asyncio
import re
import shutil
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from rheostat.clock import monotonic_s, now
from rheostat.errors import NotFound
from rheostat.local import shim
from rheostat.local.child import Children
from rheostat.local.engine import EngineHome
from rheostat.local.java import find_java
from rheostat.local.log import (
    LogFile,
    find_log,
    iterate,
    list_logs,
    read_end_of_jvm,
    read_last_lines,
    read_part,
    read_tail,
)
from rheostat.local.material import Plan, Sources, choose_free_ports, write_material
from rheostat.local.process import Identity, end_all, is_alive, is_suspended
from rheostat.local.run_folder import RunFolder, Started
from rheostat.local.search import search
from rheostat.local.shim import JOBMANAGER
from rheostat.model.ids import AttemptId
from rheostat.model.observation import (
    Look,
    Looked,
    PermitState,
    ProcessFact,
    ProcessState,
    Watched,
)
from rheostat.model.run import Outcome
from rheostat.ports import LaunchSpec, LogPart, Searched

_SHIM_PATIENCE_S = 5.0
"""A shim writes its pid file within 0.1 s; waiting for it makes the next `watch` see the launch."""
_LAST_LINES = 20


class LocalEngines:
    """Runs JobManagers and TaskManagers as processes of this machine."""

    def __init__(
        self,
        runs_dir: Path,
        logs_dir: Path,
        endpoint_file: Path,
        agent_jar: Path,
        engines: EngineHome,
        artifacts_dir: Path,
    ) -> None:
        self._runs_dir = runs_dir.absolute()
        self._logs_dir = logs_dir.absolute()
        self._endpoint_file = endpoint_file.absolute()
        self._agent_jar = agent_jar
        self._engines = engines
        self._artifacts_dir = artifacts_dir.absolute()
        self._children = Children()
        self._looks: dict[AttemptId, Look] = {}
        self._launching: defaultdict[AttemptId, asyncio.Lock] = defaultdict(asyncio.Lock)
        for folder in (self._runs_dir, self._logs_dir):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def choose_ports(self) -> Mapping[str, int]:
        """Choose `rest`, `rpc` and `blob`: free just now, and all different."""
        return choose_free_ports()

    async def materialise(self, spec: LaunchSpec) -> None:
        """Build the run folder under a temporary name, anew; nothing once the permit was made."""
        await asyncio.to_thread(self._materialise, spec)

    async def write_permit(self, attempt_id: AttemptId) -> None:
        """Rename the folder to its final name. Raises `Unusable` after a revocation."""
        await asyncio.to_thread(self._folder(attempt_id).write_permit)

    async def launch(self, spec: LaunchSpec) -> None:
        """Start what is missing; nothing after a revocation, an outcome, or the JobManager's death."""
        async with self._launching[spec.attempt_id]:
            started = await asyncio.to_thread(self._launch, spec)
        self._watch_all(spec.attempt_id, started)

    async def watch(self, attempt_id: AttemptId) -> Watched:
        """Look at run folder and process table; from then on `wait_change` knows the processes."""
        try:
            watched, alive = await asyncio.to_thread(self._look, attempt_id)
        except (OSError, ValueError) as err:
            last = self._looks.get(attempt_id, Look())
            failed = Look(looked=Looked.FAILED, at=now(), ok_at=last.ok_at, why=str(err))
            self._looks[attempt_id] = failed
            return Watched(look=failed)
        self._looks[attempt_id] = watched.look
        self._watch_all(attempt_id, alive)
        return watched

    async def wait_change(self) -> AttemptId:
        """Wait until a process that was launched or watched has ended; returns its attempt."""
        return await self._children.wait()

    async def revoke_permit(self, attempt_id: AttemptId) -> None:
        """Take the permit away, or see to it that none can be made any more."""
        await asyncio.to_thread(self._folder(attempt_id).revoke_permit)

    async def terminate(self, attempt_id: AttemptId) -> None:
        """End every live process of the attempt, suspended ones too."""
        await asyncio.to_thread(self._terminate, attempt_id)

    async def archive(self, attempt_id: AttemptId) -> None:
        """Keep logs, outcome and configuration; raises `Unusable` while a process lives."""
        await asyncio.to_thread(self._folder(attempt_id).archive)
        self._looks.pop(attempt_id, None)
        self._launching.pop(attempt_id, None)

    async def log_files(self, attempt_id: AttemptId) -> tuple[LogFile, ...]:
        """List the logs of a live or kept attempt; empty when there is no such attempt."""
        return await asyncio.to_thread(self._logs, attempt_id)

    async def read_tail(self, attempt_id: AttemptId, name: str, limit: int) -> LogPart:
        """Read the end of one log, at most 8 MiB. Raises `NotFound`."""
        logs = await self.log_files(attempt_id)
        return await asyncio.to_thread(read_tail, logs, name, limit)

    async def read_log(
        self, attempt_id: AttemptId, name: str, offset: int, limit: int, identity: str = ""
    ) -> LogPart:
        """Read on in one log, at most 8 MiB. Raises `NotFound`."""
        logs = await self.log_files(attempt_id)
        return await asyncio.to_thread(read_part, logs, name, offset, limit, identity)

    async def search_log(
        self, attempt_id: AttemptId, name: str, text: str, begin: tuple[int, int], limit: int
    ) -> Searched:
        """Search one log. Raises `NotFound`."""
        log = find_log(await self.log_files(attempt_id), name)
        return await asyncio.to_thread(search, log.path, text, begin, limit)

    async def stream_log(self, attempt_id: AttemptId, name: str) -> AsyncIterator[bytes]:
        """Give one log chunk by chunk. Raises `NotFound`."""
        chunks = iterate(find_log(await self.log_files(attempt_id), name))

        async def stream() -> AsyncIterator[bytes]:
            while chunk := await asyncio.to_thread(next, chunks, b""):
                yield chunk

        return stream()

    def close(self) -> None:
        """Stop watching, in the event loop that watched; every engine goes on."""
        self._children.close()

    def _folder(self, attempt_id: AttemptId) -> RunFolder:
        if not re.fullmatch(r"[0-9A-Za-z_-]{1,64}", attempt_id):  # it becomes part of a path
            raise NotFound("There is no such attempt.")
        return RunFolder(self._runs_dir, self._logs_dir, attempt_id)

    def _plan(self, spec: LaunchSpec) -> Plan:
        folder = self._folder(spec.attempt_id)
        return Plan(spec=spec, engine=self._engines.find(spec.flink), run_dir=folder.path)

    def _materialise(self, spec: LaunchSpec) -> None:
        folder = self._folder(spec.attempt_id)
        if folder.path.exists() or folder.tombstone.exists():
            return
        find_java(spec.flink)  # what is missing shows before a permit is made, not after
        shutil.rmtree(folder.making, ignore_errors=True)
        sources = Sources(
            agent_jar=self._agent_jar,
            endpoint_file=self._endpoint_file,
            artifacts_dir=self._artifacts_dir,
        )
        write_material(self._plan(spec), folder.making, sources)
        (folder.making / "permit.unused").touch()

    def _launch(self, spec: LaunchSpec) -> tuple[Started, ...]:
        folder = self._folder(spec.attempt_id)
        permit = folder.read_permit()
        if permit not in (PermitState.UNUSED, PermitState.CLAIMED):
            return ()
        if (folder.path / "outcome.json").exists():
            return ()
        jobmanager = folder.choose(JOBMANAGER, folder.started())
        if permit is PermitState.CLAIMED and not (jobmanager and is_alive(jobmanager.who)):
            return ()
        plan = self._plan(spec)
        alive = {started.name for started in folder.alive()}
        wanted = (*((JOBMANAGER,) if permit is PermitState.UNUSED else ()), *plan.taskmanagers)
        pids = [self._spawn(plan, name) for name in wanted if name not in alive]
        self._await_shims(folder, pids)
        return folder.alive()

    def _spawn(self, plan: Plan, name: str) -> int:
        java = find_java(plan.spec.flink)
        role = "jm" if name == JOBMANAGER else "tm"
        command = (
            *(sys.executable, "-I", "-S", shim.__file__),
            *(JOBMANAGER if role == "jm" else "taskmanager", str(plan.run_dir), name, "--"),
            *plan.command(name, java, plan.engine.archive_flags(java, role)),
        )
        output = plan.run_dir / "log" / name / f"{name}.out"
        return self._children.spawn(command, plan.environment, plan.run_dir, output)

    def _await_shims(self, folder: RunFolder, pids: list[int]) -> None:
        deadline = monotonic_s() + _SHIM_PATIENCE_S
        waiting = set(pids)
        while waiting and monotonic_s() < deadline:
            waiting -= {started.who.pid for started in folder.started()}
            waiting = {pid for pid in waiting if self._children.exit_code(pid) is None}
            time.sleep(0.01 if waiting else 0)

    def _look(self, attempt_id: AttemptId) -> tuple[Watched, tuple[Started, ...]]:
        self._runs_dir.stat()  # a folder that cannot be seen is not an attempt that is gone
        folder = self._folder(attempt_id)
        outcome = _read_outcome(folder)
        started = folder.started()
        jobmanager = self._describe(folder, JOBMANAGER, started)
        names = sorted(
            {*folder.list_taskmanagers(), *(s.name for s in started if s.name != JOBMANAGER)}
        )
        is_dead = jobmanager.state is ProcessState.DEAD
        at = now()
        watched = Watched(
            look=Look(looked=Looked.OK, at=at, ok_at=at),
            permit=folder.read_permit(),
            jobmanager=jobmanager,
            taskmanagers=tuple(self._describe(folder, name, started) for name in names),
            outcome=outcome or _read_outcome(folder),
            refused=is_dead and folder.was_refused(),
            last_words=self._last_words(attempt_id, JOBMANAGER) if is_dead else None,
        )
        return watched, tuple(each for each in started if is_alive(each.who))

    def _describe(self, folder: RunFolder, name: str, started: tuple[Started, ...]) -> ProcessFact:
        chosen = folder.choose(name, started)
        if chosen is None:
            return ProcessFact(name=name, state=ProcessState.ABSENT)
        who = chosen.who
        code = self._children.exit_code(who.pid)
        if is_alive(who):
            return ProcessFact(
                name=name,
                state=ProcessState.ALIVE,
                pid=who.pid,
                is_suspended=is_suspended(who),
            )
        words = None if name == JOBMANAGER else self._last_words(folder.attempt_id, name)
        return ProcessFact(
            name=name, state=ProcessState.DEAD, pid=who.pid, exit_code=code, last_words=words
        )

    def _terminate(self, attempt_id: AttemptId) -> None:
        whom: list[Identity] = [started.who for started in self._folder(attempt_id).alive()]
        end_all(whom)
        for who in whom:
            self._children.exit_code(who.pid)

    def _logs(self, attempt_id: AttemptId) -> tuple[LogFile, ...]:
        folder = self._folder(attempt_id)
        return list_logs((folder.path / "log", folder.tombstone))

    def _last_words(self, attempt_id: AttemptId, process: str) -> str | None:
        logs, output = self._logs(attempt_id), f"{process}.out"
        words = read_last_lines(logs, (f"{process}.log", output), _LAST_LINES)
        end = read_end_of_jvm(logs, output)
        return "\n".join(each for each in (words, end) if each) or None

    def _watch_all(self, attempt_id: AttemptId, started: tuple[Started, ...]) -> None:
        for each in started:
            self._children.watch(attempt_id, each.who)


def _read_outcome(folder: RunFolder) -> Outcome | None:
    """The outcome, or None while there is none that can be read."""
    try:
        return folder.read_outcome()
    except ValueError:
        return None
