"""A stack trace becomes a few lines, the root cause first."""

import pytest

from rheostat.flink.cause import LIMIT_CHARS, parse_cause

WRAPPED = (
    "java.util.concurrent.CompletionException: org.x.CheckpointException: no checkpoint\n"
    "\tat java.base/java.util.concurrent.CompletableFuture.encodeRelay(CompletableFuture.java:368)\n"
    "Caused by: org.x.CheckpointException: no checkpoint\n"
    "\t... 7 more\n"
    "Caused by: java.io.IOException: disk full\n"
    "\tat org.x.Writer.write(Writer.java:3)\n"
)


@pytest.mark.parametrize(
    ("trace", "cause"),
    [
        ("", None),
        ("\n", None),
        ("java.lang.Error: boom\n\tat a.B.c(B.java:1)", "java.lang.Error: boom"),
        (WRAPPED, "java.io.IOException: disk full\norg.x.CheckpointException: no checkpoint"),
        ("x.Y: first\nsecond line\n\tat a.b", "x.Y: first"),
        ("x" * 9000, "x" * LIMIT_CHARS),
    ],
    ids=["empty", "blank", "single", "wrapped", "multi-line message", "long"],
)
def test_root_cause_comes_first(trace, cause):
    assert parse_cause(trace) == cause
