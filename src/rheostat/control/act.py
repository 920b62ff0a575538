"""Carry out one action: idempotent, with its own limits, never inside a database session."""

from dataclasses import replace
from typing import assert_never

import sqlalchemy as sa

from rheostat import clock
from rheostat.control.choose import PROOF_LEVEL, Chosen, choose
from rheostat.control.load import Loaded
from rheostat.control.material import launch_spec
from rheostat.control.observe import rest_url
from rheostat.control.older import Earlier, load_earlier
from rheostat.control.refresh import list_attempt, record_found, without_failed
from rheostat.control.world import World
from rheostat.errors import Broken, CannotLook
from rheostat.model.action import (
    Action,
    ArchiveLogs,
    CancelJob,
    Launch,
    ListSnapshots,
    Materialise,
    ResolveRestore,
    RevokePermit,
    Terminate,
    TriggerSavepoint,
    TriggerStop,
    VerifyGone,
    WriteAttempt,
    WritePermit,
)
from rheostat.model.ids import AttemptId, FlinkJobId, OperationId
from rheostat.model.observation import Looked, ProcessState
from rheostat.model.phase import Reason
from rheostat.model.run import (
    Attempt,
    Operation,
    OperationKind,
    OperationState,
    Options,
    Run,
    Stage,
)
from rheostat.store import attempt as attempts
from rheostat.store import run as runs
from rheostat.store import snapshot as snapshots
from rheostat.store.event import append_events
from rheostat.store.lease import check_lead


async def act(world: World, epoch: int, loaded: Loaded, action: Action) -> None:
    """Do it. Returns only when its effect is there.

    Raises:
        CannotLook: try again later.
        Permanent: it will never work; a person must act.
    """
    match action:
        case ResolveRestore():
            await _resolve(world, epoch, loaded)
        case WriteAttempt():
            await _write_attempt(world, epoch, loaded)
        case _:
            attempt = loaded.recorded.attempt
            if attempt is None:
                raise Broken(f"{action} without an attempt")
            await _act_on_attempt(world, epoch, loaded, attempt, action)


async def _act_on_attempt(  # noqa: C901 - one line a case; splitting it would hide the table
    world: World,
    epoch: int,
    loaded: Loaded,
    attempt: Attempt,
    action: (
        Materialise
        | WritePermit
        | Launch
        | TriggerStop
        | TriggerSavepoint
        | CancelJob
        | RevokePermit
        | Terminate
        | VerifyGone
        | ListSnapshots
        | ArchiveLogs
    ),
) -> None:
    match action:
        case Materialise():
            await world.engines.materialise(launch_spec(world, loaded, attempt))
        case WritePermit():
            await world.engines.write_permit(attempt.id)
        case Launch():
            await world.engines.launch(launch_spec(world, loaded, attempt))
        case TriggerStop():
            operation = await _open_operation(world, epoch, loaded, attempt, OperationKind.STOP)
            await world.jobmanagers.stop(rest_url(attempt), attempt.flink_job_id, operation)
        case TriggerSavepoint():
            operation = await _open_operation(
                world, epoch, loaded, attempt, OperationKind.SAVEPOINT
            )
            await world.jobmanagers.savepoint(rest_url(attempt), attempt.flink_job_id, operation)
        case CancelJob():
            await world.jobmanagers.cancel(rest_url(attempt), attempt.flink_job_id)
        case RevokePermit():
            await world.engines.revoke_permit(attempt.id)
        case Terminate():
            await world.engines.terminate(attempt.id)
        case VerifyGone():
            await _verify_gone(world, attempt)
        case ListSnapshots():
            found = await list_attempt(world, loaded, attempt, level=PROOF_LEVEL)
            if attempt.stage is Stage.LAUNCHED:
                found = without_failed(found)
            await world.db.write(record_found, epoch, attempt, found)
        case ArchiveLogs():
            await world.engines.archive(attempt.id)
        case _:
            assert_never(action)


async def _resolve(world: World, epoch: int, loaded: Loaded) -> None:
    """Choose, prove to level 2, and record what the next attempt starts from, or why nobody can say."""
    run, attempt = loaded.run, loaded.recorded.attempt

    async def earlier() -> Earlier:
        return await world.db.read(load_earlier, run)

    chosen = await choose(world.snapshots, loaded, attempt, earlier)
    if isinstance(chosen.restore, Reason):
        changed = replace(run, unresolved=chosen.restore)
    elif chosen.is_new_base:
        changed = replace(run, resolved=chosen.restore, base=chosen.restore)
    else:
        changed = replace(run, resolved=chosen.restore)
    await world.db.write(_record_resolved, epoch, changed, chosen)


def _record_resolved(conn: sa.Connection, epoch: int, run: Run, chosen: Chosen) -> None:
    check_lead(conn, epoch)
    runs.update_run(conn, run)
    for path, fault in chosen.broken.items():
        snapshots.mark_broken(conn, path, fault)
    append_events(conn, chosen.tell(run, clock.now()))


async def _write_attempt(world: World, epoch: int, loaded: Loaded) -> None:
    """Write the attempt whole, and forget the resolution that it took."""
    run, last = loaded.run, loaded.recorded.attempt
    if run.resolved is None:
        raise Broken("an attempt without a restore point")
    attempt = Attempt(
        id=AttemptId(clock.new_id()),
        run_id=run.id,
        ordinal=last.ordinal + 1 if last else 1,
        flink_job_id=FlinkJobId(clock.new_id()),
        ports=await world.engines.choose_ports(),
        restore=run.resolved,
        stage=Stage.PLANNED,
        created_at=clock.now(),
    )
    await world.db.write(_record_attempt, epoch, replace(run, resolved=None), attempt)


def _record_attempt(conn: sa.Connection, epoch: int, run: Run, attempt: Attempt) -> None:
    check_lead(conn, epoch)
    runs.update_run(conn, run)
    attempts.insert_attempt(conn, attempt)


async def _open_operation(
    world: World, epoch: int, loaded: Loaded, attempt: Attempt, kind: OperationKind
) -> Operation:
    """Write the operation ahead of its POST; a pending one is asked for again under its own id."""
    operation = loaded.recorded.operation
    is_open = operation is not None and operation.state is OperationState.PENDING
    if operation is not None and is_open and operation.kind is kind:
        return operation
    id_, intent = OperationId(clock.new_id()), loaded.recorded.intent
    operation = Operation(
        id=id_,
        attempt_id=attempt.id,
        kind=kind,
        directory=world.operation_dir(loaded.job.id, id_),
        state=OperationState.PENDING,
        created_at=clock.now(),
        options=intent.options if intent else Options(),
    )
    await world.db.write(_record_operation, epoch, operation)
    return operation


def _record_operation(conn: sa.Connection, epoch: int, operation: Operation) -> None:
    check_lead(conn, epoch)
    attempts.insert_operation(conn, operation)


async def _verify_gone(world: World, attempt: Attempt) -> None:
    """Only a look that succeeded and found nothing alive proves it."""
    watched = await world.engines.watch(attempt.id)
    if watched.look.looked is not Looked.OK:
        raise CannotLook(watched.look.why or "the processes could not be looked at")
    alive = [
        process.name
        for process in (watched.jobmanager, *watched.taskmanagers)
        if process.state is ProcessState.ALIVE
    ]
    if alive:
        raise CannotLook(f"still alive: {', '.join(alive)}")
