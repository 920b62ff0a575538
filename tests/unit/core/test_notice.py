"""What is news in an observation."""

import pytest

from rheostat.core.notice import explain_end, notice
from rheostat.core.witness import draw_facts
from rheostat.model.job import Mode
from rheostat.model.observation import Observed, ProcessFact, ProcessState, Watched
from rheostat.model.run import Stage
from tests.builders import NOW, make_attempt


def seen(*taskmanagers: ProcessFact) -> Observed:
    return Observed(watched=Watched(taskmanagers=taskmanagers))


def process(state: ProcessState, pid: int = 7, words: str | None = None) -> ProcessFact:
    return ProcessFact(name="taskmanager-0", state=state, pid=pid, last_words=words)


ALIVE, DEAD = process(ProcessState.ALIVE), process(ProcessState.DEAD, words="the end")


@pytest.mark.parametrize(
    ("before", "now", "stage", "told"),
    [
        (seen(ALIVE), seen(DEAD), Stage.LAUNCHED, 1),
        (seen(DEAD), seen(DEAD), Stage.LAUNCHED, 0),
        (seen(process(ProcessState.DEAD, pid=6)), seen(DEAD), Stage.LAUNCHED, 1),
        (seen(), seen(DEAD), Stage.LAUNCHED, 1),
        (seen(ALIVE), seen(ALIVE), Stage.LAUNCHED, 0),
        (seen(ALIVE), seen(DEAD), Stage.ENDING, 0),
    ],
)
def test_the_end_of_a_taskmanager_is_told_once(before, now, stage, told):
    attempt = make_attempt(stage=stage)
    facts = draw_facts(now, Mode.STREAMING, was_running=True)
    _, events = notice(attempt, before, now, facts, NOW)
    found = [each for each in events if each.code == "taskmanager_ended"]
    assert len(found) == told
    assert all(each.fields["why"] == "the end" for each in found)


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (
            "x\nTerminating due to java.lang.OutOfMemoryError: Java heap space\n",
            3,
            "out of memory (Java heap space)",
        ),
        ("java.lang.OutOfMemoryError: Metaspace", None, "out of memory (Metaspace)"),
        ("a line\nthe last\n\n", 1, "the last"),
        ("a line", -9, "ended by signal 9 from outside"),
        ("", None, "it left no word"),
    ],
)
def test_why_a_process_ended(words, code, why):
    assert explain_end(words, code) == why
