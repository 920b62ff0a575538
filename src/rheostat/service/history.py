"""What a run went through: its failures, root cause first, and the steps of its start."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import sqlalchemy as sa
from msgspec.structs import replace

from rheostat.core.failure import read_cause
from rheostat.core.sentences import tell
from rheostat.model.event import Event, EventKind
from rheostat.model.run import Attempt, Run, Stage
from rheostat.ports import Failure
from rheostat.service.run import find_run
from rheostat.service.view import rest_url
from rheostat.store import attempt as attempts
from rheostat.store import event as events
from rheostat.wire.common import Page
from rheostat.wire.history import ExceptionView, StartStep, StartView

TELLING = frozenset({"status", "failed", "outcome", "outcome_learnt", "taskmanager_ended"})
"""Events that may carry a cause."""
NEWEST = 2000
"""So many of them are read: of a job that restarts for ever the newest count."""
WITHIN = {
    "pushed": dt.timedelta(seconds=1),
    "asked": dt.timedelta(seconds=2),
    "outcome": dt.timedelta(seconds=10),
    "watched": dt.timedelta(seconds=1),
}
"""How far apart a source may tell of what is known already. A job may fail again soon after a failure."""
MICRO = dt.timedelta(microseconds=1)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

STEPS = {
    "requested": "waits for its turn",
    "planned": "the restore point is chosen and proven, the attempt written down",
    "materialise": "the run folder is made",
    "permit": "the launch permit is written",
    "launch": "the processes are started",
    "hello": "the JobManager comes up",
    "compiled": "the SQL is compiled",
    "submitted": "the job is submitted",
    "tasks_running": "every task comes to run",
    "first_checkpoint": "the first checkpoint is made",
}
"""In order; a JAR is not compiled, and a job without checkpointing makes none."""
BY_ACTION = {"materialise": "materialise", "write_permit": "permit", "launch": "launch"}
OPTIONAL = frozenset({"compiled", "first_checkpoint"})


@dataclass(frozen=True, slots=True)
class Told:
    """What the history tells of failures, and where to ask for more."""

    failures: list[ExceptionView]
    attempt: Attempt | None
    url: str | None
    """Of the newest attempt's JobManager, while it may live."""


def list_told(conn: sa.Connection, where: tuple[str, str], which: str) -> Told:
    """The failures that are in the history, the newest first."""
    _, run = find_run(conn, *where, which)
    told = events.list_part(
        conn, run.id, events.Part(codes=TELLING, newest_first=True, limit=NEWEST)
    )
    attempt = attempts.find_newest_attempt(conn, run.id)
    is_live = attempt is not None and attempt.stage in (Stage.LAUNCHED, Stage.ENDING)
    found = Failures([])
    for each in reversed(told):
        view = _failure(each)
        if view is not None:
            found.add(view)
    return Told(found.list(), attempt, rest_url(attempt) if attempt and is_live else None)


def page_exceptions(
    told: Told, asked: Sequence[Failure], after: int, limit: int
) -> Page[ExceptionView]:
    """A page, newest first; `after` is the instant of the last one, in microseconds."""
    known = Failures(told.failures)
    for each in asked:
        view = ExceptionView(
            at=each.at,
            attempt=told.attempt.ordinal if told.attempt else 0,
            root=each.cause.root,
            message=each.cause.chain,
            stack=each.cause.stack,
            task=each.task,
            location=each.location,
            source="asked",
        )
        known.add(view)
    found = known.list()
    found.sort(key=lambda one: one.at, reverse=True)
    if after:
        found = [each for each in found if _micros(each.at) < after]
    items = found[:limit]
    while items and len(items) < len(found) and found[len(items)].at == items[-1].at:
        items.append(found[len(items)])
    return Page(items=items, next=str(_micros(items[-1].at)) if len(found) > len(items) else None)


def show_start(conn: sa.Connection, where: tuple[str, str], which: str) -> StartView:
    """The steps of the newest attempt's start, as far as it is."""
    _, run = find_run(conn, *where, which)
    line = attempts.list_attempts(conn, run.id)
    attempt = line[-1] if line else None
    before = line[-2] if len(line) > 1 else None
    begun = run.created_at if before is None else before.ended_at or run.created_at
    history = events.list_part(
        conn, run.id, events.Part(codes=_CODES, newest_first=True, limit=NEWEST)
    )
    marks = dict(_marks(begun, attempt, history[::-1]))
    ends = [(code, marks[code]) for code in STEPS if code in marks]
    steps = [
        StartStep(code=code, text=STEPS[code], began_at=began, duration_ms=_ms(end - began))
        for (_, began), (code, end) in pairwise([("", begun), *ends])
    ]
    under_way = None if run.phase.is_terminal else _next_step(run, attempt, set(marks))
    if under_way is not None:
        began = ends[-1][1] if ends else begun
        steps.append(
            StartStep(code=under_way, text=STEPS[under_way], began_at=began, duration_ms=None)
        )
    ran = marks.get("tasks_running")
    return StartView(
        attempt=attempt.ordinal if attempt else None,
        steps=steps,
        total_ms=None if ran is None else _ms(ran - begun),
    )


