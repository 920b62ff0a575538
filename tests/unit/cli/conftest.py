"""The commands over a client whose network is a table of real wire structs."""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import httpx2
import msgspec
import pytest
from click.testing import CliRunner, Result

from rheostat import clock
from rheostat.cli import main
from rheostat.client import Client
from rheostat.model.job import Content, GuardPolicy
from rheostat.service.view import content_view
from rheostat.wire.common import Problem, ProblemField, ReasonView
from rheostat.wire.job import JobView, VersionView
from rheostat.wire.plan import PlanView, RestoreView
from rheostat.wire.row import JobPage, JobRow
from rheostat.wire.run import (
    ActionView,
    AttemptView,
    EventView,
    EvidenceView,
    OutcomeView,
    ProcessIds,
    RunView,
    SnapshotView,
)

BASE = "/api/v1"
Verb = Literal["start", "stop", "cancel", "savepoint", "restart", "delete"]


@dataclass
class Server:
    """Answers by method and path; a list is answered in turn, its last item for ever."""

    answers: dict[str, Any]
    requests: list[httpx2.Request]

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        key = f"{request.method} {request.url.path.removeprefix(BASE)}"
        if key not in self.answers:
            return refusal(404, "not_found", f"There is no {key}.")
        answer = self.answers[key]
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(answer, httpx2.Response):
            return answer
        return httpx2.Response(200, content=msgspec.json.encode(answer))

    def sent(self, method: str) -> list[Any]:
        return [json.loads(r.content) for r in self.requests if r.method == method and r.content]


def refusal(
    status: int,
    code: str,
    detail: str,
    hint: str | None = None,
    errors: Sequence[ProblemField] = (),
) -> httpx2.Response:
    body = Problem(
        type="about:blank", title="t", status=status, code=code, detail=detail, hint=hint,
        errors=list(errors),
    )  # fmt: skip
    return httpx2.Response(status, content=msgspec.json.encode(body))


def ago(seconds: float) -> dt.datetime:
    return clock.now() - dt.timedelta(seconds=seconds)


class Sample:
    """Wire structs as a server would send them; keyword arguments change fields."""

    refusal = staticmethod(refusal)
    content = content_view(
        Content(
            sql="SELECT [red]1[/red];\n", flink_configuration={"a.b": "1"}, guard=GuardPolicy.HOLD
        )
    )
    restore = RestoreView(
        kind="savepoint", path="file:///s/savepoint-1", snapshot="s1", age_s=200.0, rewind_s=2.0,
        reason="newest proven", completed_at=ago(200), proven=2,
        why=ReasonView(code="newest_proven", fields={}, text="newest proven"),
    )  # fmt: skip
    attempt = AttemptView(
        id="a" * 32, number=1, stage="launched", flink_job_id="f" * 32,
        pids=ProcessIds(jobmanager=11, taskmanagers=[12, 13]), restore=restore,
        created_at=ago(50), ended_at=None, flink_url="http://x/flink",
    )  # fmt: skip
    outcome = OutcomeView(
        status="FAILED", witness="engine", source="pushed", code="bad_sql",
        message="Column 'x' not found", statement=2, line=3, column=14,
        cause="ValidationException",
    )  # fmt: skip

    @property
    def evidence(self) -> list[EvidenceView]:
        return [
            EvidenceView(
                source="pushed", value="RUNNING", at=ago(3), age_s=3.4, reachable=True, why=None
            ),
            EvidenceView(
                source="asked", value=None, at=None, age_s=None, reachable=False, why="no \x1b[2J"
            ),
        ]

    def job(self, **changes: Any) -> JobView:
        view = JobView(
            id="j", name="orders", project="shop", kind="sql", mode="streaming",
            draft=self.content, revision=7, version=2, phase="running", health="healthy", run=4, created_at=ago(7300),
        )  # fmt: skip
        return msgspec.structs.replace(view, **changes)

    def version(self, **changes: Any) -> VersionView:
        view = VersionView(
            number=2, digest="d" * 64, content=self.content, created_at=ago(90), created_by="ann"
        )
        return msgspec.structs.replace(view, **changes)

    def run(self, phase: Any = "running", **changes: Any) -> RunView:
        view = RunView(
            id="r", number=4, job="orders", project="shop", mode="streaming", version=2,
            phase=phase, reason=ReasonView(code=phase, fields={}, text=f"because {phase}"),
            since=ago(12), health="healthy", health_reasons=[], attempt=None, evidence=[],
            intent=None, outcome=None, savepoint=None, created_at=ago(100), created_by="ann",
            ended_at=None,
        )  # fmt: skip
        return msgspec.structs.replace(view, **changes)

    def plan(self, verb: Verb = "start", **changes: Any) -> PlanView:
        view = PlanView(
            action=verb, job="orders", version=2, restore=self.restore if verb == "start" else None,
            steps=["write the attempt", "launch"], changes=[], warnings=["old state"], hash="h",
        )  # fmt: skip
        return msgspec.structs.replace(view, **changes)

    def action(
        self, verb: Verb = "start", run: RunView | None = None, **changes: Any
    ) -> ActionView:
        return ActionView(plan=self.plan(verb, **changes), run=run, applied=run is not None)

    def row(self, **changes: Any) -> JobRow:
        view = JobRow(
            id="j", name="orders", project="shop", kind="sql", mode="streaming", flink="2.3", version=2,
            running_version=2, draft_differs=False, phase="running", since=ago(50), health="healthy",
            reason=ReasonView(code="running", fields={}, text="every task runs"), health_reasons=[],
            run=4, created_at=ago(99),
        )  # fmt: skip
        return msgspec.structs.replace(view, **changes)

    def page(self, *rows: JobRow) -> JobPage:
        return JobPage(items=list(rows), next=None, total=len(rows), counts={}, server_time=ago(0))

    def event(self, number: int, code: str, **changes: Any) -> EventView:
        view = EventView(
            id=number, at=ago(50), run=4, attempt=1, kind="human", code=code, text=code,
            actor="ann", duration_ms=None, fields={},
        )  # fmt: skip
        return msgspec.structs.replace(view, **changes)

    def snapshot(self, **changes: Any) -> SnapshotView:
        view = SnapshotView(
            id="s2", kind="savepoint", path="file:///s/savepoint-2", checkpoint_id=9, run=4,
            attempt=1, completed_at=ago(5), age_s=5.0, size_bytes=1, duration_ms=40, aligned=True, native=False,
        max_parallelism=128, verified=True, proven=2,
            fault=None,
        )  # fmt: skip
        return msgspec.structs.replace(view, **changes)


@pytest.fixture
def sample() -> Sample:
    return Sample()


@pytest.fixture
def server() -> Server:
    return Server({}, [])


@pytest.fixture
def client(server: Server) -> Client:
    return Client("http://host:1", "secret", transport=httpx2.MockTransport(server))


@pytest.fixture
def rheostat(server: Server, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command line against the server; gives click's result."""
    for name in ("RHEOSTAT_PROJECT", "RHEOSTAT_URL", "RHEOSTAT_TOKEN", "COLUMNS", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def make() -> Client:
        return Client("http://host:1", "secret", transport=httpx2.MockTransport(server))

    def invoke(*arguments: str, **extra: Any) -> Result:
        return CliRunner().invoke(main, arguments, obj=make, prog_name="rheostat", **extra)

    return invoke
