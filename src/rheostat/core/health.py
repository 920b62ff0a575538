"""How a run fares, apart from its phase: what we cannot see first, then what is known to be wrong. Pure.

Called by `live` and `leave`. Looking failed is never more than `unknown`, whatever the phase.
"""

import datetime as dt
from dataclasses import replace

from rheostat.core.override import actual_interval, find_overrides
from rheostat.core.situation import Situation
from rheostat.core.witness import JobWord
from rheostat.model.observation import Looked
from rheostat.model.phase import Health, HealthWord, Reason

SILENCE = dt.timedelta(seconds=8)
"""How long a JobManager may be silent before health says that we cannot see."""
START_SILENCE = dt.timedelta(seconds=30)
"""The same for one that has never answered, from its launch: a JVM takes its time to come up."""
PARTIAL_LIMIT = dt.timedelta(seconds=60)
DISAGREE_LIMIT = dt.timedelta(seconds=30)
"""How long two sources may contradict each other before health says so."""
CHECKPOINTS_MISSED = 3
CHECKPOINT_SLACK = dt.timedelta(seconds=30)


def find_health(here: Situation) -> Health:
    """Health of a launched engine whose job is, or was, there."""
    facts = here.facts
    if is_silent(here):
        return blind(here, "job_manager_silent")
    reasons = [
        *([Reason("taskmanager_lost")] if facts.lost_taskmanagers else []),
        *_suspended(here),
        *([Reason("job_restarting", cause_of(here))] if facts.job is JobWord.RESTARTING else []),
        *_partial(here),
        *_checkpoints(here),
        *_disagreement(here),
        *_reduced(here),
        *find_overrides(here.observed.asked.inspected, here.recorded),
    ]
    return _since(here, HealthWord.DEGRADED, tuple(reasons)) if reasons else Health()


def find_start_health(here: Situation) -> Health:
    """Health before the job has run: what is not there yet is no trouble."""
    if is_silent(here):
        return blind(here, "job_manager_silent")
    reasons = (*_suspended(here), *_waiting_for_slots(here), *_disagreement(here))
    return _since(here, HealthWord.DEGRADED, reasons) if reasons else Health()


def is_silent(here: Situation) -> bool:
    """Whether the JobManager has not answered for longer than one that fares well would."""
    look = here.observed.asked.look
    if look.looked is not Looked.FAILED:
        return False
    if here.observed.watched.jobmanager.is_suspended and here.attempt.running_at is None:
        return True
    if look.ok_at is not None:
        return here.now - look.ok_at > SILENCE
    since = here.attempt.launched_at or here.attempt.created_at
    return here.now - since > START_SILENCE


def cause_of(here: Situation) -> dict[str, str]:
    """The cause that Flink gives, as a reason's field."""
    return {"cause": here.facts.cause[:500]} if here.facts.cause else {}


def _suspended(here: Situation) -> tuple[Reason, ...]:
    """Stopped by a signal: alive to the operating system, lost to Flink."""
    names = [each.name for each in here.observed.watched.taskmanagers if each.is_suspended]
    return (Reason("taskmanager_suspended", {"names": ", ".join(names)}),) if names else ()


def _waiting_for_slots(here: Situation) -> tuple[Reason, ...]:
    """The job is there, no task restores state, and yet some do not come to run: too few slots, as a rule."""
    run, asked, facts = here.run, here.observed.asked, here.facts
    is_late = run.reason.code == "job_starting" and here.now - run.reason_since >= PARTIAL_LIMIT
    is_restoring = asked.status != "RUNNING" or asked.tasks.get("initializing", 0) > 0
    if asked.look.looked is not Looked.OK or not facts.tasks_total or is_restoring or not is_late:
        return ()
    fields = {"processing": str(facts.tasks_processing), "total": str(facts.tasks_total)}
    return (Reason("tasks_not_running", fields),)


def _partial(here: Situation) -> list[Reason]:
    seen = here.attempt.last_seen_processing_at or here.attempt.running_at
    if here.facts.job is not JobWord.PARTIAL or seen is None or here.now - seen < PARTIAL_LIMIT:
        return []
    facts = here.facts
    return [
        Reason(
            "tasks_not_running",
            {"processing": str(facts.tasks_processing), "total": str(facts.tasks_total)},
        )
    ]


def _checkpoints(here: Situation) -> list[Reason]:
    interval, attempt = here.recorded.checkpoint_interval, here.attempt
    inspected = here.observed.asked.inspected
    if inspected is not None:
        interval = actual_interval(inspected)
    last = attempt.checkpoint_at or attempt.running_at
    is_listed = here.observed.asked.status is not None  # else nobody tells us of checkpoints
    if interval is None or last is None or not is_listed:
        return []
    if here.now - last <= CHECKPOINTS_MISSED * interval + CHECKPOINT_SLACK:
        return []
    code = "no_checkpoint" if attempt.checkpoint_at else "no_checkpoint_since_start"
    return [Reason(code, {"since": last.isoformat(timespec="seconds")})]


def _disagreement(here: Situation) -> list[Reason]:
    found, since = here.facts.disagreement, here.facts.disagree_since
    is_lasting = since is not None and here.now - since >= DISAGREE_LIMIT
    return [found] if found is not None and is_lasting else []


def _reduced(here: Situation) -> list[Reason]:
    """Under the adaptive scheduler a job runs with the slots that there are."""
    inspected = here.observed.asked.inspected
    if inspected is None or inspected.parallelism is None or inspected.wanted is None:
        return []
    if inspected.parallelism >= inspected.wanted:
        return []
    fields = {"parallelism": str(inspected.parallelism), "wanted": str(inspected.wanted)}
    return [Reason("parallelism_lower", fields)]


def blind(here: Situation, code: str) -> Health:
    """We cannot look: that is all that is known."""
    looks = (here.observed.asked.look, here.observed.watched.look)
    why = next((look.why for look in looks if look.looked is Looked.FAILED and look.why), "")
    fields = {"why": why} if why else {}
    if here.observed.watched.jobmanager.is_suspended:
        fields["process"] = "suspended"
    since = here.facts.silent_since
    blind = _since(here, HealthWord.UNKNOWN, (Reason(code, fields),))
    return replace(blind, since=since or blind.since)


def _since(here: Situation, word: HealthWord, reasons: tuple[Reason, ...]) -> Health:
    """Keep the instant at which this word began."""
    before = here.run.health
    since = before.since if before.word is word and before.since else here.now
    return Health(word=word, reasons=reasons, since=since)
