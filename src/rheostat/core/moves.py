"""The legal moves between phases, as one table. `docs/lifecycle.md` is printed from it."""

from rheostat.model.phase import Phase

P = Phase

LEGAL: dict[Phase, frozenset[Phase]] = {
    P.QUEUED: frozenset({P.PREPARING, P.CANCELED}),
    P.PREPARING: frozenset(
        {P.STARTING, P.QUEUED, P.FAILING_OVER, P.HELD, P.FAILED, P.CANCELED},
    ),
    P.STARTING: frozenset(
        {
            P.RUNNING,
            P.RESTARTING,
            P.FINISHED,
            P.FAILED,
            P.FAILING_OVER,
            P.HELD,
            P.STOPPING,
            P.CANCELED,
        },
    ),
    P.RUNNING: frozenset(
        {P.RESTARTING, P.FAILING_OVER, P.STOPPING, P.FINISHED, P.FAILED, P.CANCELED},
    ),
    P.RESTARTING: frozenset(
        {P.RUNNING, P.FAILING_OVER, P.STOPPING, P.FINISHED, P.FAILED, P.CANCELED, P.HELD},
    ),
    P.FAILING_OVER: frozenset(
        {
            P.STARTING,
            P.RUNNING,
            P.HELD,
            P.FAILED,
            P.CANCELED,
            P.STOPPING,
            P.FINISHED,
        },
    ),
    P.HELD: frozenset(
        {P.RUNNING, P.FAILED, P.FINISHED, P.CANCELED, P.STOPPING, P.FAILING_OVER, P.STOPPED},
    ),
    P.STOPPING: frozenset({P.STOPPED, P.CANCELED, P.FINISHED, P.FAILED, P.HELD, P.RUNNING}),
    P.STOPPED: frozenset(),
    P.CANCELED: frozenset(),
    P.FINISHED: frozenset(),
    P.FAILED: frozenset(),
}
"""From a phase to those that may follow it. Staying is always legal."""

MEANING: dict[Phase, str] = {
    P.QUEUED: "waits for room",
    P.PREPARING: "restore point, SQL, configuration and agent are made ready; attempt and permit are written",
    P.STARTING: "the JobManager is launched, and not every task runs yet",
    P.RUNNING: "the job runs: streaming, every task; batch, at least one",
    P.RESTARTING: "Flink restarts the job's tasks",
    P.FAILING_OVER: "the engine was lost; it is fenced, then the next attempt begins",
    P.HELD: "a person must choose",
    P.STOPPING: "a stop or a cancel is under way",
    P.STOPPED: "ended with a proven savepoint",
    P.CANCELED: "ended because a person said so",
    P.FINISHED: "ended by itself: its input ended",
    P.FAILED: "ended with a fault",
}


def is_legal(before: Phase, after: Phase) -> bool:
    """Whether a run may go from `before` to `after`; staying is legal."""
    return before is after or after in LEGAL[before]
