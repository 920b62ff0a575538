"""What to do next, by the code of a reason: the runbook, as data.

Shown beside every held, failed, degraded or unknown run, and printed whole into `docs/runbook.md`. An
advice never repeats the sentence of its code; it says where to look, what to type, and what is safe.
"""

from rheostat.model.phase import Reason

_START_NEWEST = "start it again from the newest snapshot: rheostat job start {job} -p {project}"
_LOGS = "read the JobManager's log: rheostat job logs {job} -p {project}"
_EXCEPTIONS = "read what Flink threw: rheostat job exceptions {job} -p {project}"
_CHOOSE = (
    "choose yourself: rheostat snapshot list {job} -p {project}, then rheostat job cancel {job} -p {project}"
    " and rheostat job start {job} -p {project} --from SNAPSHOT"
)
_CANCEL_START = (
    "cancel it, then start from the newest snapshot: rheostat job cancel {job} -p {project},"
    " rheostat job start {job} -p {project}"
)
_EDIT = (
    "mend the draft, publish it, and start: rheostat job edit {job} -p {project},"
    " rheostat job publish {job} -p {project}, rheostat job start {job} -p {project}"
)

ADVICE: dict[str, str] = {
    # nothing was launched
    "no_room": "stop a run, or raise the server's limit of live runs; it goes on by itself",
    "launch_failed": "mend what the message names, then start it again",
    "engine_missing": "install it on the server's machine: rheostat engine install; then start again",
    "no_process_came": "read the server's log; a port or a file may be in the way",
    "no_job_submitted": (
        "the program has not submitted a job: look at its thread dump among the events"
        " (rheostat job events {job} -p {project}); it runs on by itself once it submits"
    ),
    "tasks_never_ran": (
        "there are too few slots, as a rule: compare parallelism with slots and TaskManagers; "
        + _LOGS
        + ". It runs on by itself once every task has its slot"
    ),
    # restore points
    "restore_not_proven": _CHOOSE,
    "nothing_proven": _CHOOSE,
    "rewind_too_large": ("reading that much again may write results twice: " + _CHOOSE),
    "version_does_not_fit": (
        "the snapshot is sound, the version is not made for it: start the version that made it,"
        " or allow that state is left behind (--allow-dropped)"
    ),
    "restore_failed": _CHOOSE,
    # losses
    "too_many_losses": _LOGS
    + "; it is killed from outside, or ends at once. Then "
    + _CANCEL_START,
    "guard_held": "look why it was lost, then " + _CANCEL_START,
    "guard_failed": "look why it was lost, then " + _START_NEWEST,
    "no_checkpointing": (
        "nothing was kept to go on from: cancel it and start it again from empty,"
        " or turn checkpoints on; declare the job stateless if it may always begin anew"
    ),
    "batch_ended_unseen": (
        "look whether its results are complete; cancel it if they are not, and start it again."
        " The job's policy for this may be hold, rerun or fail"
    ),
    "unknown_outcome": "look whether its results are complete; start it again if they are not",
    "probably_finished": (
        "its input may have ended: look at its results, then cancel it, or start it again from a snapshot"
    ),
    # leaving
    "stop_interrupted": _CANCEL_START,
    "stop_unproven": "its savepoint is broken, older snapshots are not: " + _CHOOSE,
    "stop_waited_in_vain": "nothing but a cancel ends it; the newest checkpoint stays: "
    + _CANCEL_START,
    "stop_failed": "the job runs on and nothing was lost; mend what the message names, then stop it again",
    "stop_waits_unseen": "wait, or cancel it: a cancel does not need the JobManager's answer",
    "engine_will_not_end": "look at its processes on the server's machine; nothing else starts before they end",
    "records_contradict": "look at the events (rheostat job events {job} -p {project}) and report this",
    # health
    "job_manager_silent": (
        "it may be healthy: look at the processes and the network. Nothing is restarted on silence alone"
    ),
    "no_look_succeeded": "the place where it runs cannot be asked; look at the server's own log",
    "sources_disagree": "compare the evidence: the more cautious answer is the one that counts",
    "taskmanager_lost": "nothing: a new one is started; " + _LOGS + " if it is lost again",
    "job_restarting": _EXCEPTIONS,
    "tasks_not_running": _EXCEPTIONS + "; too few slots look like this, too",
    "parallelism_lower": "a TaskManager is missing, or the machine has no more room; the job itself is well",
    "no_checkpoint": (
        "look for backpressure and for slow or unreachable checkpoint storage; " + _EXCEPTIONS
    ),
    "no_checkpoint_since_start": (
        "a connector older than the state looks like this, so does full storage; " + _EXCEPTIONS
    ),
    "code_overrides": "the program sets this key in code; take it out there, it belongs to Rheostat",
    # failures that Flink or the agent tell
    "run_failed": _EXCEPTIONS + "; then " + _START_NEWEST,
    "sql_invalid": _EDIT,
    "sql_refused": _EDIT,
    "reserved_key": _EDIT,
    "missing_class": "add the connector's JAR to the engine, or correct the name; then " + _EDIT,
    "submit_failed": _LOGS,
    "no_job": "the script or program must hold one INSERT or execute one job; then " + _EDIT,
    "main_threw": "mend the program, upload it again, publish, and start",
    "no_main": "name the main class (--main), or the one in the JAR's manifest; then publish and start",
    "second_execute": "one program may execute one job: split it in two jobs",
    "exited": "the program must not end the JVM: take System.exit out",
    "runner_failed": _LOGS,
    "artifact_gone": "upload the JAR again; the same file is the same artifact; then start",
}
"""By reason code. A code without advice needs nobody."""


def advise(reason: Reason, *, project: str, job: str) -> str | None:
    """What to do about it, with the commands for this very job; None if nothing is to be done."""
    text = ADVICE.get(reason.code)
    return None if text is None else text.format(project=project, job=job)
