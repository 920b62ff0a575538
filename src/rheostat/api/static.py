"""The web UI from memory: compressed beforehand, hashed names for ever, index.html for every page.

A page's address is made in the browser, so a path that names no file is answered with index.html;
only what can never be a page (`api/`, `assets/`, `ingest/`) is not found.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler

from rheostat.api.access import Permission

FOLDER = Path(__file__).parent.parent / "_web"
NOT_BUILT = (
    "The web UI is not built: run `make web` in a checkout, or install a release."
    " The API is at /api/v1, the command line is `rheostat --help`.\n"
)
NEVER_PAGES = frozenset({"api", "assets", "ingest", "healthz"})
"""First parts of addresses that no page has; nor has one that begins with a dot."""
NONCE = "__NONCE__"
"""Where the build left room for the nonce of one answer."""
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'nonce-{nonce}'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".woff2": "font/woff2",
}
"""Our own table: the machine's may say something else, or nothing."""
ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""Best first."""
COMMON = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


@dataclass(frozen=True, slots=True)
class Site:
    """The built UI: each file by its name, with its compressed variants by encoding."""

    index: str
    files: dict[str, dict[str, bytes]]

    def answer(self, path: str, accepted: str) -> Response[bytes]:
        """A file, or index.html with a new nonce.

        Raises:
            NotFoundException: nothing is there, and no page ever is.
        """
        variants = self.files.get(path)
        if variants is not None:
            return _file(path, variants, accepted)
        first = path.partition("/")[0]
        if first in NEVER_PAGES or first.startswith("."):
            raise NotFoundException
        nonce = secrets.token_urlsafe(16)
        headers = {
            "Cache-Control": "no-store",
            "Content-Security-Policy": POLICY.format(nonce=nonce),
        }
        body = self.index.replace(NONCE, nonce).encode()
        return Response(body, media_type=TYPES[".html"], headers=COMMON | headers)


def load_site(folder: Path) -> Site | None:
    """Read the whole build into memory, about a megabyte; None if there is none."""
    index = folder / "index.html"
    if not index.is_file():
        return None
    files: dict[str, dict[str, bytes]] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or name == "index.html" or name.startswith("."):
            continue
        encoding = next((each for each, end in ENCODINGS.items() if name.endswith(end)), "identity")
        plain = name.removesuffix(ENCODINGS.get(encoding, ""))
        files.setdefault(plain, {})[encoding] = path.read_bytes()
    whole = {name: variants for name, variants in files.items() if "identity" in variants}
    return Site(index.read_text(encoding="utf-8"), whole)


def make_static_route(folder: Path = FOLDER) -> HTTPRouteHandler:
    """The route that answers whatever no other route does."""
    site = load_site(folder)

    @get(
        ["/", "/{path:path}"],
        permission=Permission.PUBLIC,
        include_in_schema=False,
        sync_to_thread=False,
    )
    def show_page(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Show the UI."""
        path = request.url.path.lstrip("/")
        if site is None:
            if path:
                raise NotFoundException
            return Response(NOT_BUILT.encode(), media_type=TYPES[".txt"], headers=COMMON)
        return site.answer(path, request.headers.get("accept-encoding", ""))

    return show_page


def _file(path: str, variants: dict[str, bytes], accepted: str) -> Response[bytes]:
    wanted = _encodings(accepted)
    encoding = next((each for each in ENCODINGS if each in wanted and each in variants), None)
    is_hashed = path.startswith("assets/")
    headers = COMMON | {
        "Cache-Control": "public, max-age=31536000, immutable" if is_hashed else "no-cache",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Vary": "Accept-Encoding",
    }
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    media = TYPES.get(Path(path).suffix, "application/octet-stream")
    return Response(variants[encoding or "identity"], media_type=media, headers=headers)


def _encodings(header: str) -> frozenset[str]:
    """Which encodings a client takes; `;q=0` refuses one."""
    found = set()
    for item in header.split(","):
        name, _, weight = item.partition(";")
        if weight.replace(" ", "").removeprefix("q=") not in {"0", "0.0", "0.00", "0.000"}:
            found.add(name.strip().lower())
    return frozenset(found)
