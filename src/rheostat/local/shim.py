"""The launch shim: claims the launch permit, then becomes the Java process, with the same pid.

Run as `python -I -S shim.py <role> <run folder> <name> -- <command line>`; standard library only, and
nothing of Rheostat is imported, so that a start costs milliseconds and an upgrade cannot break it.
`docs/lifecycle.md` (the guard, local) is its specification: the pid file comes before the claim, so
that whoever revokes the permit knows every process that may have got past it. Exit 90 = refused.

`process.py` shares the reading of start stamps, so that both write and compare the same text.
"""

import fcntl
import json
import os
import secrets
import subprocess
import sys
from typing import NoReturn

REFUSED = 90
"""Exit status of a launch that the permit did not allow; Flink itself never uses it."""

JOBMANAGER = "jobmanager"


def read_stat(pid: int) -> tuple[str, str] | None:
    """State letter and start stamp of a process, or None when there is none."""
    if sys.platform == "linux":
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                text = file.read()
        except (FileNotFoundError, ProcessLookupError):
            return None
        # The name in parentheses may hold anything, `)` and blanks included: proc(5).
        fields = text.rpartition(")")[2].split()
        # A first thread that has ended shows as a zombie while others of the process still run.
        is_ending = fields[0] == "Z" and int(fields[17]) > 1
        return "D" if is_ending else fields[0], fields[19]
    command = ["/bin/ps", "-o", "lstart=,stat=", "-p", str(pid)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"LC_ALL": "C"})
    words = done.stdout.split()
    return (words[-1][0], " ".join(words[:-1])) if len(words) > 1 else None


def read_boot_id() -> str:
    """What changes with every boot of this machine."""
    if sys.platform == "linux":
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    command = ["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _write_durably(folder: str, name: str, text: str) -> None:
    """Write a file that is there whole or not at all; raises FileNotFoundError without the folder."""
    temporary = os.path.join(folder, f".{name}")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(fd, text.encode())
        os.fsync(fd)
    finally:
        os.close(fd)
    os.rename(temporary, os.path.join(folder, name))


def _take_slot(folder: str, name: str) -> bool:
    """Hold a lock that lives as long as the process: no second TaskManager of that name."""
    fd = os.open(os.path.join(folder, f"lock-{name}"), os.O_RDWR | os.O_CREAT, 0o600)
    os.set_inheritable(fd, True)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _claim(folder: str, role: str, name: str, incarnation: str) -> bool:
    """Whether this process may go on. For a JobManager: exactly one ever gets True."""
    if os.path.exists(os.path.join(folder, "outcome.json")):
        return False
    if role == JOBMANAGER:
        unused = os.path.join(folder, "permit.unused")
        try:
            os.rename(unused, os.path.join(folder, f"permit.claimed-{incarnation}"))
        except FileNotFoundError:
            return False
        return True
    permits = [entry for entry in os.listdir(folder) if entry.startswith("permit.")]
    if not permits or any(entry.startswith("permit.revoked-") for entry in permits):
        return False
    return _take_slot(folder, name)


def main(argv: list[str]) -> NoReturn:
    """Claim, then replace this process by the command line; exits only when refused."""
    role, folder, name, dashes, *command = argv
    if dashes != "--" or not command:
        sys.exit(2)
    if os.getpid() not in (os.getsid(0), os.getpgrp()):  # a group's leader cannot have its own
        os.setsid()
    incarnation = secrets.token_hex(16)
    stat = read_stat(os.getpid())
    facts = {
        "pid": os.getpid(),
        "start": stat[1] if stat else "",
        "boot": read_boot_id(),
        "incarnation": incarnation,
    }
    try:
        _write_durably(folder, f"pid-{name}-{incarnation}", json.dumps(facts))
        if not _claim(folder, role, name, incarnation):
            if role == JOBMANAGER:
                _write_durably(folder, f"refused-{incarnation}", json.dumps(facts))
            sys.exit(REFUSED)
    except FileNotFoundError:
        sys.exit(REFUSED)
    os.execve(command[0], command, {**os.environ, "RHEOSTAT_INCARNATION": incarnation})


if __name__ == "__main__":
    main(sys.argv[1:])
