"""The SDK raises the very class that the server raised."""

from collections.abc import Iterator

import msgspec
import pytest

from rheostat import errors
from rheostat.client.problem import BY_CODE, parse_problem
from rheostat.errors import Broken, FieldProblem, Refused, RheostatError, Transient
from rheostat.wire.common import Problem, ProblemField


def tree(kind: type[RheostatError]) -> Iterator[type[RheostatError]]:
    yield kind
    for below in kind.__subclasses__():
        if below.__module__ == errors.__name__:
            yield from tree(below)


CLASSES = list(tree(RheostatError))


def test_codes_are_unique():
    assert len(BY_CODE) == len(CLASSES)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_class_goes_round(kind):
    sent = kind("what", hint="do", problems=(FieldProblem("3:4", "no"),))
    body = Problem(
        type=f"urn:{kind.code}",
        title="t",
        status=400,
        code=sent.code,
        detail=sent.message,
        hint=sent.hint,
        errors=[ProblemField(where=fault.where, message=fault.message) for fault in sent.problems],
    )
    got = parse_problem(400, msgspec.json.encode(body))
    assert type(got) is kind
    assert (got.message, got.hint, got.problems) == (sent.message, sent.hint, sent.problems)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (404, b"<html>", Refused),
        (502, b"", Transient),
        (429, b"{}", Transient),
        (500, b"\xff", Broken),
        (599, b"null", Broken),
        (409, b'{"type":"x","title":"t","status":409,"code":"of_tomorrow"}', Refused),
    ],
)
def test_what_is_no_problem_of_ours_is_judged_by_its_status(status, body, kind):
    assert type(parse_problem(status, body)) is kind
