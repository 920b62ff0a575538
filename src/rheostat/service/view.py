"""From nouns to the bodies that go out: one converter each."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import msgspec

from rheostat.core.advice import advise
from rheostat.core.local_conf import hide_secrets
from rheostat.core.pushed import hear
from rheostat.core.sentences import tell, tell_reason
from rheostat.model.event import Event
from rheostat.model.job import Content, Job, Project, Version
from rheostat.model.observation import Asked, Look, Looked, Observed, ProcessState, Pushed, Watched
from rheostat.model.phase import Reason
from rheostat.model.run import Attempt, Intent, Operation, Outcome, Run, Stage
from rheostat.model.snapshot import RestorePoint, Snapshot
from rheostat.wire.common import ReasonView
from rheostat.wire.job import (
    ContentView,
    JarView,
    JobView,
    PoliciesView,
    ProjectView,
    ResourcesView,
    VersionView,
)
from rheostat.wire.plan import RestoreView
from rheostat.wire.run import (
    AdviceView,
    AttemptView,
    EventView,
    EvidenceView,
    OutcomeView,
    ProcessIds,
    RunView,
    SnapshotView,
)

SourceWord = Literal["pushed", "asked", "watched"]
ENDED = "the JobManager has ended"
PROVEN: tuple[Literal[0, 1, 2], ...] = (0, 1, 2)


def project_view(project: Project) -> ProjectView:
    """A project."""
    return ProjectView(id=project.id, name=project.name, created_at=project.created_at)


def blank_secrets(content: ContentView) -> ContentView:
    """For whoever may not change it: values of keys that are known to hold secrets are blanked."""
    return msgspec.structs.replace(
        content, flink_configuration=hide_secrets(content.flink_configuration)
    )


def content_view(content: Content) -> ContentView:
    """A draft or a version's content."""
    jar, resources, policies = content.jar, content.resources, content.policies
    return ContentView(
        kind=content.kind,
        sql=content.sql,
        jar=None
        if jar is None
        else JarView(
            artifact=jar.artifact,
            name=jar.name,
            size_bytes=jar.size_bytes,
            main=jar.main,
            args=list(jar.args),
        ),
        flink_configuration=dict(content.flink_configuration),
        flink=content.flink,
        guard=content.guard.value,
        resources=ResourcesView(
            parallelism=resources.parallelism,
            slots=resources.slots,
            jobmanager_memory=resources.jobmanager_memory,
            taskmanager_memory=resources.taskmanager_memory,
            jobmanager_cpu=resources.jobmanager_cpu,
            taskmanager_cpu=resources.taskmanager_cpu,
        ),
        policies=PoliciesView(
            unseen_batch=policies.unseen_batch.value,
            resume_failed=policies.resume_failed,
            max_rewind_s=policies.max_rewind_s,
            is_stateless=policies.is_stateless,
        ),
    )


def job_view(job: Job, newest: Version | None, run: Run | None) -> JobView:
    """A job, with its newest version and run in brief."""
    return JobView(
        id=job.id,
        name=job.name,
        project=job.project.name,
        kind=job.draft.kind,
        mode=job.mode.value,
        draft=content_view(job.draft),
        revision=job.revision,
        version=newest.number if newest else None,
        phase=run.phase.value if run else None,
        health=run.health.word.value if run else None,
        run=run.number if run else None,
        created_at=job.created_at,
    )


def version_view(version: Version) -> VersionView:
    """A version."""
    return VersionView(
        number=version.number,
        digest=version.digest,
        content=content_view(version.content),
        created_at=version.created_at,
        created_by=version.created_by,
    )


def reason_view(reason: Reason) -> ReasonView:
    """A reason with its sentence."""
    return ReasonView(code=reason.code, fields=dict(reason.fields), text=tell_reason(reason))


def restore_view(restore: RestorePoint, now: dt.datetime) -> RestoreView:
    """A restore point with its age now."""
    age = None if restore.completed_at is None else now - restore.completed_at
    return RestoreView(
        kind=restore.kind.value,
        path=restore.path,
        snapshot=restore.snapshot_id,
        age_s=None if age is None else round(age.total_seconds(), 3),
        rewind_s=None if restore.rewind is None else round(restore.rewind.total_seconds(), 3),
        reason=tell_reason(restore.reason),
        why=reason_view(restore.reason),
        completed_at=restore.completed_at,
        proven=None if restore.proven is None else PROVEN[min(restore.proven, 2)],
    )


def run_view(
    job: Job,
    run: Run,
    attempt: Attempt | None,
    observed: Observed,
    about: tuple[Intent | None, Operation | None],
    now: dt.datetime,
) -> RunView:
    """A run with its newest attempt and the evidence about it."""
    intent, operation = about
    return RunView(
        id=run.id,
        number=run.number,
        job=job.name,
        project=job.project.name,
        mode=run.mode.value,
        version=run.version,
        phase=run.phase.value,
        reason=reason_view(run.reason),
        since=run.since,
        health=run.health.word.value,
        health_reasons=[reason_view(reason) for reason in run.health.reasons],
        advice=advice_views(job, run),
        attempt=attempt_view(attempt, observed.watched, now) if attempt else None,
        evidence=evidence_views(observed, attempt, now) if attempt else [],
        intent=intent.kind.value if intent else None,
        outcome=outcome_view(run.outcome) if run.outcome else None,
        savepoint=operation.location if operation else None,
        created_at=run.created_at,
        created_by=run.created_by,
        ended_at=run.ended_at,
    )


def advice_views(job: Job, run: Run) -> list[AdviceView]:
    """What to do next, each once: about why the run stands where it does, then about its health."""
    reasons = {each.code: each for each in (run.reason, *run.health.reasons)}
    told = (
        (code, advise(reason, project=job.project.name, job=job.name))
        for code, reason in reasons.items()
    )
    return [AdviceView(code=code, text=text) for code, text in told if text is not None]


