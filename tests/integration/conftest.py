"""A server for each test, and the invariants at the end of it."""

import os

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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """With CI=true nothing may be left out: what a developer's machine may lack, CI installs."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped with CI=true: {report.longrepr[2]}"
    return report