_CODES = frozenset(
    {
        "action_begun",
        "action_done",
        "hello",
        "compiled",
        "submitted",
        "tasks_running",
        "first_checkpoint",
    }
)


def _marks(
    begun: dt.datetime, attempt: Attempt | None, history: Sequence[Event]
) -> Iterator[tuple[str, dt.datetime]]:
    """When each step ended, never before the one before it."""
    ended: dict[str, dt.datetime] = {}
    for each in history:
        if each.code == "action_begun" and each.at >= begun:
            ended.setdefault("requested", each.at)
    if attempt is not None:
        mine = [each for each in history if each.attempt == attempt.ordinal]
        ended |= {"planned": attempt.created_at, **_action_ends(mine)}
        for each in mine:
            if each.kind is EventKind.OBSERVATION:
                ended.setdefault(each.code, each.at)
    last = begun
    for code in STEPS:
        if code in ended:
            last = max(last, ended[code])
            yield code, last


def _action_ends(history: Sequence[Event]) -> dict[str, dt.datetime]:
    """When each action ended: those of one step are recorded together, after the last of them."""
    ends: dict[str, dt.datetime] = {}
    later = dt.timedelta()
    last_at: dt.datetime | None = None
    for each in reversed([one for one in history if one.code == "action_done"]):
        later = later if each.at == last_at else dt.timedelta()
        last_at = each.at
        code = BY_ACTION.get(str(each.fields.get("action")))
        if code is not None:
            ends[code] = each.at - later  # the first of several stays: the loop goes backwards
        later += dt.timedelta(milliseconds=each.duration_ms or 0)
    return ends


def _next_step(run: Run, attempt: Attempt | None, done: set[str]) -> str | None:
    """What is under way: the first step that is not done, and none that is done came after it."""
    if attempt is None:
        return "requested" if run.phase.value == "queued" else "planned"
    codes = list(STEPS)
    last = max((codes.index(code) for code in done), default=-1)
    waiting = [code for code in codes[last + 1 :] if code not in OPTIONAL]
    return waiting[0] if waiting else None


def _failure(told: Event) -> ExceptionView | None:
    """An event as a failure, if it tells of one."""
    fields = told.fields
    if told.code == "taskmanager_ended":
        return _process(told)
    status = fields.get("new") if told.code == "status" else fields.get("status")
    if told.code in ("outcome", "outcome_learnt") and status != "FAILED":
        return None
    text = str(fields.get("cause") or fields.get("message") or "")
    cause = read_cause(text)
    if cause is None:
        return None
    said = str(fields.get("message") or "").strip()
    root = said.splitlines()[0] if said and told.code != "status" else cause.root
    chain = cause.chain if said in ("", text.strip()) else f"{said}\n{cause.chain}"
    return ExceptionView(
        at=told.at,
        attempt=told.attempt or 0,
        root=root,
        message=chain,
        stack=cause.stack,
        task=None,
        location=None,
        source="outcome" if told.code in ("outcome", "outcome_learnt") else "pushed",
    )


def _process(told: Event) -> ExceptionView:
    """A TaskManager that ended: often the root of what Flink then calls a lost connection."""
    text = tell(told.code, told.fields)
    return ExceptionView(
        at=told.at,
        attempt=told.attempt or 0,
        root=text,
        message=text,
        stack=None,
        task=None,
        location=str(told.fields.get("name", "")),
        source="watched",
    )


class Failures:
    """What is known of failures, in the order told, and by second: only near ones are compared."""

    def __init__(self, known: Sequence[ExceptionView]) -> None:
        self._found: list[ExceptionView] = []
        self._places: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for each in known:
            self._append(each)

    def list(self) -> list[ExceptionView]:
        """In the order told."""
        return [*self._found]

    def add(self, new: ExceptionView) -> None:
        """Add a failure, or what is new about one that another source told of."""
        for place in self._near(new):
            known = self._found[place]
            is_near = abs(known.at - new.at) <= WITHIN[new.source]
            is_other = new.source != "asked" or (known.source != "asked" and known.task is None)
            if is_near and is_other and _is_same(known, new):
                more = new.stack if new.source == "asked" else None
                self._found[place] = replace(
                    known,
                    stack=more or known.stack or new.stack,
                    task=known.task or new.task,
                    location=known.location or new.location,
                )
                return
        self._append(new)

    def _append(self, new: ExceptionView) -> None:
        self._places[new.attempt, _second(new.at)].append(len(self._found))
        self._found.append(new)

    def _near(self, new: ExceptionView) -> Iterator[int]:
        """Places of the same attempt's failures that may be near, the first told first."""
        at, span = _second(new.at), int(WITHIN[new.source].total_seconds()) + 1
        near = (
            place
            for second in range(at - span, at + span + 1)
            for place in self._places.get((new.attempt, second), ())
        )
        return iter(sorted(near))


def _second(at: dt.datetime) -> int:
    return _micros(at) // 1_000_000


def _is_same(one: ExceptionView, other: ExceptionView) -> bool:
    return one.root in other.message or other.root in one.message


def _micros(at: dt.datetime) -> int:
    return (at - EPOCH) // MICRO


def _ms(length: dt.timedelta) -> float:
    return round(length.total_seconds() * 1000, 1)
