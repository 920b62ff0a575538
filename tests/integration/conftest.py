"""A server for each test, and the invariants at the end of it."""

import pytest

from tests.running_server import RunningServer, check_invariants


@pytest.fixture
async def server(tmp_path):
    """A server on a fresh data directory; its histories are checked when the test is over."""
    running = RunningServer(tmp_path)
    running.start()
    try:
        yield running
        await check_invariants(running)
    finally:
        running.stop()
