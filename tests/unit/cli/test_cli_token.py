"""`token`: create, list, revoke."""

import datetime as dt
import json
from typing import Any

import httpx2
import msgspec
import pytest

from rheostat import clock
from rheostat.wire.common import Page
from rheostat.wire.token import NewTokenView, TokenView

TOKENS = "/tokens"


def token(name: str, **changes: Any) -> TokenView:
    view = TokenView(
        id=f"id-{name}", name=name, role="operator", created_at=clock.now(), created_by="ann",
        expires_at=None, used_at=None, revoked_at=None, is_yours=False,
    )  # fmt: skip
    return msgspec.structs.replace(view, **changes)


PAST = clock.now() - dt.timedelta(days=1)


def test_create_prints_the_secret_alone_to_stdout(rheostat, server):
    server.answers[f"POST {TOKENS}"] = NewTokenView(token=token("air"), secret="s3cret")
    result = rheostat("token", "create", "air", "--role", "operator", "--expires-in-days", "90")
    assert result.stdout == "s3cret\n"
    assert "not shown again" in result.stderr
    assert server.sent("POST") == [{"name": "air", "role": "operator", "expires_in_days": 90}]
    got = json.loads(rheostat("token", "create", "air", "--role", "viewer", "--json").output)
    assert got["secret"] == "s3cret"


@pytest.mark.parametrize(
    "flags", [(), ("--role", "root"), ("--role", "admin", "--expires-in-days", "0")]
)
def test_create_wants_a_role_that_there_is(rheostat, flags):
    assert rheostat("token", "create", "air", *flags).exit_code == 2


@pytest.mark.parametrize(
    ("role", "is_warned"),
    [("viewer", False), ("operator", True), ("editor", True), ("admin", True)],
)
def test_create_says_what_a_role_amounts_to_on_the_local_target(rheostat, server, role, is_warned):
    made = NewTokenView(token=token("air", role=role), secret="s3cret")
    server.answers[f"POST {TOKENS}"] = made
    result = rheostat("token", "create", "air", "--role", role)
    assert result.stdout == "s3cret\n"
    assert ("give a shell there" in result.stderr) is is_warned


def test_list_leaves_out_what_opens_nothing(rheostat, server):
    views = [
        token("ann", is_yours=True, used_at=clock.now(), role="admin"),
        token("old", expires_at=PAST),
        token("gone", revoked_at=PAST),
    ]
    server.answers[f"GET {TOKENS}"] = Page(items=views)
    lines = rheostat("token", "list").output.splitlines()
    assert [line.split()[0] for line in lines] == ["TOKEN", "ann"]
    assert "(yours)" in lines[1]
    whole = rheostat("token", "list", "--all").output
    assert "expired" in whole
    assert "revoked" in whole


def test_revoke_by_name_takes_the_valid_one(rheostat, server):
    again = token("air", id="new")
    server.answers = {
        f"GET {TOKENS}": Page(items=[token("air", revoked_at=PAST), again]),
        f"DELETE {TOKENS}/new": httpx2.Response(204),
    }
    assert rheostat("token", "revoke", "air", "--yes").output == "token air is revoked\n"
    assert rheostat("token", "revoke", "none", "--yes").exit_code == 4
    sent = [r for r in server.requests if r.method == "DELETE"]
    assert len(sent) == 1
