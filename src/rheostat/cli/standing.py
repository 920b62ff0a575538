"""Runs for people: how one stands, why, who says so, what to do next."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from rheostat.cli import output
from rheostat.cli.outcome import render_outcome, render_restore
from rheostat.cli.words import plain, render_age, render_duration, render_since
from rheostat.client.wait import TERMINAL
from rheostat.clock import now
from rheostat.wire.history import StartView
from rheostat.wire.run import AttemptView, EvidenceView, RunView


def show_runs(views: list[RunView]) -> None:
    """Print a table of runs."""
    moment = now()
    rows = [
        (
            f"{view.number}",
            f"{view.version}",
            output.status(view.phase),
            output.health(view.health, view.phase),
            render_since(view.created_at, moment),
            render_duration(max(((view.ended_at or moment) - view.created_at).total_seconds(), 0)),
            view.created_by,
            view.reason.text,
        )
        for view in views
    ]
    heads = ("RUN", "VERSION", "PHASE", "HEALTH", "STARTED", "LASTED", "BY", "WHY")
    output.show(output.table(heads, rows, right="RUN VERSION"))


def show_run(run: RunView, start: StartView | None = None) -> None:
    """Print a run: phase and reason, health, evidence, attempt, its start, end, what to do next."""
    blocks: list[output.Block] = [
        Text.assemble(
            (f"{run.project}/{run.job}", "bold"),
            f"  run {run.number}, version {run.version}, {run.mode}",
        ),
        output.indented(output.facts(_facts(run, render_since(run.since, now())))),
    ]
    if run.attempt is not None:
        blocks += [output.head("attempt"), output.indented(output.facts(_attempt(run.attempt)))]
    if run.outcome is not None:
        blocks += [output.head("end"), output.indented(output.facts(render_outcome(run.outcome)))]
    if run.evidence:
        rows = [_evidence(item) for item in run.evidence]
        heads = ("SOURCE", "SAYS", "WHEN", "LAST LOOK")
        blocks += [output.head("evidence"), output.indented(output.table(heads, rows))]
    if start is not None and start.steps:
        blocks += [output.head(_start_head(start)), output.indented(_start(start))]
    lines = [*(plain(each.text) for each in run.advice), *render_next(run)]
    output.show(*blocks, output.head("next"), *(f"  {line}" for line in lines))


def _facts(run: RunView, since: str) -> Iterator[tuple[str, output.Cell]]:
    yield "phase", Text.assemble(output.status(run.phase), f": {plain(run.reason.text)} ({since})")
    if run.intent is not None:
        yield "wish", f"{run.intent} is under way"
    if run.phase not in TERMINAL:
        yield "health", output.status(run.health)
        for reason in run.health_reasons:
            yield "", reason.text
    yield "savepoint", run.savepoint
    yield "started by", run.created_by


def _attempt(attempt: AttemptView) -> Iterator[tuple[str, output.Cell]]:
    yield "number", f"{attempt.number} ({attempt.stage})"
    yield "from", render_restore(attempt.restore)
    yield "flink job", attempt.flink_job_id
    if attempt.pids.jobmanager is not None:
        workers = ", ".join(str(pid) for pid in attempt.pids.taskmanagers) or "none"
        yield "processes", f"jobmanager {attempt.pids.jobmanager}, taskmanagers {workers}"
    yield "dashboard", attempt.flink_url


def _evidence(item: EvidenceView) -> tuple[output.Cell, ...]:
    if item.reachable:
        look = Text("reached")
    else:
        look = Text(f"not reached: {plain(item.why)}" if item.why else "not reached", "yellow")
    return item.source, item.value, render_age(item.age_s), look


def _start_head(start: StartView) -> str:
    if start.total_ms is None:
        return "start"
    return f"start: {render_duration(start.total_ms / 1000)} until every task ran"


def _start(start: StartView) -> Table:
    rows = [
        (
            step.text,
            "under way" if step.duration_ms is None else render_duration(step.duration_ms / 1000),
            step.began_at.astimezone().strftime("%H:%M:%S"),
        )
        for step in start.steps
    ]
    return output.table(("STEP", "TOOK", "BEGAN"), rows, right="TOOK")


def render_next(run: RunView) -> list[str]:
    """Name the commands that make sense now; the first one first."""
    job = f"{run.job} -p {run.project}"
    events = f"rheostat run events {job} --follow"
    logs = f"rheostat run logs {job} --run {run.number}"
    start = f"rheostat job start {job}"
    match run.phase:
        case "queued" | "preparing" | "starting" | "restarting" | "failing_over" | "stopping":
            return [events, logs]
        case "running":
            return [f"rheostat job stop {job}" if run.mode == "streaming" else events, logs]
        case "held":
            return [logs, f"rheostat job cancel {job}", f"rheostat run events {job}"]
        case "stopped":
            return [f"{start} --from newest"]
        case "canceled" | "finished":
            return [start, f"rheostat snapshot list {job}"] if run.mode == "streaming" else [start]
        case "failed":
            return [logs, f"rheostat job edit {job} --sql FILE", start]
