"""The REST interface of running JobManagers. The control loop calls it; it decides nothing.

The paths and bodies are those of Flink 1.20 and 2.x; what is said here to be so was seen on 2.3.0.
"""

import asyncio
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

import aiohttp
import msgspec

from rheostat import clock
from rheostat.errors import CannotLook
from rheostat.flink import body
from rheostat.flink.cause import parse_cause
from rheostat.flink.exceptions import MOST, Exceptions, as_failures
from rheostat.flink.inspect import inspect_job
from rheostat.model.ids import FlinkJobId, OperationId
from rheostat.model.observation import (
    Asked,
    CheckpointFact,
    Inspected,
    Look,
    Looked,
    OperationFact,
)
from rheostat.model.run import Operation
from rheostat.ports import Failure

CONNECT_S = 1.0
TOTAL_S = 3.0
"""For a whole `ask` too: a JobManager answers in milliseconds, or something is wrong with it."""
AT_ONCE = 16
"""Enough that one JobManager that hangs does not hold up the others, few enough to stay light."""
BODY_LIMIT_BYTES = 16 * 1024 * 1024
"""An answer larger than this is not Flink's; user code runs in that process."""
TROUBLED = frozenset({"RESTARTING", "FAILING", "FAILED"})

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Answer:
    """Status and body of one answer."""

    status: int
    content: bytes

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300

    def refusal(self) -> CannotLook:
        """What to raise when this is not the answer that was hoped for."""
        try:
            errors = msgspec.json.decode(self.content, type=body.Errors).errors
        except (msgspec.MsgspecError, UnicodeDecodeError):
            errors = []
        first = errors[0].splitlines()[0] if errors and errors[0] else ""
        return CannotLook(f"answered {self.status}" + (f": {first[:300]}" if first else ""))


