"""Jobs and what can be done to them, over the API."""

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec import Struct

from rheostat import clock
from rheostat.client.connection import Connection, Request, render_path
from rheostat.wire.job import DraftBody, JobBody, JobView, VersionView
from rheostat.wire.plan import (
    CancelBody,
    FormatWord,
    RestartBody,
    SavepointBody,
    StartBody,
    StopBody,
)
from rheostat.wire.row import JobPage, JobRow
from rheostat.wire.run import ActionView


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """Which jobs of a project; what is empty filters nothing."""

    text: str = ""
    """Part of the name."""
    phases: tuple[str, ...] = ()
    """`never` stands for jobs that never ran."""
    healths: tuple[str, ...] = ()
    mode: str | None = None
    kind: str | None = None

    def query(self) -> dict[str, str | tuple[str, ...] | None]:
        """As the API wants it."""
        return {
            "q": self.text or None,
            "phase": self.phases,
            "health": self.healths,
            "mode": self.mode,
            "kind": self.kind,
        }


class Jobs:
    """What can be asked about jobs.

    With `dry_run` an action only answers its plan. With `plan`, the hash of a plan that was shown, it is
    carried out only as that plan: `Stale` when it would be another now.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, project: str, body: JobBody) -> JobView:
        """Create a job with its first draft; `Conflict` when the name is taken."""
        request = Request("POST", render_path("projects", project, "jobs"), body=body)
        return self._connection.call(JobView, request)

    def list(
        self, project: str, only: JobFilter | None = None, *, limit: int | None = None
    ) -> Iterator[JobRow]:
        """Yield the jobs of a project, as the list shows them; `limit` is the size of a page."""
        path = render_path("projects", project, "jobs")
        query = {} if only is None else only.query()
        return self._connection.pages(JobPage, path, limit=limit, **query)

    def get(self, project: str, job: str) -> JobView:
        """Load one job."""
        return self._connection.fetch(JobView, render_path("projects", project, "jobs", job))

    def edit(self, project: str, job: str, body: DraftBody, *, revision: int) -> JobView:
        """Change the draft that was read at `revision`; `Stale` when it changed since."""
        request = Request(
            "PATCH",
            render_path("projects", project, "jobs", job, "draft"),
            body=body,
            headers={"If-Match": f'"{revision}"'},
        )
        return self._connection.call(JobView, request)

    def publish(self, project: str, job: str) -> VersionView:
        """Freeze the draft as the next version."""
        request = Request("POST", render_path("projects", project, "jobs", job, "versions"))
        return self._connection.call(VersionView, request)

    def start(
        self,
        project: str,
        job: str,
        body: StartBody | None = None,
        *,
        dry_run: bool = False,
        idempotency_key: str | None = None,
    ) -> ActionView:
        """Start a job.

        One key makes one run, however often it is sent; without a key a fresh one is made, which
        covers an answer that was lost within this call. The hash of a shown plan is `body.plan`.
        """
        request = Request(
            "POST",
            render_path("projects", project, "jobs", job, "start"),
            body=body or StartBody(),
            query={"dry_run": dry_run},
            headers={"Idempotency-Key": idempotency_key or clock.new_id()},
            repeatable=True,
        )
        return self._connection.call(ActionView, request)

    def stop(
        self,
        project: str,
        job: str,
        *,
        drain: bool = False,
        format: FormatWord = "canonical",
        dry_run: bool = False,
        plan: str | None = None,
    ) -> ActionView:
        """Stop the live run with a savepoint; a batch job is canceled.

        With `drain` every window fires first: the result is final, and no later start resumes from
        the savepoint unless it names it.
        """
        body = StopBody(drain=drain, format=format, plan=plan)
        return self._act(project, job, "stop", body, dry_run=dry_run)

    def cancel(
        self, project: str, job: str, *, dry_run: bool = False, plan: str | None = None
    ) -> ActionView:
        """Cancel the live run, without a savepoint."""
        return self._act(project, job, "cancel", CancelBody(plan=plan), dry_run=dry_run)

    def savepoint(
        self,
        project: str,
        job: str,
        *,
        format: FormatWord = "canonical",
        dry_run: bool = False,
        plan: str | None = None,
    ) -> ActionView:
        """Make a savepoint of the live run, which runs on."""
        body = SavepointBody(format=format, plan=plan)
        return self._act(project, job, "savepoint", body, dry_run=dry_run)

    def restart(
        self, project: str, job: str, body: RestartBody | None = None, *, dry_run: bool = False
    ) -> ActionView:
        """End the live run, then run a version; a batch job starts anew.

        From the savepoint of its own stop, unless `body.from_` says otherwise: then the run is
        canceled and the version starts from that.
        """
        return self._act(project, job, "restart", body or RestartBody(), dry_run=dry_run)

    def delete(
        self, project: str, job: str, *, dry_run: bool = False, plan: str | None = None
    ) -> ActionView:
        """Delete a job; `Conflict` while a run of it is live. Its snapshots stay on disk."""
        request = Request(
            "DELETE",
            render_path("projects", project, "jobs", job),
            query={"dry_run": dry_run, "plan": plan},
        )
        return self._connection.call(ActionView, request)

    def _act(self, project: str, job: str, verb: str, body: Struct, *, dry_run: bool) -> ActionView:
        request = Request(
            "POST",
            render_path("projects", project, "jobs", job, verb),
            body=body,
            query={"dry_run": dry_run},
        )
        return self._connection.call(ActionView, request)
