"""`signin`: the link, and until when it opens."""

import datetime as dt
import json

import pytest

from rheostat import clock
from rheostat.wire.access import SignInLinkView

LINKS = "POST /session/links"


@pytest.fixture
def link(server):
    view = SignInLinkView(
        path="/signin?code=c0de", expires_at=clock.now() + dt.timedelta(minutes=15)
    )
    server.answers[LINKS] = view
    return view


@pytest.mark.usefixtures("link")
def test_for_people(rheostat):
    result = rheostat("signin")
    url, until = result.stdout.splitlines()
    assert url == "http://host:1/signin?code=c0de"
    assert until.startswith("  opens once, within 15 minutes: until ")


def test_for_programs(rheostat, link):
    found = json.loads(rheostat("signin", "--json").stdout)
    assert found["url"] == "http://host:1/signin?code=c0de"
    assert found["path"] == link.path
    assert dt.datetime.fromisoformat(found["expires_at"]) == link.expires_at


def test_without_a_token(rheostat, server, sample):
    server.answers[LINKS] = sample.refusal(401, "unauthenticated", "Who are you?")
    assert rheostat("signin").exit_code == 6
