"""Logs: only what the listing names can be read."""

import pytest

from rheostat.errors import NotFound
from rheostat.local.log import list_logs, read_end_of_jvm, read_last_lines, read_tail


@pytest.fixture
def logs(tmp_path):
    files = {
        "live/jobmanager/jobmanager.log": "live",
        "kept/jobmanager/jobmanager.log": "kept",
        "kept/jobmanager/jobmanager.log.1": "older",
        "kept/taskmanager-0/taskmanager-0.out": "out",
        "kept/taskmanager-0/crash.log": "crash",
        "kept/taskmanager-0/sub/x.log": "no",
        "kept/other/x.log": "no",
        "kept/jobmanager/jobmanager-\u00fc.log": "no",
        "kept/taskmanager-\u0661/x.log": "no",
        "kept/outcome.json": "no",
        "secret": "no",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "kept/jobmanager/jobmanager.lnk").symlink_to(tmp_path / "secret")
    return list_logs((tmp_path / "live", tmp_path / "kept", tmp_path / "gone"))


def test_listing(logs):
    assert {log.name: log.size for log in logs} == {
        "jobmanager.log": 4,
        "jobmanager.log.1": 5,
        "taskmanager-0.out": 3,
        "taskmanager-0.crash.log": 5,
    }


@pytest.mark.parametrize(("count", "text"), [(2, b"ve"), (99, b"live"), (0, b""), (-1, b"")])
def test_the_end_of_one(logs, count, text):
    assert read_tail(logs, "jobmanager.log", count).data == text


@pytest.mark.parametrize("name", ["../secret", "secret", "jobmanager.lnk", "x.log", "", "/etc/x"])
def test_nothing_else_can_be_read(logs, name):
    with pytest.raises(NotFound):
        read_tail(logs, name, 10)


def test_last_lines(tmp_path):
    (tmp_path / "jobmanager").mkdir()
    (tmp_path / "jobmanager/jobmanager.log").touch()
    (tmp_path / "jobmanager/jobmanager.out").write_text("a\nb\nc\n")
    found = list_logs((tmp_path,))
    assert read_last_lines(found, ("jobmanager.log", "jobmanager.out"), 2) == "b\nc"
    assert read_last_lines(found, ("jobmanager.log",), 2) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", None),
        ("a warning\n", None),
        (
            "a\nTerminating due to java.lang.OutOfMemoryError: Metaspace\n",
            "Terminating due to java.lang.OutOfMemoryError: Metaspace",
        ),
    ],
)
def test_what_the_jvm_said_at_its_end(tmp_path, text, said):
    folder = tmp_path / "log" / "taskmanager-0"
    folder.mkdir(parents=True)
    (folder / "taskmanager-0.out").write_text(text)
    assert read_end_of_jvm(list_logs((tmp_path / "log",)), "taskmanager-0.out") == said
