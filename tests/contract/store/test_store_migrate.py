"""Migrations lead exactly to `tables.py`, on both databases."""

import asyncio

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from rheostat.errors import Unusable
from rheostat.store.database import open_database
from rheostat.store.migrate import HEAD, migrate, read_head
from rheostat.store.tables import metadata


def drift(conn):
    options = {"compare_type": True, "compare_server_default": True}
    return compare_metadata(MigrationContext.configure(conn, opts=options), metadata)


def change_head(conn, head):
    conn.execute(sa.text("update alembic_version set version_num = :head"), {"head": head})


async def test_migrations_lead_to_the_tables(empty):
    assert await empty.write(migrate) is True
    assert await empty.write(drift) == []


async def test_drift_would_be_seen(empty):
    await empty.write(migrate)
    await empty.write(lambda conn: conn.execute(sa.text("drop index ix_snapshot_job_id")))
    await empty.write(
        lambda conn: conn.execute(sa.text("alter table token drop column revoked_at"))
    )
    found = [each[0] for each in await empty.write(drift)]
    assert sorted(found) == ["add_column", "add_index"]


async def test_names_of_constraints_are_those_of_the_tables(empty):
    def names(conn):
        look = sa.inspect(conn)
        unique = {one["name"] for t in metadata.tables for one in look.get_unique_constraints(t)}
        foreign = {one["name"] for t in metadata.tables for one in look.get_foreign_keys(t)}
        primary = {look.get_pk_constraint(t)["name"] for t in metadata.tables}
        return unique | foreign | primary

    await empty.write(migrate)
    migrated = await empty.write(names)
    await empty.write(metadata.drop_all)
    await empty.write(metadata.create_all)
    assert migrated == await empty.write(names)


async def test_migrating_twice_does_nothing(empty):
    assert await empty.read(read_head) is None
    assert await empty.write(migrate) is True
    assert await empty.read(read_head) == HEAD
    assert await empty.write(migrate) is False


async def test_servers_that_start_together_take_turns(empty, empty_url):
    other = open_database(empty_url)
    try:
        done = await asyncio.gather(empty.write(migrate), other.write(migrate))
    finally:
        await other.close()
    assert sorted(done) == [False, True]


async def test_newer_schema_is_refused(empty):
    await empty.write(migrate)
    await empty.write(change_head, "9999")
    with pytest.raises(Unusable, match=r"has schema 9999.*knows only"):
        await empty.write(migrate)


async def test_half_a_migration_leaves_nothing(empty):
    def fail(conn):
        migrate(conn)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await empty.write(fail)
    assert await empty.read(lambda conn: sa.inspect(conn).get_table_names()) == []


def test_head_is_the_newest_revision():
    config = Config()
    config.set_main_option("script_location", "rheostat.store:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]
