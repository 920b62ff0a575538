"""What several bodies share: names, pages, problems."""

import datetime as dt
from typing import Annotated, Generic, TypeVar

from msgspec import Meta, Struct

T = TypeVar("T")

Name = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=63,
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?(?!\n)$",
        description="Letters, digits, '-', '_' and '.'; begins and ends with a letter or digit.",
        examples=["orders"],
    ),
]
MAX_NUMBER = 2**31 - 1
"""Of a version, run or attempt: what a column of 32 bits holds."""
Instant = Annotated[dt.datetime, Meta(tz=True, description="An instant, RFC 3339 with offset.")]


class Page(Struct, Generic[T], frozen=True, kw_only=True):
    """A keyset page: ask again with `after=<next>`; null means that this was the last one."""

    items: list[T]
    next: str | None = None


class ProblemField(Struct, frozen=True, kw_only=True):
    """One fault of a request: a field path or a `line:column`, and what is wrong there."""

    where: str
    message: str


class Problem(Struct, frozen=True, kw_only=True):
    """RFC 9457, with a stable code and what to do next."""

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
    hint: str | None = None
    errors: list[ProblemField] = []


class ReasonView(Struct, frozen=True, kw_only=True):
    """Why: a stable code, its facts, and a sentence for people."""

    code: str
    fields: dict[str, str]
    text: str
