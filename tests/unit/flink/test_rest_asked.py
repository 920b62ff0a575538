"""`FlinkRest` against a server on loopback that answers what Flink 2.3.0 answered."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from rheostat.errors import CannotLook
from rheostat.flink.rest import FlinkRest
from rheostat.model.ids import FlinkJobId, OperationId
from rheostat.model.observation import Asked, Looked
from rheostat.model.run import Operation, Options, SavepointFormat
from tests.builders import make_operation

Body = dict[str, Any]
Handle = Callable[[web.Request], Awaitable[web.Response]]
JOB = FlinkJobId("8ca7c3ff2dd15c26edbf50aec4e41bfd")
OPERATION = OperationId("2e01e18d53963e4ce4cefdcca1b16cb4")
FOLDER = "file:/tmp/ckpt/8ca7c3ff2dd15c26edbf50aec4e41bfd"
PLAIN = Options()
NOT_FOUND = {"errors": ["org.apache.flink.runtime.rest.NotFoundException: Job not found\n\tat x"]}


def overview(state: str = "RUNNING", jid: str = JOB) -> Body:
    tasks = {"running": 1, "canceling": 0, "total": 2, "initializing": 1}
    entry = {"jid": jid, "name": "n", "jobType": "STREAMING", "state": state, "tasks": tasks}
    return {"jobs": [entry | {"start-time": 1795361639377, "end-time": -1, "pending-operators": 0}]}


def completed(
    number: int, *, is_savepoint: bool = False, path: str | None = None, discarded: bool = False
) -> Body:
    return {
        "className": "completed",
        "id": number,
        "status": "COMPLETED",
        "is_savepoint": is_savepoint,
        "savepointFormat": "CANONICAL" if is_savepoint else None,
        "trigger_timestamp": 1795361646314,
        "latest_ack_timestamp": 1795361646333,
        "state_size": 19204,
        "end_to_end_duration": 19,
        "tasks": {},
        "external_path": path or f"{FOLDER}/chk-{number}",
        "discarded": discarded,
    }


FAILED_ONE = {
    "className": "failed",
    "id": 15,
    "status": "FAILED",
    "is_savepoint": False,
    "latest_ack_timestamp": -1,
    "failure_message": "Trigger checkpoint failure.",
}
CHECKPOINTS = {
    "counts": {"restored": 1, "total": 19},
    "summary": {"state_size": {"min": 7601, "p50": 19534.5}, "x": "NaN"},
    "latest": {
        "completed": completed(17),
        "savepoint": completed(5, is_savepoint=True, path="file:/tmp/sp/one/savepoint-8ca7c3-70bd"),
        "failed": FAILED_ONE,
        "restored": {"id": 7, "is_savepoint": False, "external_path": f"{FOLDER}/chk-7"},
    },
    "history": [completed(17), completed(16, discarded=True), FAILED_ONE],
}


def answer(content: object, status: int = 200) -> Handle:
    async def handle(request: web.Request) -> web.Response:
        del request
        return web.json_response(content, status=status)

    return handle


@asynccontextmanager
async def job_manager(**routes: Handle) -> AsyncIterator[tuple[FlinkRest, str]]:
    """A client, and the URL of a server with the given handlers by short name."""
    paths = {
        "overview": ("GET", "/jobs/overview"),
        "checkpoints": ("GET", f"/jobs/{JOB}/checkpoints"),
        "exceptions": ("GET", f"/jobs/{JOB}/exceptions"),
        "savepoint": ("GET", f"/jobs/{JOB}/savepoints/{OPERATION}"),
        "job": ("GET", f"/jobs/{JOB}"),
        "config": ("GET", f"/jobs/{JOB}/config"),
        "checkpointing": ("GET", f"/jobs/{JOB}/checkpoints/config"),
        "requirements": ("GET", f"/jobs/{JOB}/resource-requirements"),
        "stop": ("POST", f"/jobs/{JOB}/stop"),
        "trigger": ("POST", f"/jobs/{JOB}/savepoints"),
        "cancel": ("PATCH", f"/jobs/{JOB}"),
    }
    app = web.Application()
    for name, handle in routes.items():
        app.router.add_route(*paths[name], handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    rest = FlinkRest()
    try:
        yield rest, f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await rest.aclose()
        await runner.cleanup()


def operation(options: Options = PLAIN) -> Operation:
    """What is recorded ahead of a POST."""
    return make_operation(id=OPERATION, directory="file:///sp/one", options=options)


async def ask(operation: OperationId | None = None, **routes: Handle) -> Asked:
    async with job_manager(**routes) as (rest, url):
        return await rest.ask(url, JOB, operation, is_stop=True)


async def test_a_running_job_is_told_with_its_checkpoints():
    asked = await ask(overview=answer(overview()), checkpoints=answer(CHECKPOINTS))
    assert asked.look.looked is Looked.OK
    assert asked.look.at == asked.look.ok_at is not None
    assert asked.status == "RUNNING"
    assert asked.tasks == {"running": 1, "canceling": 0, "total": 2, "initializing": 1}
    assert asked.restored_path == f"file:///tmp/ckpt/{JOB}/chk-7"
    assert [(fact.checkpoint_id, fact.is_savepoint) for fact in asked.checkpoints] == [
        (17, False),
        (5, True),
    ]
    newest = asked.checkpoints[0]
    assert newest.path == f"file:///tmp/ckpt/{JOB}/chk-17"
    assert newest.completed_at == dt.datetime(2026, 11, 22, 15, 34, 6, 333000, dt.UTC)
    assert (newest.size_bytes, newest.duration_ms) == (19204, 19)
    assert asked.cause is None


@pytest.mark.parametrize(
    "jobs", [{"jobs": []}, overview(jid="0" * 32)], ids=["no job yet", "another job"]
)
async def test_an_unknown_job_has_no_status_and_the_look_is_ok(jobs):
    asked = await ask(overview=answer(jobs))
    assert asked.look.looked is Looked.OK
    assert asked.status is None
    assert asked.checkpoints == ()


async def test_a_job_without_checkpointing_has_none():
    asked = await ask(overview=answer(overview()), checkpoints=answer(NOT_FOUND, 404))
    assert (asked.status, asked.checkpoints) == ("RUNNING", ())


TRACE = (
    "org.x.JobException: Recovery is suppressed by NoRestartBackoffTimeStrategy\n\tat a.b\n"
    "Caused by: java.lang.IllegalStateException: bad row\n\tat c.d\n"
)
CAUSE = (
    "java.lang.IllegalStateException: bad row\n"
    "org.x.JobException: Recovery is suppressed by NoRestartBackoffTimeStrategy"
)


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ({"exceptionHistory": {"entries": [{"stacktrace": TRACE}], "truncated": False}}, CAUSE),
        ({"root-exception": TRACE, "exceptionHistory": {"entries": []}}, CAUSE),
        ({"root-exception": None, "exceptionHistory": {"entries": []}}, None),
    ],
    ids=["2.3", "1.20", "nothing yet"],
)
@pytest.mark.parametrize("state", ["RESTARTING", "FAILING", "FAILED"])
async def test_trouble_comes_with_its_root_cause(state, body, cause):
    asked = await ask(
        overview=answer(overview(state)),
        checkpoints=answer(CHECKPOINTS),
        exceptions=answer(body),
    )
    assert (asked.status, asked.cause) == (state, cause)


@pytest.mark.parametrize(
    ("handle", "status", "location", "error"),
    [
        (answer(NOT_FOUND, 404), "UNKNOWN", None, None),
        (
            answer({"status": {"id": "IN_PROGRESS"}, "operation": None}),
            "IN_PROGRESS",
            None,
            None,
        ),
        (
            answer({"status": {"id": "COMPLETED"}, "operation": {"location": "file:/sp/a"}}),
            "COMPLETED",
            "file:///sp/a",
            None,
        ),
        (
            answer(
                {
                    "status": {"id": "COMPLETED"},
                    "operation": {"failure-cause": {"class": "c", "stack-trace": TRACE}},
                }
            ),
            "COMPLETED",
            None,
            CAUSE,
        ),
    ],
    ids=["unknown", "in progress", "completed", "failed"],
)
async def test_an_operation_is_told_even_when_the_job_is_gone(handle, status, location, error):
    asked = await ask(OPERATION, overview=answer({"jobs": []}), savepoint=handle)
    assert asked.operation is not None
    told = asked.operation
    assert (told.status, told.location, told.error) == (status, location, error)


async def hang(request: web.Request) -> web.Response:
    await asyncio.sleep(0.5)
    return web.json_response({})


@pytest.mark.parametrize(
    ("handle", "why"),
    [
        (answer({"errors": ["Service temporarily unavailable.\n\tat"]}, 503), "answered 503: Serv"),
        (answer("no object"), "answered something that is not Flink's"),
        (answer({"jobs": [{"jid": 3}]}), "answered something that is not Flink's"),
    ],
    ids=["503", "not an object", "wrong types"],
)
async def test_a_strange_answer_is_a_failed_look(handle, why):
    asked = await ask(overview=handle)
    assert asked.look.looked is Looked.FAILED
    assert asked.look.why is not None
    assert asked.look.why.startswith(why)
    assert asked.look.ok_at is None
    assert asked.look.at is not None


async def test_a_hanging_job_manager_is_a_failed_look():
    async with job_manager(overview=hang) as (_, url):
        rest = FlinkRest(total_s=0.1)
        asked = await rest.ask(url, JOB, None, is_stop=False)
        await rest.aclose()
    assert (asked.look.looked, asked.look.why) == (Looked.FAILED, "no answer within 0.1 s")


async def test_nobody_there_is_a_failed_look(unused_tcp_port):
    rest = FlinkRest()
    asked = await rest.ask(f"http://127.0.0.1:{unused_tcp_port}", JOB, None, is_stop=False)
    await rest.aclose()
    assert (asked.look.looked, asked.look.why) == (Looked.FAILED, "connection refused")


async def test_counters_sum_sources_and_sinks_and_treat_nan():
    vertices = [
        {"id": "a", "metrics": {"read-records": 0, "write-records": 70, "busy": "NaN"}},
        {"id": "b", "metrics": {"read-records": "NaN", "write-records": "NaN"}},
        {"id": "c", "metrics": {"read-records": 70, "write-records": 9}},
        {"id": "d", "metrics": {"read-records": 9, "write-records": 0}},
    ]
    nodes = [
        {"id": "a"},
        {"id": "b"},
        {"id": "c", "inputs": [{"id": "a"}, {"id": "b"}]},
        {"id": "d", "inputs": [{"id": "c"}]},
    ]
    async with job_manager(job=answer({"vertices": vertices, "plan": {"nodes": nodes}})) as (
        rest,
        url,
    ):
        assert await rest.counters(url, JOB) == (70, 9)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(Options(), {"drain": False, "formatType": "CANONICAL"}, id="default"),
        pytest.param(
            Options(drain=True, format=SavepointFormat.NATIVE),
            {"drain": True, "formatType": "NATIVE"},
            id="drain, native",
        ),
    ],
)
async def test_stop_sends_our_own_trigger_id(options, said):
    sent = []

    async def take(request):
        sent.append(await request.json())
        return web.json_response({"request-id": OPERATION}, status=202)

    async with job_manager(stop=take) as (rest, url):
        await rest.stop(url, JOB, operation(options))
    assert sent == [{"targetDirectory": "file:///sp/one", **said, "triggerId": OPERATION}]


@pytest.mark.parametrize("written", SavepointFormat)
async def test_savepoint_sends_its_format(written):
    sent = []

    async def take(request):
        sent.append(await request.json())
        return web.json_response({"request-id": OPERATION}, status=202)

    async with job_manager(trigger=take) as (rest, url):
        await rest.savepoint(url, JOB, operation(Options(format=written)))
    assert sent == [
        {
            "target-directory": "file:///sp/one",
            "cancel-job": False,
            "formatType": written.value.upper(),
            "triggerId": OPERATION,
        }
    ]


@pytest.mark.parametrize("status", [202, 404, 409])
async def test_cancel_is_harmless_when_it_has_ended(status):
    async with job_manager(cancel=answer(NOT_FOUND, status)) as (rest, url):
        await rest.cancel(url, JOB)


@pytest.mark.parametrize("name", ["stop", "cancel"])
async def test_a_refused_act_says_what_was_answered(name):
    refuse = answer({"errors": ["x.Y: no\n\tat z"]}, 500)
    async with job_manager(**{name: refuse}) as (rest, url):
        act = rest.stop(url, JOB, operation()) if name == "stop" else rest.cancel(url, JOB)
        with pytest.raises(CannotLook, match=r"answered 500: x\.Y: no"):
            await act
