"""The web UI's route: variants by encoding, nonces, pages and what is none, and a server without a build."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar, get
from litestar.testing import TestClient

from rheostat.api.access import Permission
from rheostat.api.static import load_site, make_static_route

INDEX = '<!doctype html><meta property="csp-nonce" nonce="__NONCE__"><script nonce="__NONCE__"></script>'
GZIPPED = gzip.compress(b"plain", mtime=0)
Client = TestClient[Litestar]


@get("/api/v1/me", permission=Permission.PUBLIC)
async def api_route() -> dict[str, str]:
    return {"name": "ann"}


def make_client(folder: Path) -> Client:
    return TestClient(Litestar([api_route, make_static_route(folder)], openapi_config=None))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assets = tmp_path / "assets"
    assets.mkdir()
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite/manifest.json").write_text("{}")
    (tmp_path / "index.html").write_text(INDEX)
    (tmp_path / "favicon.svg").write_text("<svg/>")
    (assets / "index-abc.js").write_bytes(b"plain")
    (assets / "index-abc.js.br").write_bytes(b"brotli")
    (assets / "index-abc.js.gz").write_bytes(GZIPPED)
    (assets / "small.css").write_bytes(b"a{}")
    (assets / "orphan.js.br").write_bytes(b"no plain file beside it")
    return tmp_path


@pytest.fixture
def client(folder: Path) -> Iterator[Client]:
    with make_client(folder) as found:
        yield found


@pytest.mark.parametrize(
    "path", ["/", "/p/shop/jobs", "/p/shop/jobs/a.b/edit", "/signin?code=x", "/index.html"]
)
def test_a_page_is_index_html_with_a_nonce_of_its_own(client: Client, path: str) -> None:
    first, second = client.get(path), client.get(path)
    assert first.status_code == 200
    assert first.headers["content-type"] == "text/html; charset=utf-8"
    assert first.headers["cache-control"] == "no-store"
    policy = first.headers["content-security-policy"]
    nonces = set(re.findall(r'nonce="([^"]+)"', first.text))
    assert len(nonces) == 1
    assert f"style-src 'self' 'nonce-{nonces.pop()}'" in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert first.text != second.text


@pytest.mark.parametrize(
    ("accepted", "body", "encoding"),
    [
        ("gzip, deflate, br", b"brotli", "br"),
        ("gzip", GZIPPED, "gzip"),
        ("br;q=0, gzip", GZIPPED, "gzip"),
        ("br; q=0.0, gzip;q=0.5", GZIPPED, "gzip"),
        ("", b"plain", None),
        ("zstd", b"plain", None),
    ],
)
def test_an_asset_comes_in_the_best_encoding_that_is_taken(
    folder: Path, accepted: str, body: bytes, encoding: str | None
) -> None:
    site = load_site(folder)
    assert site is not None
    answer = site.answer("assets/index-abc.js", accepted)
    assert answer.content == body
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_types_are_ours_and_only_hashed_names_are_kept_for_ever(client: Client) -> None:
    script, style = client.get("/assets/index-abc.js"), client.get("/assets/small.css")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    icon = client.get("/favicon.svg")
    assert icon.headers["content-type"].startswith("image/svg+xml")
    assert icon.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nothing",
        "/api/",
        "/assets/gone-123.js",
        "/assets/orphan.js",
        "/assets/../index.html/../api/x",
        "/ingest/v1/nothing",
        "/.vite/manifest.json",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
    ],
)
def test_what_is_never_a_page_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_other_routes_go_first(client: Client) -> None:
    assert client.get("/api/v1/me").json() == {"name": "ann"}


def test_a_server_without_a_build_says_so_in_one_line(tmp_path: Path) -> None:
    with make_client(tmp_path) as client:
        answer = client.get("/")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert "not built" in answer.text
        assert answer.text.count("\n") == 1
        assert client.get("/p/shop/jobs").status_code == 404


def test_the_route_declares_its_permission_and_stays_out_of_the_contract(folder: Path) -> None:
    route: Any = make_static_route(folder)
    assert route.opt["permission"] is Permission.PUBLIC
    assert route.include_in_schema is False
