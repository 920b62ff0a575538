"""Create, edit, publish."""

from dataclasses import replace

import msgspec
import pytest
import sqlalchemy as sa

from rheostat.errors import Conflict, Invalid, NotFound, Stale, TooLarge
from rheostat.model.ids import JobId, ProjectId
from rheostat.service import job as jobs
from rheostat.service import project as projects
from rheostat.service.content import SQL_LIMIT_BYTES, check_content
from rheostat.store.row import Filter, list_rows
from rheostat.wire.job import DraftBody, JobBody, ProjectBody
from tests.unit.store.nouns import NOW, SQL, later


@pytest.fixture
def shop(conn):
    projects.create_project(conn, ProjectBody(name="shop"), ProjectId("p"), NOW)
    return conn


@pytest.fixture
def orders(shop):
    jobs.create_job(shop, "shop", JobBody(name="orders", sql=SQL), JobId("j"), NOW)
    return shop


def publish(conn, actor="ann", now=NOW):
    judged = jobs.load_draft(conn, "shop", "orders")
    check_content(judged.draft, judged.mode)
    return jobs.publish(conn, judged, actor, now)


def test_a_draft_changed_while_it_was_judged_is_not_published(orders):
    judged = jobs.load_draft(orders, "shop", "orders")
    changed = replace(judged, draft=replace(judged.draft, sql="INSERT INTO other SELECT 1;"))
    with pytest.raises(Stale):
        jobs.publish(orders, changed, "ann", NOW)


def edit(conn, revision, **changes):
    return jobs.edit_draft(conn, "shop", "orders", DraftBody(**changes), revision)


def test_projects_page_by_name(conn):
    for name in ("c", "a", "b"):
        projects.create_project(conn, ProjectBody(name=name), ProjectId(name), NOW)
    page = projects.list_projects(conn, None, 2)
    assert ([each.name for each in page.items], page.next) == (["a", "b"], "b")
    page = projects.list_projects(conn, page.next, 2)
    assert ([each.name for each in page.items], page.next) == (["c"], None)
    assert projects.show_project(conn, "c").id == "c"


def test_new_job_has_a_draft_and_nothing_else(shop):
    body = JobBody(
        name="orders", sql="SELEC 1", mode="batch", flink_configuration={"a": "b"}, flink="1.20",
        guard="hold",
    )  # fmt: skip
    made = jobs.create_job(shop, "shop", body, JobId("j"), NOW)
    assert made == jobs.show_job(shop, "shop", "orders")
    assert (made.revision, made.version, made.phase, made.health, made.run) == (1, *[None] * 4)
    draft = msgspec.to_builtins(made.draft)
    assert draft == {
        "kind": "sql",
        "sql": "SELEC 1",
        "jar": None,
        "flink_configuration": {"a": "b"},
        "flink": "1.20",
        "guard": "hold",
        "resources": {
            "parallelism": None, "slots": None, "jobmanager_memory": None,
            "taskmanager_memory": None, "jobmanager_cpu": None, "taskmanager_cpu": None,
        },
        "policies": {
            "unseen_batch": "hold", "resume_failed": 0, "max_rewind_s": 3600,
            "is_stateless": False,
        },
    }  # fmt: skip


def test_job_needs_its_project(conn):
    with pytest.raises(NotFound, match="no project shop"):
        jobs.create_job(conn, "shop", JobBody(name="orders", sql=SQL), JobId("j"), NOW)


def test_job_name_is_taken_once(orders):
    with pytest.raises(Conflict):
        jobs.create_job(orders, "shop", JobBody(name="orders", sql=SQL), JobId("k"), NOW)


UNFIT = [
    pytest.param({"sql": "a\nb\x00c"}, "sql", "NUL character in line 2", id="NUL in SQL"),
    pytest.param({"sql": "\ud800"}, "sql", "not valid Unicode", id="lone surrogate"),
    pytest.param(
        {"sql": "", "flink_configuration": {"a": "\x00"}}, "flink_configuration.a", "NUL",
        id="NUL in a value",
    ),
    pytest.param(
        {"sql": "", "flink_configuration": {"a\x00": ""}}, r"flink_configuration.'a\x00'",
        "a key", id="NUL in a key",
    ),
    pytest.param(
        {"sql": "", "flink_configuration": {"a\nb": ""}}, r"flink_configuration.'a\nb'",
        "line breaks", id="line break in a key",
    ),
    pytest.param(
        {"sql": "", "flink_configuration": {" ": ""}}, "flink_configuration.' '", "empty",
        id="empty key",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "where", "message"), UNFIT)
def test_no_draft_may_hold_what_cannot_be_stored(orders, changes, where, message):
    with pytest.raises(Invalid) as caught:
        jobs.create_job(orders, "shop", JobBody(name="x", **changes), JobId("k"), NOW)
    assert [each.where for each in caught.value.problems] == [where]
    assert message in caught.value.problems[0].message
    with pytest.raises(Invalid):
        edit(orders, 1, **changes)


