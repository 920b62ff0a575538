"""What is particular about SQLite: instants as numbers, one writer, a file that others hold."""

import asyncio
import datetime as dt
import sqlite3

import pytest
import sqlalchemy as sa

from rheostat.errors import Unusable
from rheostat.model.ids import ProjectId
from rheostat.store.columns import Instant
from rheostat.store.database import open_database
from rheostat.store.migrate import migrate
from rheostat.store.project import insert_project, list_projects
from tests.unit.store.nouns import NOW, make_project

DIALECT = sa.create_engine("sqlite://").dialect


@pytest.mark.parametrize(
    ("at", "number"),
    [
        pytest.param(dt.datetime(1970, 1, 1, tzinfo=dt.UTC), 0, id="epoch"),
        pytest.param(
            dt.datetime(1970, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1))), -3_600_000_000,
            id="offset",
        ),
        pytest.param(
            dt.datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC), -1, id="before 1970"
        ),
        pytest.param(
            dt.datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC), 253_402_300_799_999_999,
            id="beyond what a float can hold",
        ),
        pytest.param(None, None, id="none"),
    ],
)  # fmt: skip
def test_instant_is_microseconds(at, number):
    kind = Instant()
    assert kind.process_bind_param(at, DIALECT) == number
    assert kind.process_result_value(number, DIALECT) == at


def test_naive_instant_is_refused():
    with pytest.raises(ValueError, match="naive"):
        Instant().process_bind_param(NOW.replace(tzinfo=None), DIALECT)


def test_text_is_no_instant():
    with pytest.raises(TypeError):
        Instant().process_result_value("2026-01-01", DIALECT)


async def test_two_servers_on_one_new_file_never_see_locked(tmp_path):
    """Opening, migrating and writing at once, from two objects as from two processes."""
    url = f"sqlite:///{tmp_path}/rheostat.db"
    pair = [open_database(url), open_database(url)]

    async def work(db, name):
        await db.write(migrate)
        for number in range(60):
            word = f"{name}{number}"
            await db.write(insert_project, make_project(word, id=ProjectId(word)))
            await db.read(list_projects, None, 5)

    try:
        await asyncio.gather(*(db.read(lambda conn: conn) for db in pair * 4))
        await asyncio.gather(
            *(work(db, f"{name}{n}") for n, db in enumerate(pair) for name in "ab")
        )
        assert len(await pair[0].read(list_projects, None, 1000)) == 240
    finally:
        for db in pair:
            await db.close()


async def test_pragmas_hold_on_every_connection(tmp_path):
    db = open_database(f"sqlite:///{tmp_path}/rheostat.db")

    def pragma(conn, name):
        return conn.execute(sa.text(f"pragma {name}")).scalar()

    expected = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 1, "busy_timeout": 10_000}
    try:
        await db.write(migrate)
        for name, value in expected.items():
            found = await asyncio.gather(
                *(db.read(pragma, name) for _ in range(4)), db.write(pragma, name)
            )
            assert set(found) == {value}, name
    finally:
        await db.close()


async def test_file_that_is_no_database_is_told(tmp_path):
    (tmp_path / "rheostat.db").write_bytes(b"something else entirely\n" * 100)
    db = open_database(f"sqlite:///{tmp_path}/rheostat.db")
    try:
        for ask in (db.read, db.write):
            with pytest.raises(Unusable, match="file is not a database"):
                await ask(list_projects, None, 1)
    finally:
        await db.close()


async def test_a_percent_sign_and_a_blank_in_the_path_will_do(tmp_path):
    folder = tmp_path / "50% off ü"
    folder.mkdir()
    db = open_database(f"sqlite:///{folder}/rheostat.db")
    try:
        assert await db.write(migrate) is True
    finally:
        await db.close()
    with sqlite3.connect(folder / "rheostat.db") as conn:
        assert conn.execute("select version_num from alembic_version").fetchone() == ("0002",)
    conn.close()
