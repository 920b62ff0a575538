"""JARs over the SDK: hashed, asked for, and sent only when they are not known."""

import datetime as dt

import httpx2
import pytest

from rheostat.client import artifact
from rheostat.errors import Invalid, JarUnsafe, NotAJar, TooLarge
from rheostat.wire.artifact import ArtifactView
from rheostat.wire.common import Page, Problem
from tests.jars import digest_of, make_jar

JAR = make_jar()
DIGEST = digest_of(JAR)
AT = dt.datetime(2026, 8, 1, 12, tzinfo=dt.UTC)
VIEW = ArtifactView(
    digest=DIGEST, name="o r.jar", size_bytes=1, main=None, created_at=AT, created_by="a"
)


def problem(code, status):
    return Problem(type="x", title="x", status=status, code=code)


@pytest.fixture
def jar(tmp_path):
    path = tmp_path / "o r.jar"
    path.write_bytes(JAR)
    return path


def test_known_jar_is_not_sent(client, wire, jar):
    wire.answer(VIEW)
    assert client.artifacts.upload("shop", jar) == VIEW
    assert [each.method for each in wire.requests] == ["GET"]
    assert wire.requests[0].url.path == f"/api/v1/projects/shop/artifacts/{DIGEST}"


def test_unknown_jar_is_sent_whole(client, wire, jar, monkeypatch):
    monkeypatch.setattr(artifact, "_BLOCK_BYTES", 100)
    wire.answer(problem("not_found", 404), 404)
    wire.answer(VIEW, 201)
    seen = []
    view = client.artifacts.upload(
        "shop", jar, progress=lambda sent, size: seen.append((sent, size))
    )
    assert view == VIEW
    sent = wire.requests[1]
    assert (sent.method, sent.url.path, sent.url.params["name"]) == (
        "POST",
        "/api/v1/projects/shop/artifacts",
        "o r.jar",
    )
    assert sent.read() == JAR
    assert sent.headers["Content-Length"] == str(len(JAR))
    assert "Transfer-Encoding" not in sent.headers
    assert seen[-1] == (len(JAR), len(JAR))
    assert len(seen) == -(-len(JAR) // 100)


def test_upload_whose_answer_was_lost_is_sent_again_from_the_beginning(client, wire, jar):
    wire.answer(problem("not_found", 404), 404)
    wire.fail(httpx2.ReadError("reset"))
    wire.answer(VIEW, 200)
    assert client.artifacts.upload("shop", jar) == VIEW
    assert wire.requests[2].read() == JAR


@pytest.mark.parametrize(("code", "kind"), [("not_a_jar", NotAJar), ("jar_unsafe", JarUnsafe)])
def test_refusal_is_the_servers_own_error(client, wire, jar, code, kind):
    wire.answer(problem("not_found", 404), 404)
    wire.answer(problem(code, 422), 422)
    with pytest.raises(kind):
        client.artifacts.upload("shop", jar)


def test_too_large_or_unreadable_file_is_refused_here(client, wire, jar, monkeypatch):
    monkeypatch.setattr(artifact, "LIMIT_BYTES", 10)
    with pytest.raises(TooLarge, match="at most 10"):
        client.artifacts.upload("shop", jar)
    with pytest.raises(Invalid, match="cannot be read"):
        client.artifacts.upload("shop", jar.parent)
    assert wire.requests == []


def test_artifacts_are_listed_and_got(client, wire):
    wire.answer(Page(items=[VIEW], next=DIGEST))
    wire.answer(Page(items=[VIEW]))
    assert list(client.artifacts.list("shop", limit=1)) == [VIEW, VIEW]
    assert wire.requests[1].url.params["after"] == DIGEST
    wire.answer(VIEW)
    assert client.artifacts.get("shop", DIGEST) == VIEW
