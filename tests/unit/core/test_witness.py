"""Facts from observations: what each source may say, and who wins."""

from dataclasses import replace

import pytest

from rheostat.core.witness import EngineWord, JobWord, draw_facts
from rheostat.model.job import Mode
from rheostat.model.observation import (
    Asked,
    Observed,
    PermitState,
    ProcessFact,
    ProcessState,
    Pushed,
    Watched,
)
from rheostat.model.run import JobEnd
from tests.builders import (
    dead,
    make_asked,
    make_observed,
    make_outcome,
    make_pushed,
    make_watched,
    silent,
)

ABSENT = ProcessFact(name="jobmanager", state=ProcessState.ABSENT)
NOTHING = Asked(look=silent())


def facts(observed, mode=Mode.STREAMING, was_running=True):
    return draw_facts(observed, mode, was_running=was_running)


ENGINES = {
    "alive and answering": (make_observed(), EngineWord.UP),
    "alive, not a word yet": (
        Observed(watched=make_watched(), asked=NOTHING),
        EngineWord.COMING,
    ),
    "dead": (make_observed(watched=make_watched(jobmanager=dead())), EngineWord.GONE),
    "nothing yet": (
        Observed(watched=make_watched(jobmanager=ABSENT, permit=PermitState.UNUSED)),
        EngineWord.ABSENT,
    ),
    "revoked before any process": (
        Observed(watched=make_watched(jobmanager=ABSENT, permit=PermitState.REVOKED)),
        EngineWord.GONE,
    ),
    "no look at all": (Observed(), EngineWord.UNSEEN),
    "process table unreadable, REST answers": (
        make_observed(watched=Watched(look=silent())),
        EngineWord.UP,
    ),
    "neither": (
        make_observed(watched=Watched(look=silent()), asked=NOTHING),
        EngineWord.UNSEEN,
    ),
}


@pytest.mark.parametrize("case", ENGINES)
def test_engine(case):
    observed, word = ENGINES[case]
    assert facts(observed).engine is word


JOBS = [
    (make_asked("RUNNING", 2, 2), True, JobWord.RUNNING),
    (make_asked("RUNNING", 1, 2), True, JobWord.PARTIAL),
    (make_asked("RUNNING", 1, 2), False, JobWord.STARTING),
    (make_asked("RUNNING", 0, 0), False, JobWord.STARTING),
    (make_asked("CREATED", 0, 2), False, JobWord.STARTING),
    (make_asked("INITIALIZING", 0, 2), False, JobWord.STARTING),
    (make_asked("RESTARTING", 0, 2), True, JobWord.RESTARTING),
    (make_asked("FAILING", 0, 2), True, JobWord.FAILING),
    (make_asked("CANCELLING", 0, 2), True, JobWord.FAILING),
    (make_asked("SUSPENDED", 0, 2), True, JobWord.UNSEEN),
    (make_asked("FINISHED", 0, 2), True, JobWord.ENDED),
]


@pytest.mark.parametrize(("asked", "was_running", "word"), JOBS)
def test_what_the_jobmanager_answers_is_believed(asked, was_running, word):
    observed = Observed(asked=asked, watched=make_watched())
    assert facts(observed, was_running=was_running).job is word


def test_finished_tasks_count_as_processing():
    asked = replace(make_asked(), tasks={"running": 1, "finished": 1, "total": 2})
    assert facts(make_observed(asked=asked)).job is JobWord.RUNNING


def test_one_task_is_enough_for_a_batch_job():
    assert (
        facts(make_observed(asked=make_asked("RUNNING", 1, 5)), Mode.BATCH).job is JobWord.RUNNING
    )


PUSHES = [
    ("RUNNING", False, JobWord.STARTING),  # scheduled, not running: measured on 2.3.0
    ("RUNNING", True, JobWord.UNSEEN),
    ("RESTARTING", True, JobWord.RESTARTING),
    ("FAILING", True, JobWord.FAILING),
    (None, False, JobWord.STARTING),
]


@pytest.mark.parametrize(("status", "was_running", "word"), PUSHES)
def test_without_an_answer_a_push_is_read_with_care(status, was_running, word):
    observed = make_observed(asked=NOTHING, pushed=make_pushed(status=status))
    assert facts(observed, was_running=was_running).job is word


def test_an_old_answer_is_no_answer():
    asked = replace(make_asked("FINISHED"), look=silent())
    assert facts(make_observed(asked=asked)).ended is None


def test_the_fullest_word_on_the_end_wins():
    full = make_outcome(JobEnd.FAILED, code="sql_invalid", line=7)
    observed = make_observed(
        asked=make_asked("FAILED"), pushed=make_pushed(status="FAILED", outcome=full)
    )
    assert facts(observed).ended == full
    file = make_observed(
        pushed=Pushed(), asked=NOTHING, watched=make_watched(jobmanager=dead(), outcome=full)
    )
    assert facts(file).ended == full


def test_a_status_word_is_a_witness_too():
    assert facts(make_observed(asked=make_asked("CANCELED"))).ended == make_outcome(
        JobEnd.CANCELED, source="asked"
    )
    pushed = make_observed(asked=NOTHING, pushed=make_pushed(status="FAILED", cause="boom"))
    ended = facts(pushed).ended
    assert ended is not None
    assert (ended.source, ended.cause) == ("pushed", "boom")
