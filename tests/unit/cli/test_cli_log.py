"""`logs`: found, printed, followed across rolling, searched, downloaded."""

import json

import httpx2
import pytest

from rheostat.cli.log import find_file, follow_log
from rheostat.client import RunKey
from rheostat.errors import NotFound
from rheostat.wire.common import Page
from rheostat.wire.log import LogFileView, LogMatch, LogView

ORDERS = "/projects/shop/jobs/orders"
LATEST = f"GET {ORDERS}/runs/latest"
LOG = f"{LATEST}/logs/2/jobmanager.log"
KEY = RunKey("shop", "orders", 4)


def log(text: str, size: int | None = None, *, truncated: bool = False) -> LogView:
    return LogView(
        attempt=1, name="jobmanager.log", size_bytes=len(text) if size is None else size,
        truncated=truncated, text=text, offset=0, next_offset=len(text), rolled=False, file="1",
        live=True,
    )  # fmt: skip


FILES = [
    LogFileView(attempt=attempt, name=name, size_bytes=1, live=False)
    for attempt in (1, 2)
    for name in ("jobmanager.log", "jobmanager.out", "taskmanager-0.log")
]


@pytest.mark.parametrize(
    ("source", "attempt", "found"),
    [
        ("jobmanager", None, (2, "jobmanager.log")),
        ("jobmanager.out", None, (2, "jobmanager.out")),
        ("taskmanager-0", 1, (1, "taskmanager-0.log")),
    ],
)
def test_a_log_is_found(source, attempt, found):
    file = find_file(FILES, source, attempt)
    assert (file.attempt, file.name) == found


def test_a_log_that_is_not_there_says_which_are():
    with pytest.raises(NotFound) as raised:
        find_file(FILES, "taskmanager-9", None)
    assert "2/taskmanager-0.log" in (raised.value.hint or "")
    with pytest.raises(NotFound, match="no logs yet"):
        find_file([], "jobmanager", None)


def test_logs(rheostat, server):
    server.answers = {
        f"{LATEST}/logs": Page(items=FILES),
        f"{LATEST}/logs/2/jobmanager.log": log("one\ntwo", 5000, truncated=True),
    }
    result = rheostat("run", "logs", "orders", "-p", "shop")
    assert result.stdout == "one\ntwo\n"
    assert "4.9 KiB in all" in result.stderr
    got = json.loads(rheostat("run", "logs", "orders", "-p", "shop", "--json").output)
    assert got["text"] == "one\ntwo"
    assert rheostat("run", "logs", "orders", "-p", "shop", "--json", "-f").exit_code == 2


def test_tail_asks_for_more_until_there_are_enough_lines(rheostat, server):
    server.answers = {
        f"{LATEST}/logs": Page(items=FILES),
        f"{LATEST}/logs/2/jobmanager.log": [
            log("ut\nthree\n", 5000, truncated=True),
            log("cut\none\ntwo\nthree\n", 5000, truncated=True),
        ],
    }
    result = rheostat("run", "logs", "orders", "-p", "shop", "--tail", "2")
    assert result.stdout == "two\nthree\n"
    sizes = [int(r.url.params["tail_bytes"]) for r in server.requests[1:]]
    assert sizes == [512, 2048]


def grown(text: str, begin: int, file: str = "1", *, after: str | None = None) -> LogView:
    return LogView(
        attempt=1, name="jobmanager.log", size_bytes=99, offset=begin, truncated=True,
        next_offset=0 if after else begin + len(text), rolled=after is not None, file=after or file,
        text=text, live=True,
    )  # fmt: skip


def test_a_log_is_followed_across_its_rolling(client, server, sample, capsys):
    path = f"GET {ORDERS}/runs/4/logs/1/jobmanager.log"
    server.answers = {
        f"GET {ORDERS}/runs/4": [sample.run(), sample.run(), sample.run(), sample.run("stopped")],
        path: [
            grown("b\n", 2), grown("", 4),
            grown("c\n", 4, after="7"), grown("d\n", 0, "7"), grown("", 2, "7"),
            grown("e\n", 2, "7"), grown("", 4, "7"),
        ],
    }  # fmt: skip
    begin = LogView(
        attempt=1, name="jobmanager.log", size_bytes=2, offset=0, next_offset=2, truncated=False,
        rolled=False, file="1", text="a\n", live=True,
    )  # fmt: skip
    follow_log(client, KEY, begin, sleep=lambda seconds: None)
    assert capsys.readouterr().out == "b\nc\nd\ne\n"
    asked = [
        (r.url.params["offset"], r.url.params["file"])
        for r in server.requests
        if r.url.path.endswith("jobmanager.log")
    ]
    assert asked == [
        ("2", "1"), ("4", "1"), ("4", "1"), ("0", "7"), ("2", "7"), ("2", "7"), ("4", "7"),
    ]  # fmt: skip


def test_a_log_is_searched(rheostat, server):
    found = [LogMatch(offset=0, line=3, text="boom"), LogMatch(offset=9, line=12, text="Boom \x1b")]
    server.answers = {
        f"{LATEST}/logs": Page(items=FILES),
        f"{LOG}/search": [Page(items=found[:1], next="9.12"), Page(items=found[1:])] * 2,
    }
    result = rheostat("job", "logs", "orders", "-p", "shop", "--grep", "boom")
    assert result.stdout == "3: boom\n12: Boom \ufffd\n"
    assert server.requests[-1].url.params["after"] == "9.12"
    assert server.requests[-1].url.params["q"] == "boom"
    server.answers[f"{LOG}/search"] = Page(items=found)
    lines = rheostat("run", "logs", "orders", "-p", "shop", "--grep", "x", "--json").stdout
    assert [json.loads(line)["line"] for line in lines.splitlines()] == [3, 12]


def test_a_log_is_downloaded_whole_or_not_at_all(rheostat, server, tmp_path):
    server.answers = {
        f"{LATEST}/logs": Page(items=FILES),
        f"{LOG}/download": [httpx2.Response(200, content=b"a\xff\x00b")] * 2,
    }
    target = tmp_path / "my.log"
    result = rheostat("job", "logs", "orders", "-p", "shop", "--download", str(target))
    assert result.exit_code == 0
    assert target.read_bytes() == b"a\xff\x00b"
    result = rheostat("job", "logs", "orders", "-p", "shop", "--download", "-")
    assert result.stdout_bytes == b"a\xff\x00b"
    nowhere = str(tmp_path / "none" / "x")
    server.answers[f"{LOG}/download"] = httpx2.Response(200, content=b"x")
    assert rheostat("job", "logs", "orders", "-p", "shop", "--download", nowhere).exit_code == 3
    assert [each.name for each in tmp_path.iterdir()] == ["my.log"]


@pytest.mark.parametrize(
    "flags",
    [("--grep", "x", "-f"), ("--grep", "x", "--download", "y"), ("--download", "y", "--json")],
    ids=str,
)
def test_flags_that_contradict_each_other(rheostat, flags):
    assert rheostat("job", "logs", "orders", "-p", "shop", *flags).exit_code == 2
