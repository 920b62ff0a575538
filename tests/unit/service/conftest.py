"""A migrated SQLite connection for each test, rolled back by being thrown away."""

import pytest
import sqlalchemy as sa

from rheostat.store.migrate import migrate


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """Migrated once, copied for each test: alembic takes most of a second."""
    path = tmp_path_factory.mktemp("store") / "migrated.db"
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as conn:
        migrate(conn)
    engine.dispose()
    return path.read_bytes()


@pytest.fixture
def conn(migrated):
    """One connection of the kind that services get, foreign keys on."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as conn:
        raw = conn.connection.dbapi_connection
        assert raw is not None
        raw.deserialize(migrated)
        conn.execute(sa.text("pragma foreign_keys=on"))
        yield conn
    engine.dispose()