def test_script_has_a_limit_in_bytes(orders):
    fits = "ü" * (SQL_LIMIT_BYTES // 2)
    assert edit(orders, 1, sql=fits).revision == 2
    with pytest.raises(TooLarge, match="4,194,306 bytes"):
        edit(orders, 2, sql=fits + "ü")


def test_edit_changes_only_what_it_names(orders):
    changed = edit(orders, 1, flink_configuration={"a": "b"}, guard="hold")
    assert changed.revision == 2
    assert (changed.draft.sql, changed.draft.guard) == (SQL, "hold")
    changed = edit(orders, 2, sql="x", flink="1.20")
    assert changed.draft.flink_configuration == {"a": "b"}
    assert changed == jobs.show_job(orders, "shop", "orders")
    assert edit(orders, 3).draft == changed.draft


def test_edit_of_an_older_revision_is_stale(orders):
    edit(orders, 1, sql="x")
    for revision in (0, 1, 3):
        with pytest.raises(Stale, match=f"at revision 2, not {revision}"):
            edit(orders, revision, sql="y")
    assert jobs.show_job(orders, "shop", "orders").draft.sql == "x"


def test_publishing_an_unchanged_draft_is_its_newest_version(orders):
    first = publish(orders)
    assert first == publish(orders, "bob", later(1))
    assert (first.number, first.created_by) == (1, "ann")
    edit(orders, 1, sql=SQL + "-- x")
    second = publish(orders, "bob")
    assert (second.number, second.created_by) == (2, "bob")
    edit(orders, 2, sql=SQL)
    third = publish(orders)
    assert (third.number, third.digest, third.content) == (3, first.digest, first.content)


def differs(conn):
    (row,) = list_rows(conn, jobs.load_draft(conn, "shop", "orders").project.id, Filter(), None, 9)
    return row.draft_differs


def test_draft_differs_by_what_it_says_and_not_by_the_order_of_its_keys(orders):
    edit(orders, 1, flink_configuration={"a.b": "1", "c.d": "2"})
    publish(orders)
    assert not differs(orders)
    edit(orders, 2, flink_configuration={"c.d": "2", "a.b": "1"})
    assert not differs(orders)
    edit(orders, 3, flink_configuration={"c.d": "2"})
    assert differs(orders)
    edit(orders, 4, flink_configuration={"a.b": "1", "c.d": "2"})
    assert not differs(orders)


def test_version_of_an_older_release_is_the_draft_that_says_the_same(orders):
    first = publish(orders)
    orders.execute(
        sa.text("update version set digest = 'older', content = json_remove(content, '$.policies')")
    )
    orders.execute(sa.text("update job set draft_digest = null"))
    assert publish(orders).number == first.number
    assert not differs(orders)
    edit(orders, 1, sql=SQL + "-- x")
    assert differs(orders)
    edit(orders, 2, sql=SQL)
    assert not differs(orders)


def test_versions_never_change(orders):
    first = publish(orders)
    edit(orders, 1, sql=SQL + "-- x")
    publish(orders)
    assert jobs.show_version(orders, "shop", "orders", 1) == first
    page = jobs.list_versions(orders, "shop", "orders", None, 1)
    assert ([each.number for each in page.items], page.next) == ([2], "2")
    assert jobs.list_versions(orders, "shop", "orders", 2, 1).items == [first]
    with pytest.raises(NotFound, match="no version 3"):
        jobs.show_version(orders, "shop", "orders", 3)


def test_order_of_configuration_makes_no_version(orders):
    edit(orders, 1, flink_configuration={"a": "1", "b": "2"})
    first = publish(orders)
    edit(orders, 2, flink_configuration={"b": "2", "a": "1"})
    assert publish(orders) == first


FAULTY = [
    pytest.param({"sql": ""}, ["1:1"], "", id="no statement"),
    pytest.param({"sql": SQL + "SELECT 'open"}, ["4:8"], "", id="open quote"),
    pytest.param(
        {"sql": "SET 'rest.port' = '1';\n" + SQL}, ["1:1"], "rest.port is reserved",
        id="reserved key in SET",
    ),
    pytest.param(
        {"sql": SQL, "flink_configuration": {"rest.port": "1", "x": "y", "$internal.a": ""}},
        ["flink_configuration.rest.port", "flink_configuration.$internal.a"],
        "rest.port is reserved", id="reserved keys in the configuration",
    ),
    pytest.param(
        {"sql": "RESET;\n" + SQL, "flink_configuration": {"cluster.id": "x"}},
        ["1:1", "flink_configuration.cluster.id"], "", id="every fault at once",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "places", "message"), FAULTY)
def test_publish_refuses_with_the_place_of_each_fault(orders, changes, places, message):
    edit(orders, 1, **changes)
    with pytest.raises(Invalid) as caught:
        publish(orders)
    found = caught.value.problems
    assert [each.where for each in found] == places
    assert message in found[0].message
    assert ("a fault" if len(places) == 1 else f"{len(places)} faults") in caught.value.message
    assert orders.execute(sa.text("select count(*) from version")).scalar() == 0
