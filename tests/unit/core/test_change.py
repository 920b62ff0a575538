"""What differs between two contents."""

from dataclasses import replace

import pytest

from rheostat.core.change import compare_contents, tell_difference
from rheostat.model.job import Content, GuardPolicy, Jar, Policies, Resources, UnseenBatch

SQL = Content(sql="SELECT 1", flink_configuration={"a": "1"})
JAR = Jar(artifact="ab" * 32, name="orders.jar", size_bytes=1)

CASES = [
    pytest.param(replace(SQL, sql="SELECT 2"), "sql", None, "the SQL differs", id="sql"),
    pytest.param(replace(SQL, flink="1.20"), "flink", None, "Flink 2.3 → 1.20", id="flink"),
    pytest.param(
        replace(SQL, guard=GuardPolicy.HOLD),
        "guard",
        None,
        "guard resume_latest_proven → hold",
        id="guard",
    ),
    pytest.param(
        replace(SQL, flink_configuration={}), "setting", "a", "a: 1 → not set", id="unset"
    ),
    pytest.param(
        replace(SQL, flink_configuration={"a": "2"}), "setting", "a", "a: 1 → 2", id="setting"
    ),
    pytest.param(
        replace(SQL, resources=Resources(parallelism=2)),
        "resource",
        "parallelism",
        "parallelism: not set → 2",
        id="resource",
    ),
    pytest.param(
        replace(SQL, policies=Policies(unseen_batch=UnseenBatch.FAIL)),
        "policy",
        "unseen_batch",
        "unseen_batch: hold → fail",
        id="policy",
    ),
    pytest.param(
        replace(SQL, policies=Policies(is_stateless=True)),
        "policy",
        "is_stateless",
        "is_stateless: no → yes",
        id="yes or no",
    ),
]


@pytest.mark.parametrize(("after", "what", "key", "told"), CASES)
def test_one_thing_differs(after, what, key, told):
    (found,) = compare_contents(SQL, after)
    assert (found.what, found.key, tell_difference(found)) == (what, key, told)


def test_same_content_does_not_differ():
    assert compare_contents(SQL, replace(SQL)) == []


def test_jar_in_the_place_of_sql():
    after = Content(jar=replace(JAR, main="a.B", args=("x", "y")), flink_configuration={"a": "1"})
    sql, jar = compare_contents(SQL, after)
    assert (sql.before, sql.after) == ("SELECT 1", None)
    assert tell_difference(jar) == "JAR not set → orders.jar (abababababab) --main a.B x y"


def test_secret_that_changed_is_named_and_not_shown():
    before = Content(flink_configuration={"s3.secret-key": "one"})
    after = Content(flink_configuration={"s3.secret-key": "two"})
    (found,) = compare_contents(before, after)
    assert (found.key, found.before, found.after) == ("s3.secret-key", "******", "******")
