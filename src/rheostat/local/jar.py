"""Is this file a JAR that may be kept: what its directory of entries says, without unpacking it.

Nothing is extracted anywhere; but Flink unpacks nested libraries, and people open JARs with tools that
trust the names in them. Called by `artifact.py`.
"""

import errno
import re
import zipfile
import zlib
from collections.abc import Sequence
from io import FileIO
from pathlib import Path

from typing_extensions import override

from rheostat.errors import JarUnsafe, NotAJar

ENTRIES_MAX = 200_000
"""Flink with every connector in one JAR has about 60,000."""
DIRECTORY_MAX_BYTES = 48 * 1024 * 1024
UNPACKED_MAX_BYTES = 4 * 1024**3
RATIO_MAX = 100
"""Of all entries together; classes shrink to a half, and plain text to a tenth."""
RATIO_FROM_BYTES = 64 * 1024 * 1024
"""What unpacks to less is let be, whatever its ratio."""
NAME_MAX = 4096
MANIFEST = "META-INF/MANIFEST.MF"
_MANIFEST_BYTES = 256 * 1024
_DRIVE = re.compile(r"[A-Za-z]:")
_ENTRY_MARK = b"PK\x01\x02"


class _Bounded(FileIO):
    """A file whose directory of entries is not read when it is too large: zipfile reads it in one go."""

    @override
    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > DIRECTORY_MAX_BYTES:
            raise JarUnsafe(f"its directory of entries has {size:,} bytes")
        found = super().read(size)
        if found.count(_ENTRY_MARK) > ENTRIES_MAX:
            raise JarUnsafe(f"it has more than {ENTRIES_MAX:,} entries")
        return found


def check_jar(path: Path) -> str | None:
    """The manifest's `Main-Class`, None when it names none.

    Raises:
        NotAJar: it is no ZIP, is damaged, or holds no class.
        JarUnsafe: names that lead out of a folder, or more than a machine wants to unpack.
    """
    try:
        with _Bounded(path, "rb") as file, zipfile.ZipFile(file) as jar:
            entries = jar.infolist()
            _check_names(entries)
            _check_sizes(entries, path.stat().st_size)
            if not any(each.filename.endswith(".class") for each in entries):
                raise NotAJar(
                    "the file is a ZIP, and holds no class", hint="upload the program's JAR"
                )
            return _read_main(jar, entries)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError) as err:
        raise NotAJar(f"the file is no JAR: {err}") from err
    except (NotImplementedError, UnicodeDecodeError, ValueError, OverflowError) as err:
        raise NotAJar(f"the file cannot be read as a JAR: {err}") from err
    except OSError as err:
        if err.errno != errno.EINVAL:
            raise
        raise NotAJar("the file is no JAR: an entry lies outside of it") from err


def _check_names(entries: Sequence[zipfile.ZipInfo]) -> None:
    for each in entries:
        name = each.orig_filename
        if fault := _name_fault(name):
            raise JarUnsafe(f"an entry {fault}: {name[:200]!r}")
        if each.flag_bits & 0x1:
            raise NotAJar(f"an entry is encrypted: {name[:200]!r}")


def _name_fault(name: str) -> str | None:
    if not name or len(name) > NAME_MAX:
        return "has no name, or one of more than 4,096 characters"
    if "\x00" in name or "\\" in name:
        return "has a NUL or a backslash in its name"
    if name.startswith("/") or _DRIVE.match(name):
        return "has an absolute name"
    return "leads out of the folder" if ".." in name.split("/") else None


def _check_sizes(entries: Sequence[zipfile.ZipInfo], file_bytes: int) -> None:
    packed = sum(each.compress_size for each in entries)
    unpacked = sum(each.file_size for each in entries)
    if packed > file_bytes:
        raise JarUnsafe("its entries overlap: together they are larger than the file")
    if unpacked > UNPACKED_MAX_BYTES:
        raise JarUnsafe(
            f"it unpacks to {unpacked:,} bytes; at most {UNPACKED_MAX_BYTES:,} are taken"
        )
    if unpacked > RATIO_FROM_BYTES and unpacked > RATIO_MAX * max(packed, 1):
        raise JarUnsafe(f"{packed:,} bytes unpack to {unpacked:,}: that is a bomb, and no program")


def _read_main(jar: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo]) -> str | None:
    """Java finds the manifest in any case, and takes the last of several attributes of a name."""
    entry = next((each for each in entries if each.filename.upper() == MANIFEST), None)
    if entry is None:
        return None
    with jar.open(entry) as file:
        data = file.read(_MANIFEST_BYTES)
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    section = text.split("\n\n", 1)[0].replace("\n ", "")
    found = None
    for line in section.split("\n"):
        name, colon, value = line.partition(":")
        if colon and name.strip().lower() == "main-class":
            found = value.strip()
    return found[:1000] if found else None
