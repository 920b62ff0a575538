"""Write a step's decision ahead of its actions, and their results after them; both under the epoch."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from rheostat.control.follow import follow
from rheostat.control.load import Loaded
from rheostat.core.sentences import tell_reason
from rheostat.errors import Busy
from rheostat.model.action import NAMES, Action
from rheostat.model.decision import Decision
from rheostat.model.event import Event, EventKind
from rheostat.model.ids import RunId
from rheostat.model.observation import Observed
from rheostat.model.phase import Phase, Reason
from rheostat.model.run import Attempt, OperationState, Run, Stage
from rheostat.store import attempt as attempts
from rheostat.store import job as jobs
from rheostat.store import run as runs
from rheostat.store.event import append_events
from rheostat.store.lease import check_lead


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """All that one step writes before it acts."""

    loaded: Loaded
    attempt: Attempt | None
    """With what the observation added."""
    observed: Observed
    decision: Decision
    noticed: tuple[Event, ...]
    now: dt.datetime
    keep_evidence: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How one action went."""

    action: Action
    duration_ms: float
    error: str | None = None
    trouble: Reason | None = None
    """It will never work."""


def is_worth_writing(step: Step) -> bool:
    """Whether the decision says anything that the store does not: a steady look writes nothing."""
    decision, recorded = step.decision, step.loaded.recorded
    attempt = changed_attempt(step.attempt, decision)
    if attempt is not None and recorded.attempt is not None:
        seen = recorded.attempt.last_seen_processing_at
        attempt = replace(attempt, last_seen_processing_at=seen)
    return bool(
        step.keep_evidence
        or step.noticed
        or decision.actions
        or decision.intent_result
        or decision.operation_error
        or attempt != recorded.attempt
        or changed_run(recorded.run, decision, step.now) != recorded.run
    )


def record_decision(conn: sa.Connection, epoch: int, step: Step, runs_limit: int) -> RunId | None:
    """Phase, reason, attempt, intent, evidence, events: one transaction; the run that follows, if any.

    Raises:
        LostLease: another server leads; nothing is written.
        Busy: the last room was taken meanwhile, or a person wants something else by now; nothing is written.
    """
    check_lead(conn, epoch)
    decision, loaded, now = step.decision, step.loaded, step.now
    _check_wish(conn, loaded)
    is_admission = loaded.run.phase is Phase.QUEUED and decision.phase is Phase.PREPARING
    if is_admission and runs.count_admitted(conn) >= runs_limit:
        raise Busy
    run = changed_run(loaded.run, decision, now)
    if run != loaded.run:
        runs.update_run(conn, run)
    attempt = changed_attempt(step.attempt, decision)
    if attempt is not None and attempt != loaded.recorded.attempt:
        attempts.update_attempt(conn, attempt)
    if attempt is not None and step.keep_evidence:
        attempts.save_seen(conn, attempt.id, step.observed, now)
    _close(conn, step)
    followed, more = follow(conn, loaded, decision, now)
    append_events(conn, [*step.noticed, *_decision_events(step, attempt), *more])
    return followed


def _check_wish(conn: sa.Connection, loaded: Loaded) -> None:
    """A decision stands on the wish that was open when it was made; from here on none can come or go."""
    jobs.lock_job_by_id(conn, loaded.job.id)
    before, now = loaded.recorded.intent, runs.find_open_intent(conn, loaded.run.id)
    if (before.id if before else None) != (now.id if now else None):
        raise Busy("another wish has come; the step is repeated")


def changed_run(run: Run, decision: Decision, now: dt.datetime) -> Run:
    """The run as the decision leaves it."""
    is_move = decision.phase is not run.phase
    is_news = is_move or decision.reason.code != run.reason.code
    ended = decision.phase.is_terminal
    return replace(
        run,
        phase=decision.phase,
        reason=decision.reason,
        since=now if is_move else run.since,
        reason_since=now if is_news else run.reason_since,
        health=decision.health,
        outcome=decision.outcome if ended else run.outcome,
        ended_at=now if ended and run.ended_at is None else run.ended_at,
    )


def changed_attempt(attempt: Attempt | None, decision: Decision) -> Attempt | None:
    """The attempt as the decision leaves it, before any action."""
    if attempt is None or decision.phase.is_terminal:
        return attempt
    return replace(
        attempt,
        stage=decision.stage or attempt.stage,
        outcome=decision.outcome or attempt.outcome,
    )


