"""One fixture `db`: every test of this folder runs on SQLite and on PostgreSQL."""

import pytest
import pytest_asyncio

from rheostat.store.database import open_database
from rheostat.store.migrate import migrate
from tests.postgres_server import empty_postgres_url, postgres, postgres_url

__all__ = ["empty_postgres_url", "postgres", "postgres_url"]

BOTH = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgres),
]


@pytest.fixture(params=BOTH)
def url(request, tmp_path):
    """A migrated database."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_url")
    return f"sqlite:///{tmp_path}/rheostat.db"


@pytest_asyncio.fixture
async def db(url):
    """Open and migrated."""
    db = open_database(url)
    await db.write(migrate)
    yield db
    await db.close()


@pytest.fixture(params=BOTH)
def empty_url(request, tmp_path):
    """A database without any table."""
    if request.param == "postgresql":
        return request.getfixturevalue("empty_postgres_url")
    return f"sqlite:///{tmp_path}/empty.db"


@pytest_asyncio.fixture
async def empty(empty_url):
    """Open, and empty."""
    db = open_database(empty_url)
    yield db
    await db.close()
