"""Starting processes, and learning at once that one has ended, ours or adopted.

Called by `engines.py`. What is started here outlives the server, so nothing here ends anything.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from rheostat.local.process import Identity, is_alive
from rheostat.model.ids import AttemptId

_SWEEP_S = 1.0
"""How often it is looked where the system has no descriptors for processes (macOS)."""


class Children:
    """Processes that we started or adopted.

    `spawn` and `exit_code` may be called from any thread, the rest from one event loop.
    """

    def __init__(self) -> None:
        self._ended: asyncio.Queue[AttemptId] = asyncio.Queue()
        self._watched: dict[Identity, tuple[AttemptId, int]] = {}
        self._ours: set[int] = set()
        self._exit_codes: dict[int, int] = {}
        self._reaping = threading.Lock()

    def spawn(
        self, command: Sequence[str], environment: Mapping[str, str], folder: Path, output: Path
    ) -> int:
        """Start a detached process with a session of its own; returns its pid."""
        with output.open("ab") as out:
            process = subprocess.Popen(
                command,
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                close_fds=True,
            )
        # It is reaped by pid below; subprocess would warn that it outlives us, which it shall.
        process.returncode = 0
        with self._reaping:
            self._exit_codes.pop(process.pid, None)
            self._ours.add(process.pid)
        return process.pid

    def exit_code(self, pid: int) -> int | None:
        """How a process of ours ended, negative for a signal; reaps it. None: it lives, or is not ours."""
        with self._reaping:
            if pid in self._ours:
                with contextlib.suppress(ChildProcessError):
                    done, status = os.waitpid(pid, os.WNOHANG)
                    if done == 0:
                        return None
                    self._exit_codes[pid] = os.waitstatus_to_exitcode(status)
                self._ours.discard(pid)
            return self._exit_codes.get(pid)

    def watch(self, attempt_id: AttemptId, who: Identity) -> None:
        """From now on, the end of this process ends a `wait`. Repeating is harmless."""
        if who in self._watched:
            return
        fd = -1
        if sys.platform == "linux":
            try:
                fd = os.pidfd_open(who.pid)
            except ProcessLookupError:
                self._ended.put_nowait(attempt_id)
                return
            asyncio.get_running_loop().add_reader(fd, self._end, who)
        self._watched[who] = (attempt_id, fd)
        if not is_alive(who):  # looked at after opening: the descriptor may be of a successor's pid
            self._end(who)

    async def wait(self) -> AttemptId:
        """Wait until some watched process has ended; returns its attempt, once for each process."""
        if sys.platform == "linux":
            return await self._ended.get()
        while True:
            for who in [who for who in self._watched if not is_alive(who)]:
                self._end(who)
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(self._ended.get(), _SWEEP_S)

    def close(self) -> None:
        """Stop watching; every process goes on."""
        for who in list(self._watched):
            self._forget(who)

    def _end(self, who: Identity) -> None:
        attempt_id = self._forget(who)
        self.exit_code(who.pid)
        self._ended.put_nowait(attempt_id)

    def _forget(self, who: Identity) -> AttemptId:
        attempt_id, fd = self._watched.pop(who)
        if fd >= 0:
            asyncio.get_running_loop().remove_reader(fd)
            os.close(fd)
        return attempt_id