class FlinkRest:
    """Fits `ports.JobManagers`. Its session is made at the first call; `aclose` ends it."""

    def __init__(self, total_s: float = TOTAL_S) -> None:
        self._total_s = total_s
        self._session: aiohttp.ClientSession | None = None
        self._places = asyncio.Semaphore(AT_ONCE)

    async def aclose(self) -> None:
        """Close the connections; harmless when there are none."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def ask(
        self, url: str, job_id: FlinkJobId, operation: OperationId | None, *, is_stop: bool
    ) -> Asked:
        """Look at one job, and at one of our operations; never raises.

        `is_stop` changes nothing here: Flink answers for savepoints and stops on one path.
        Checkpoints may be 3 s old: the JobManager caches them (`rest.cache.checkpoint-statistics.timeout`).
        """
        del is_stop
        async with self._places:
            try:
                async with asyncio.timeout(self._total_s):
                    asked = await self._ask(url, job_id, operation)
            except TimeoutError:
                return _failed(_too_slow(self._total_s))
            except CannotLook as err:
                return _failed(err)
        at = clock.now()
        return replace(asked, look=Look(looked=Looked.OK, at=at, ok_at=at))

    async def counters(self, url: str, job_id: FlinkJobId) -> tuple[int, int]:
        """Records that left the sources, and that reached the sinks, since the JobManager's start.

        Only what crosses from one chain to another is counted, so a job of a single chain has (0, 0).
        Raises `CannotLook`.
        """
        async with self._places:
            detail = _decode(await self._get(url, f"/jobs/{job_id}"), body.JobDetail)
        sources = {node.id for node in detail.plan.nodes if not node.inputs}
        read_from = {source.id for node in detail.plan.nodes for source in node.inputs}
        return (
            sum(_number(v.metrics.written) for v in detail.vertices if v.id in sources),
            sum(_number(v.metrics.read) for v in detail.vertices if v.id not in read_from),
        )

    async def stop(self, url: str, job_id: FlinkJobId, operation: Operation) -> None:
        """Trigger stop-with-savepoint under our own trigger id.

        Repeating is harmless for five minutes (`rest.async.store-duration`), also after the job
        has ended: the same id is answered and no second savepoint is made. With `drain` Flink sends
        the last watermark first, so that every window and timer fires. Raises `CannotLook`.
        """
        answer = await self._send(
            "POST",
            f"{url.rstrip('/')}/jobs/{job_id}/stop",
            {
                "targetDirectory": operation.directory,
                "drain": operation.options.drain,
                "formatType": operation.options.format.value.upper(),
                "triggerId": operation.id,
            },
        )
        if not answer.is_ok:
            raise answer.refusal()

    async def savepoint(self, url: str, job_id: FlinkJobId, operation: Operation) -> None:
        """Trigger a savepoint under our own trigger id; the job runs on. Raises `CannotLook`.

        Repeating is harmless for five minutes, as for `stop`.
        """
        answer = await self._send(
            "POST",
            f"{url.rstrip('/')}/jobs/{job_id}/savepoints",
            {
                "target-directory": operation.directory,
                "cancel-job": False,
                "formatType": operation.options.format.value.upper(),
                "triggerId": operation.id,
            },
        )
        if not answer.is_ok:
            raise answer.refusal()

    async def cancel(self, url: str, job_id: FlinkJobId) -> None:
        """Cancel the job; harmless when it has ended (409) or is not known (404)."""
        answer = await self._send("PATCH", f"{url.rstrip('/')}/jobs/{job_id}?mode=cancel", {})
        if not answer.is_ok and answer.status not in (404, 409):
            raise answer.refusal()

    async def inspect(self, url: str, job_id: FlinkJobId, asked: Asked) -> Inspected:
        """Look at what a running job really uses. Raises `CannotLook`."""
        async with self._places:
            try:
                async with asyncio.timeout(self._total_s):
                    return await inspect_job(self._get_or_none, url, job_id, asked)
            except TimeoutError as err:
                raise _too_slow(self._total_s) from err

    async def _get_or_none(self, url: str, path: str, shape: type[T]) -> T | None:
        answer = await self._get(url, path, may_lack=True)
        return None if answer.status == 404 else _decode(answer, shape)

    async def failures(self, url: str, job_id: FlinkJobId) -> tuple[Failure, ...]:
        """What it remembers of failures, the newest first. Raises `CannotLook`."""
        async with self._places:
            path = f"/jobs/{job_id}/exceptions?maxExceptions={MOST}"
            answer = await self._get(url, path, may_lack=True)
        return () if answer.status == 404 else as_failures(_decode(answer, Exceptions))

    async def _ask(self, url: str, job_id: FlinkJobId, operation: OperationId | None) -> Asked:
        overview = _decode(await self._get(url, "/jobs/overview"), body.Overview)
        job = next((entry for entry in overview.jobs if entry.jid == job_id), None)
        fact = None if operation is None else await self._operation(url, job_id, operation)
        if job is None:
            return Asked(operation=fact)
        # A batch job, or one that went away this instant, has no checkpoints: 404.
        answer = await self._get(url, f"/jobs/{job_id}/checkpoints", may_lack=True)
        seen = body.Checkpoints() if answer.status == 404 else _decode(answer, body.Checkpoints)
        restored = seen.latest.restored
        return Asked(
            status=job.state,
            tasks=job.tasks,
            modified_at=_instant(job.modified) if job.modified > 0 else None,
            is_adaptive=job.scheduler == "Adaptive",
            checkpoints=_facts((seen.latest.completed, seen.latest.savepoint, *seen.history)),
            restored_path=None if restored is None else _uri(restored.external_path),
            cause=await self._cause(url, job_id) if job.state in TROUBLED else None,
            operation=fact,
        )

    async def _operation(
        self, url: str, job_id: FlinkJobId, operation: OperationId
    ) -> OperationFact:
        answer = await self._get(url, f"/jobs/{job_id}/savepoints/{operation}", may_lack=True)
        if answer.status == 404:
            return OperationFact(status="UNKNOWN")
        told = _decode(answer, body.Operation)
        result = told.operation or body.OperationResult()
        error = None
        if result.cause is not None:
            error = parse_cause(result.cause.trace) or "Flink gave no cause"
        return OperationFact(status=told.status.id, location=_uri(result.location), error=error)

    async def _cause(self, url: str, job_id: FlinkJobId) -> str | None:
        answer = await self._get(url, f"/jobs/{job_id}/exceptions?maxExceptions=3", may_lack=True)
        if answer.status == 404:
            return None
        told = _decode(answer, body.Exceptions)
        traces = (*(entry.stacktrace for entry in told.history.entries), told.root or "")
        return next((cause for trace in traces if (cause := parse_cause(trace))), None)

    async def _get(self, url: str, path: str, *, may_lack: bool = False) -> _Answer:
        answer = await self._request("GET", url.rstrip("/") + path, None)
        if answer.is_ok or (may_lack and answer.status == 404):
            return answer
        raise answer.refusal()

    async def _send(self, method: str, url: str, content: dict[str, object]) -> _Answer:
        async with self._places:
            return await self._request(method, url, content)

    async def _request(self, method: str, url: str, content: dict[str, object] | None) -> _Answer:
        try:
            async with self._open().request(
                method, url, json=content, allow_redirects=False
            ) as response:
                got = bytearray()
                async for chunk in response.content.iter_any():
                    got += chunk
                    if len(got) > BODY_LIMIT_BYTES:
                        raise CannotLook("the answer is too large")
                return _Answer(response.status, bytes(got))
        except TimeoutError as err:
            raise _too_slow(self._total_s) from err
        except aiohttp.ClientConnectorError as err:
            raise CannotLook(_why_no_connection(err)) from err
        except aiohttp.ClientError as err:
            raise CannotLook(f"the connection broke: {str(err) or type(err).__name__}") from err

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # No `connect=`: it would count the wait for a pooled connection as unreachable.
                timeout=aiohttp.ClientTimeout(total=self._total_s, sock_connect=CONNECT_S),
                connector=aiohttp.TCPConnector(limit=0),
                cookie_jar=aiohttp.DummyCookieJar(),
                json_serialize=lambda value: msgspec.json.encode(value).decode(),
            )
        return self._session


def _too_slow(total_s: float) -> CannotLook:
    return CannotLook(f"no answer within {total_s:g} s")


def _why_no_connection(err: aiohttp.ClientConnectorError) -> str:
    if isinstance(err.os_error, ConnectionRefusedError):
        return "connection refused"
    return f"no connection: {err.os_error.strerror or err.os_error}"


def _failed(err: CannotLook) -> Asked:
    return Asked(look=Look(looked=Looked.FAILED, at=clock.now(), why=err.message))


def _decode(answer: _Answer, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(answer.content, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as err:
        raise CannotLook(f"answered something that is not Flink's: {err}") from err


def _facts(entries: Iterable[body.CheckpointEntry | None]) -> tuple[CheckpointFact, ...]:
    """Completed ones that Flink has not deleted, each once, the newest first."""
    found = {
        entry.id: CheckpointFact(
            checkpoint_id=entry.id,
            is_savepoint=entry.is_savepoint,
            path=path,
            completed_at=_instant(entry.latest_ack_timestamp),
            size_bytes=entry.state_size,
            duration_ms=entry.end_to_end_duration,
            aligned=_aligned(entry),
            native=entry.format == "NATIVE" if entry.is_savepoint and entry.format else None,
        )
        for entry in entries
        if entry is not None
        and entry.status == "COMPLETED"
        and not entry.discarded
        and (path := _uri(entry.external_path)) is not None
    }
    return tuple(found[number] for number in sorted(found, reverse=True))


def _aligned(entry: body.CheckpointEntry) -> bool | None:
    """Savepoints are always aligned; of a checkpoint Flink says what happened, not what was configured."""
    if entry.is_savepoint:
        return True
    return None if entry.checkpoint_type is None else entry.checkpoint_type == "CHECKPOINT"


def _instant(millis: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(millis / 1000, dt.UTC)


def _uri(path: str | None) -> str | None:
    """Flink writes `file:/x`; everything of ours says `file:///x`."""
    if path is not None and path.startswith("file:/") and not path.startswith("file://"):
        return "file://" + path.removeprefix("file:")
    return path


def _number(value: float | str) -> int:
    """Flink's numbers, where "NaN" means that it does not know yet."""
    return int(value) if isinstance(value, int | float) and value == value else 0
