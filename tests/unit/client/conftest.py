"""A client whose network is a function from request to response, encoded from real wire structs."""

import httpx2
import msgspec
import pytest

from rheostat.client import Client


class Wire:
    """Answers in order, and keeps the requests."""

    def __init__(self) -> None:
        self.requests: list[httpx2.Request] = []
        self.answers: list[httpx2.Response | Exception] = []

    def answer(self, view: object, status: int = 200) -> None:
        self.answers.append(httpx2.Response(status, content=msgspec.json.encode(view)))

    def fail(self, err: Exception) -> None:
        self.answers.append(err)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
def client(wire):
    with Client("http://host:1", "secret", transport=httpx2.MockTransport(wire)) as client:
        yield client
