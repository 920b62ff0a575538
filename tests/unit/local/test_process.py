"""Processes by pid and start stamp."""

import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rheostat.local.process import Identity, end_all, identify, is_alive, is_suspended
from rheostat.local.shim import read_stat


def find(pid: int) -> Identity:
    who = identify(pid)
    assert who is not None
    return who


@pytest.fixture
def sleeper():
    process = subprocess.Popen(["/bin/sleep", "60"])
    yield process
    process.kill()
    process.wait()


def test_this_process_is_alive():
    who = find(os.getpid())
    assert is_alive(who)
    assert not is_suspended(who)
    assert find(os.getpid()) == who


@pytest.mark.parametrize("change", [{"start": "1"}, {"boot": "another"}])
def test_another_process_with_that_pid_is_not_ours(change):
    who = dataclasses.replace(find(os.getpid()), **change)
    assert not is_alive(who)
    assert end_all([who]) == ()  # or this test would be the last


def test_a_name_with_parentheses_and_blanks(tmp_path):
    program = tmp_path / "a) Z 1 (b"
    program.symlink_to("/bin/sleep")
    process = subprocess.Popen([str(program), "60"])
    try:
        state, stamp = read_stat(process.pid) or ("", "")
        assert state in "RSD"
        assert stamp.isdigit()
    finally:
        process.kill()
        process.wait()


def test_a_zombie_is_dead(sleeper):
    who = find(sleeper.pid)
    os.kill(sleeper.pid, signal.SIGKILL)
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    assert (read_stat(sleeper.pid) or ("",))[0] == "Z"
    assert not is_alive(who)


def test_a_process_is_alive_as_long_as_one_of_its_threads():
    code = (
        "import ctypes, threading, time\n"
        "threading.Thread(target=time.sleep, args=(60,)).start()\n"
        "print('up', flush=True)\n"
        "ctypes.CDLL(None).syscall(60, 0)\n"  # exit(2) ends this thread only
    )
    if os.uname().machine != "x86_64":
        pytest.skip("the number of a system call depends on the machine")
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        status = Path(f"/proc/{process.pid}/status")
        while "Z (zombie)" not in status.read_text():
            pass
        assert is_alive(find(process.pid))
        process.kill()


def test_no_process():
    assert identify(2**22 + 1) is None


def test_a_suspended_process_is_alive_and_can_be_ended(sleeper):
    who = find(sleeper.pid)
    os.kill(sleeper.pid, signal.SIGSTOP)
    while not is_suspended(who):
        pass
    assert is_alive(who)
    began = time.monotonic()
    assert end_all([who]) == ()
    assert time.monotonic() - began < 4
    assert sleeper.wait() == -signal.SIGTERM
