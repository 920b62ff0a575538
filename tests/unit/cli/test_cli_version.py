"""`version diff`: which versions, what of them, for people and for programs."""

import json
from typing import Any

import msgspec
import pytest

from rheostat.cli.difference import compare_versions

ORDERS = "/projects/shop/jobs/orders"


@pytest.fixture
def versions(server, sample):
    """Three versions, the newest of which is 3; gives a function that changes one."""

    def change(number: int, **changes: Any) -> Any:
        content = msgspec.structs.replace(sample.content, **changes)
        view = sample.version(number=number, content=content)
        server.answers[f"GET {ORDERS}/versions/{number}"] = view
        return view

    server.answers[f"GET {ORDERS}"] = sample.job(version=3)
    change(1, sql="SELECT 1;\n")
    change(2, sql="SELECT 1;\nSELECT 2;\n", flink_configuration={"a": "1", "gone": "x"})
    change(
        3, sql="SELECT 1;\nSELECT 3;\n", flink_configuration={"a": "2", "new": "y"}, guard="hold",
        flink="1.20",
    )  # fmt: skip
    return change


def diff(rheostat: Any, *arguments: str) -> Any:
    return rheostat("version", "diff", "orders", *arguments, "-p", "shop")


@pytest.mark.usefixtures("versions")
@pytest.mark.parametrize(
    ("arguments", "pair"),
    [([], (2, 3)), (["1"], (1, 3)), (["3", "1"], (3, 1)), (["2", "2"], (2, 2))],
    ids=["the last two", "one with the newest", "backwards", "with itself"],
)
def test_which_versions(rheostat, arguments, pair):
    found = json.loads(diff(rheostat, *arguments, "--json").stdout)
    assert (found["a"], found["b"]) == pair


@pytest.mark.usefixtures("versions")
def test_for_programs(rheostat):
    assert json.loads(diff(rheostat, "--json").stdout) == {
        "a": 2,
        "b": 3,
        "sql": [
            "--- version 2",
            "+++ version 3",
            "@@ -1,2 +1,2 @@",
            " SELECT 1;",
            "-SELECT 2;",
            "+SELECT 3;",
        ],
        "flink_configuration": {"a": ["1", "2"], "gone": ["x", None], "new": [None, "y"]},
        "jar": {},
        "resources": {},
        "policies": {},
        "flink": ["2.3", "1.20"],
        "guard": None,
    }


def test_for_people(rheostat, versions):
    versions(2, sql="SELECT 1;\n", guard="fail_and_alert", flink_configuration={"a": "1"})
    versions(3, sql="SELECT 1;\nSELECT \x1b[2J;\n", flink_configuration={"b": ""})
    assert diff(rheostat).stdout.splitlines() == [
        "guard: fail_and_alert → hold",
        "a: 1 → not set",
        "b: not set → ",
        "",
        "--- version 2",
        "+++ version 3",
        "@@ -1 +1,2 @@",
        " SELECT 1;",
        "+SELECT \ufffd[2J;",
    ]


def test_versions_that_hold_the_same(rheostat, versions):
    versions(2), versions(3)
    assert diff(rheostat).stdout == "versions 2 and 3 hold the same\n"


def test_an_end_without_a_line_feed_is_a_difference(versions):
    found = compare_versions(versions(1, sql="a\n"), versions(2, sql="a"))
    assert found.sql[3:] == ["-a", "+a", "\\ No newline at end of file"]


@pytest.mark.parametrize(
    ("newest", "said"),
    [(None, "has no version yet"), (1, "one version only")],
    ids=["none", "one"],
)
def test_too_few_versions(rheostat, server, sample, newest, said):
    server.answers[f"GET {ORDERS}"] = sample.job(version=newest)
    result = diff(rheostat)
    assert result.exit_code == 4
    assert said in result.stderr
    assert "rheostat job publish orders -p shop" in result.stderr


@pytest.mark.usefixtures("versions")
def test_a_version_that_is_not_there(rheostat):
    assert diff(rheostat, "9").exit_code == 4
