"""The main job with PostgreSQL as the store, the server killed in its middle."""

import pytest

from rheostat.errors import Conflict
from rheostat.store.database import open_database
from rheostat.store.lease import claim_place
from rheostat.wire.plan import StartBody
from tests.postgres_server import postgres, postgres_url
from tests.running_server import PROJECT, RunningServer, check_invariants, leftovers

pytestmark = [pytest.mark.flink, pytest.mark.postgres]

__all__ = ["postgres", "postgres_url"]


async def test_start_kill_adopt_stop_on_postgresql(tmp_path, postgres_url):
    server = RunningServer(tmp_path, postgres_url)
    server.start()
    try:
        server.job()
        with server.client() as client:
            client.jobs.start(PROJECT, "orders", StartBody())
        server.wait_phase("running")
        before = server.jobmanagers()
        server.kill()
        server.start()
        server.wait(lambda run: all(each.reachable for each in run.evidence))
        assert server.jobmanagers() == before
        with server.client() as client:
            assert client.server().database == "postgresql"
            client.jobs.stop(PROJECT, "orders")
        run = server.wait_phase("stopped")
        assert run.savepoint
        assert leftovers(server) == []
        await check_invariants(server)
        await other_data_directory_is_refused(postgres_url)
    finally:
        server.stop()


async def other_data_directory_is_refused(url):
    """Its engines could be alive, and could not be seen from there."""
    db = open_database(url)
    try:
        with pytest.raises(Conflict):
            await db.write(claim_place, "another")
    finally:
        await db.close()