def attempt_view(attempt: Attempt, watched: Watched, now: dt.datetime) -> AttemptView:
    """An attempt; pids only of processes that were alive at the last look."""
    is_live = attempt.stage in (Stage.LAUNCHED, Stage.ENDING)
    jobmanager = watched.jobmanager
    return AttemptView(
        id=attempt.id,
        number=attempt.ordinal,
        stage=attempt.stage.value,
        flink_job_id=attempt.flink_job_id,
        pids=ProcessIds(
            jobmanager=jobmanager.pid
            if is_live and jobmanager.state is ProcessState.ALIVE
            else None,
            taskmanagers=[
                process.pid
                for process in watched.taskmanagers
                if is_live and process.pid is not None and process.state is ProcessState.ALIVE
            ],
        ),
        restore=restore_view(attempt.restore, now),
        created_at=attempt.created_at,
        ended_at=attempt.ended_at,
        flink_url=rest_url(attempt) if is_live else None,
    )


def rest_url(attempt: Attempt) -> str:
    """Where its JobManager answers, on this machine."""
    return f"http://127.0.0.1:{attempt.ports['rest']}"


def evidence_views(observed: Observed, attempt: Attempt, now: dt.datetime) -> list[EvidenceView]:
    """The three sources, each with its value, its age, and whether the last look succeeded."""
    if attempt.stage is Stage.GONE:
        gone = Look(looked=Looked.OK, at=attempt.ended_at, ok_at=attempt.ended_at)
        ended = Look(looked=Looked.FAILED, ok_at=observed.asked.look.ok_at, why=ENDED)
        silent = replace(ended, ok_at=observed.pushed.look.ok_at)
        return [
            _pushed(observed.pushed, silent, now),
            _evidence("asked", _asked_value(observed.asked), ended, now),
            _evidence("watched", "every process is gone", gone, now),
        ]
    return [
        _pushed(observed.pushed, hear(observed.pushed, now), now),
        _evidence("asked", _asked_value(observed.asked), observed.asked.look, now),
        _evidence("watched", _watched_value(observed.watched), observed.watched.look, now),
    ]


def _pushed(pushed: Pushed, look: Look, now: dt.datetime) -> EvidenceView:
    value = pushed.outcome.status.value if pushed.outcome else pushed.status
    if value is None and pushed.submitted:
        value = "submitted"
    if value is None and pushed.hello:
        value = "hello"
    return _evidence("pushed", value, look, now)


def _evidence(source: SourceWord, value: str | None, look: Look, now: dt.datetime) -> EvidenceView:
    """`at` is the last look that succeeded, so that an age is never younger than the truth."""
    at = look.ok_at
    why = look.why if look.looked is Looked.FAILED else None
    if look.looked is Looked.NEVER:
        why = "nothing was received yet" if source == "pushed" else "not looked yet"
    return EvidenceView(
        source=source,
        value=value,
        at=at,
        age_s=None if at is None else round((now - at).total_seconds(), 3),
        reachable=look.looked is Looked.OK,
        why=why,
    )


def _asked_value(asked: Asked) -> str | None:
    if asked.status is None:
        return "no job" if asked.look.ok_at else None
    total = asked.tasks.get("total")
    running = asked.tasks.get("running", 0) + asked.tasks.get("finished", 0)
    return f"{asked.status} ({running} of {total} tasks)" if total else asked.status


def _watched_value(watched: Watched) -> str | None:
    if watched.look.ok_at is None:
        return None
    process = watched.jobmanager
    word = "suspended" if process.is_suspended else process.state.value
    alive = sum(each.state is ProcessState.ALIVE for each in watched.taskmanagers)
    text = f"JobManager {word}"
    if process.pid is not None:
        text += f" (pid {process.pid})"
    return f"{text}, {alive} of {len(watched.taskmanagers)} TaskManagers alive"


def outcome_view(outcome: Outcome) -> OutcomeView:
    """How it ended."""
    return OutcomeView(
        status=outcome.status.value,
        witness=outcome.witness.value,
        source=outcome.source,
        code=outcome.code,
        message=outcome.message,
        statement=outcome.statement,
        line=outcome.line,
        column=outcome.column,
        cause=outcome.cause,
    )


def event_view(event: Event, number: int) -> EventView:
    """One line of history with its sentence. Durations of single actions are columns of their own."""
    fields: Mapping[str, object] = {**event.fields, "actor": event.actor or "?"}
    return EventView(
        id=event.id,
        at=event.at,
        run=number,
        attempt=event.attempt,
        kind=event.kind.value,
        code=event.code,
        text=tell(event.code, fields),
        actor=event.actor,
        duration_ms=event.duration_ms,
        fields={**event.fields, **({"actor": event.actor} if event.actor else {})},
    )


def snapshot_view(snapshot: Snapshot, number: int, now: dt.datetime) -> SnapshotView:
    """A snapshot with its age now."""
    proven = next(level for level in PROVEN if level >= min(snapshot.proven, 2))
    return SnapshotView(
        id=snapshot.id,
        kind=snapshot.kind.value,
        path=snapshot.path,
        checkpoint_id=snapshot.checkpoint_id,
        run=number,
        attempt=snapshot.attempt_ordinal,
        completed_at=snapshot.completed_at,
        age_s=round((now - snapshot.completed_at).total_seconds(), 3),
        size_bytes=snapshot.size_bytes,
        duration_ms=snapshot.duration_ms,
        aligned=snapshot.aligned,
        native=snapshot.native,
        max_parallelism=snapshot.max_parallelism,
        verified=snapshot.proven >= 1,
        proven=proven,
        fault=snapshot.fault,
    )