def _close(conn: sa.Connection, step: Step) -> None:
    recorded, decision = step.loaded.recorded, step.decision
    if decision.intent_result and recorded.intent:
        runs.close_intent(conn, recorded.intent.id, decision.intent_result, step.now)
    if decision.phase.is_terminal:
        runs.close_open_intents(conn, step.loaded.run.id, step.now)
    if decision.operation_error and recorded.operation:
        failed = replace(
            recorded.operation, state=OperationState.FAILED, error=decision.operation_error
        )
        attempts.update_operation(conn, failed)


def _decision_events(step: Step, attempt: Attempt | None) -> list[Event]:
    run, decision = step.loaded.run, step.decision
    ordinal = attempt.ordinal if attempt else None
    events: list[Event] = []

    def add(kind: EventKind, code: str, **fields: object) -> None:
        events.append(
            Event(run_id=run.id, at=step.now, kind=kind, code=code, attempt=ordinal, fields=fields)
        )

    known = step.attempt.outcome if step.attempt else None
    if decision.outcome is not None and decision.outcome != known:
        outcome = decision.outcome
        add(
            EventKind.DECISION,
            "outcome_learnt",
            status=outcome.status.value,
            source=outcome.source,
            witness=outcome.witness.value,
            message=outcome.message or outcome.cause or "",
        )
    if decision.phase is not run.phase:
        add(
            EventKind.DECISION,
            "phase_changed",
            before=run.phase.value,
            after=decision.phase.value,
            reason=decision.reason.code,
            fields=dict(decision.reason.fields),
            text=tell_reason(decision.reason),
            held_ms=round((step.now - run.since).total_seconds() * 1000),
        )
    if decision.intent_result not in (None, "done") and step.loaded.recorded.intent:
        intent = step.loaded.recorded.intent.kind.value
        cause = _why_not(step) if decision.intent_result == "failed" else None
        because = {} if cause is None else {"cause": cause}
        add(EventKind.DECISION, f"intent_{decision.intent_result}", intent=intent, **because)
    for action in decision.actions:
        add(EventKind.ACTION, "action_begun", action=NAMES[type(action)])
    return events


def _why_not(step: Step) -> str:
    """Why a wish failed: its operation's error, else what the decision says."""
    operation, decision = step.loaded.recorded.operation, step.decision
    error = decision.operation_error or (operation.error if operation else None)
    return (error or tell_reason(decision.reason))[:1000]


def record_results(
    conn: sa.Connection, epoch: int, step: Step, done: Sequence[Done], now: dt.datetime
) -> None:
    """What the actions came to; the attempt moves on only if all of them succeeded."""
    check_lead(conn, epoch)
    decision = step.decision
    attempt = changed_attempt(step.attempt, decision)
    is_whole = len(done) == len(decision.actions) and not any(one.error for one in done)
    if attempt is not None:
        moved = _moved(attempt, decision, done, now, is_whole=is_whole)
        if moved != attempt:
            attempts.update_attempt(conn, moved)
    append_events(
        conn,
        [
            Event(
                run_id=step.loaded.run.id,
                at=now,
                kind=EventKind.ACTION,
                code="action_failed" if one.error else "action_done",
                attempt=attempt.ordinal if attempt else None,
                duration_ms=round(one.duration_ms, 1),
                fields={
                    "action": NAMES[type(one.action)],
                    "duration_ms": round(one.duration_ms, 1),
                    **({"message": one.error} if one.error else {}),
                },
            )
            for one in done
        ],
    )


def _moved(
    attempt: Attempt,
    decision: Decision,
    done: Sequence[Done],
    now: dt.datetime,
    *,
    is_whole: bool,
) -> Attempt:
    trouble = next((one.trouble for one in done if one.trouble), None)
    moved = replace(attempt, trouble=trouble or attempt.trouble)
    if not is_whole or decision.stage_after is None:
        return moved
    moved = replace(moved, stage=decision.stage_after)
    if decision.stage_after is Stage.LAUNCHED:
        return replace(moved, launched_at=moved.launched_at or now)
    if decision.stage_after is Stage.GONE:
        return replace(moved, ended_at=now)
    return moved


PHASES_OF_CHANGE = frozenset(
    {
        Phase.PREPARING,
        Phase.STARTING,
        Phase.RESTARTING,
        Phase.FAILING_OVER,
        Phase.STOPPING,
    }
)
"""Where a look each second is worth its price."""
