"""Bring the schema to this release's head. Called once, when a server starts."""

from importlib import resources
from pathlib import Path

import sqlalchemy as sa

from rheostat.errors import Unusable

HEAD = "0002"
MIGRATION_LOCK = 7_302_001
"""Any fixed number: servers that start together take turns on PostgreSQL."""


def migrate(conn: sa.Connection) -> bool:
    """Upgrade, in the caller's transaction; False if there was nothing to do.

    Alembic is imported only when there is something to do: it costs most of a second.

    Raises:
        Unusable: the database was written by a newer release.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(sa.text("select pg_advisory_xact_lock(:id)"), {"id": MIGRATION_LOCK})
    stored = read_head(conn)
    if stored == HEAD:
        return False
    if stored is not None and stored > HEAD:
        raise Unusable(
            f"the database has schema {stored}, and this release knows only {HEAD}",
            hint="start the newer release again, or restore a backup",
        )
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    with resources.as_file(resources.files("rheostat.store")) as folder:
        config.set_main_option(
            "script_location", str(Path(folder, "migrations")).replace("%", "%%")
        )
        config.attributes["connection"] = conn
        command.upgrade(config, "head")
    return True


def read_head(conn: sa.Connection) -> str | None:
    """The schema's revision; None for an empty database."""
    if not sa.inspect(conn).has_table("alembic_version"):
        return None
    return conn.execute(sa.text("select version_num from alembic_version")).scalar()
