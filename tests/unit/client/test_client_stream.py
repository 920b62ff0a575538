"""The stream in the SDK: frames are read, a broken connection is made again behind the last id."""

import itertools

import httpx2
import msgspec
import pytest

from rheostat.client import Client
from rheostat.client.stream import Patience, parse_frames
from rheostat.errors import Broken, CannotLook, NotFound
from rheostat.wire.stream import BeatFrame, JobFrame, ResetFrame

BEAT = 'event: beat\ndata: {"now":"2026-01-01T00:00:00Z"}\n\n'
JOB = 'event: job\ndata: {"project":"shop","job":"orders","deleted":false}\n\n'


def test_frames():
    text = f"id: 7\n{BEAT}: a comment\n\nevent: later\ndata: {{}}\n\n{JOB}event: reset\ndata: {{}}\n\nevent: be"
    found = list(parse_frames(iter(text.splitlines())))
    assert [(id_, type(frame)) for id_, frame in found] == [
        (7, BeatFrame), (None, JobFrame), (None, ResetFrame),
    ]  # fmt: skip


def test_a_frame_that_cannot_be_read_is_a_bug():
    with pytest.raises(Broken):
        list(parse_frames(iter(["event: beat", "data: {", ""])))


class Flaky:
    """Answers in turn; an exception breaks the connection."""

    def __init__(self, *answers: str | Exception | httpx2.Response) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request.url.query.decode())
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx2.Response):
            return answer
        return httpx2.Response(200, text=answer)


def test_it_resumes_where_it_broke_off():
    server = Flaky(
        f"id: 3\n{BEAT}{JOB}", httpx2.ConnectError("away"), httpx2.ReadTimeout("silent"),
        f"id: 4\n{BEAT}",
        httpx2.Response(404, content=msgspec.json.encode(
            {"type": "x", "title": "x", "status": 404, "code": "not_found", "detail": "no project"}
        )),
    )  # fmt: skip
    pauses: list[float] = []
    blind: list[CannotLook] = []
    patience = Patience(tell_blind=blind.append, sleep=pauses.append)  # type: ignore[arg-type]
    with Client("http://host", "t", transport=httpx2.MockTransport(server)) as client:
        frames = client.streams.events("shop", after=1, patience=patience)
        got = [type(each) for each in itertools.islice(frames, 3)]
        with pytest.raises(NotFound):
            next(frames)
    assert got == [BeatFrame, JobFrame, BeatFrame]
    afters = [query.partition("after=")[2] for query in server.asked]
    assert afters == ["1", "3", "3", "3", "4"]
    assert len(blind) == 2
    assert pauses == [0.5, 1.0, 2.0, 0.5]
