"""Routes that want something of a live run: stop, cancel, savepoint, restart; and the job's deletion."""

from dataclasses import replace

from litestar import delete, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody

from rheostat import clock
from rheostat.api.access import Asking, Permission, principal_of
from rheostat.api.routes_job import server_of
from rheostat.api.routes_run import Key
from rheostat.model.ids import IntentId, RunId
from rheostat.model.run import IntentKind, Options, SavepointFormat
from rheostat.service import deletion
from rheostat.service.wish import Wish, wish
from rheostat.wire.plan import CancelBody, RestartBody, SavepointBody, StopBody
from rheostat.wire.run import ActionView

JOB = "/projects/{project:str}/jobs/{job:str}"


@post(f"{JOB}/stop", permission=Permission.OPERATE, operation_id="stopJob", status_code=200)
async def stop_job(
    state: State,
    request: Asking,
    project: FromPath[str],
    job: FromPath[str],
    data: JSONBody[StopBody | None] = None,
    dry_run: FromQuery[bool] = False,
    key: Key = None,
) -> ActionView:
    """Stop with a savepoint, then end the engine."""
    asked = _wish(request, (project, job), IntentKind.STOP, data or StopBody(), dry_run=dry_run)
    return await _carry_out(state, replace(asked, key=key))


@post(f"{JOB}/cancel", permission=Permission.OPERATE, operation_id="cancelJob", status_code=200)
async def cancel_job(
    state: State,
    request: Asking,
    project: FromPath[str],
    job: FromPath[str],
    data: JSONBody[CancelBody | None] = None,
    dry_run: FromQuery[bool] = False,
    key: Key = None,
) -> ActionView:
    """Cancel without a savepoint, then end the engine."""
    asked = _wish(request, (project, job), IntentKind.CANCEL, data or CancelBody(), dry_run=dry_run)
    return await _carry_out(state, replace(asked, key=key))


@post(
    f"{JOB}/savepoint", permission=Permission.OPERATE, operation_id="makeSavepoint", status_code=200
)
async def make_savepoint(
    state: State,
    request: Asking,
    project: FromPath[str],
    job: FromPath[str],
    data: JSONBody[SavepointBody | None] = None,
    dry_run: FromQuery[bool] = False,
    key: Key = None,
) -> ActionView:
    """Make a savepoint; the job runs on."""
    asked = _wish(
        request, (project, job), IntentKind.SAVEPOINT, data or SavepointBody(), dry_run=dry_run
    )
    return await _carry_out(state, replace(asked, key=key))


@post(f"{JOB}/restart", permission=Permission.OPERATE, operation_id="restartJob", status_code=200)
async def restart_job(
    state: State,
    request: Asking,
    project: FromPath[str],
    job: FromPath[str],
    data: JSONBody[RestartBody | None] = None,
    dry_run: FromQuery[bool] = False,
    key: Key = None,
) -> ActionView:
    """Stop with a savepoint, then run a version from it: restart, upgrade and roll back alike."""
    asked = _wish(
        request, (project, job), IntentKind.RESTART, data or RestartBody(), dry_run=dry_run
    )
    return await _carry_out(state, replace(asked, key=key))


@delete(JOB, permission=Permission.WRITE, operation_id="deleteJob", status_code=200)
async def delete_job(
    state: State,
    project: FromPath[str],
    job: FromPath[str],
    plan: FromQuery[str | None] = None,
    dry_run: FromQuery[bool] = False,
) -> ActionView:
    """Delete a job that does not run; its snapshots stay on disk."""
    view = await server_of(state).db.write(
        deletion.delete_job, (project, job), plan, clock.now(), dry_run=dry_run
    )
    if view.applied:
        server_of(state).hub.tell_job(project, job, deleted=True)
    return view


def _wish(
    request: Asking,
    where: tuple[str, str],
    kind: IntentKind,
    body: StopBody | CancelBody | SavepointBody | RestartBody,
    *,
    dry_run: bool,
) -> Wish:
    return Wish(
        project=where[0],
        job=where[1],
        kind=kind,
        actor=principal_of(request).name,
        now=clock.now(),
        intent_id=IntentId(clock.new_id()),
        version=body.version if isinstance(body, RestartBody) else None,
        options=_options(body),
        plan=body.plan,
        engines=server_of(request.app.state).engines(),
        dry_run=dry_run,
    )


def _options(body: StopBody | CancelBody | SavepointBody | RestartBody) -> Options:
    match body:
        case CancelBody():
            return Options()
        case StopBody():
            return Options(format=SavepointFormat(body.format), drain=body.drain)
        case SavepointBody():
            return Options(format=SavepointFormat(body.format))
        case RestartBody():
            return Options(
                format=SavepointFormat(body.format),
                from_=body.from_,
                allow_dropped=body.allow_dropped,
            )


async def _carry_out(state: State, asked: Wish) -> ActionView:
    view = await server_of(state).db.write(wish, asked)
    if view.applied and view.run is not None:
        server_of(state).wake(RunId(view.run.id))
    return view


ROUTES = [stop_job, cancel_job, make_savepoint, restart_job, delete_job]
