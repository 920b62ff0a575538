"""JARs for tests that need no Java: real ZIP files with the entries asked for."""

import hashlib
import io
import zipfile
from collections.abc import Mapping


def make_jar(
    entries: Mapping[str, bytes] | None = None,
    main: str | None = "demo.Main",
    compression: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A JAR with a class and a manifest, and these entries besides."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", compression) as jar:
        lines = ["Manifest-Version: 1.0", *([f"Main-Class: {main}"] if main else [])]
        jar.writestr("META-INF/MANIFEST.MF", "\r\n".join([*lines, "", ""]))
        jar.writestr("demo/Main.class", b"\xca\xfe\xba\xbe")
        for name, data in (entries or {}).items():
            jar.writestr(zipfile.ZipInfo(name), data)
    return kept.getvalue()


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
