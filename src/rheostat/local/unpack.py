"""Take what an engine needs out of the published package: jars, plugins, licences; nothing runs.

Called by `engine.py`. A wheel holds it below `pyflink/`, as does the environment into which pip has
installed one; a source archive holds it below `*/deps/`.
"""

import os
import re
import shutil
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from rheostat.errors import Unusable

_WANTED = re.compile(
    r"(?:pyflink|[^/]+/deps)/(?P<path>(?:lib|opt|plugins|licenses)/(?:[\w.-]+/)*[\w.-]+)"
    r"|[^/]+(?:\.dist-info/licenses)?/(?P<notice>LICENSE|NOTICE)"
)
_PLANNER = "flink-table-planner.jar"


def unpack(package: Path, folder: Path) -> None:
    """Fill a new folder. Raises `Unusable` when the package is not what the lock meant."""
    folder.mkdir(parents=True)
    read = _read_tar if package.name.endswith(".tar.gz") else _read_zip
    for name, stream in read(package):
        if (file := _place(name, folder)) is not None:
            with file.open("wb") as out:
                shutil.copyfileobj(stream, out, 1 << 20)
    _replace_planner_loader(folder)


def link(installed: Mapping[str, Path], folder: Path) -> None:
    """Fill a new folder from an installed package: names within it, and where each file is.

    By hard links, which take no room and outlive the environment; copies where a file system ends.
    Raises `Unusable` when the package is not what the lock meant.
    """
    folder.mkdir(parents=True)
    for name, source in installed.items():
        if (file := _place(name, folder)) is not None:
            try:
                os.link(source, file)
            except OSError:
                try:
                    shutil.copy2(source, file)
                except FileNotFoundError as err:
                    raise Unusable(f"The installed package has lost a file: {source}.") from err
    _replace_planner_loader(folder)


def _place(name: str, folder: Path) -> Path | None:
    """Make room for a file of the package; None when an engine does not need it."""
    match = _WANTED.fullmatch(name)
    if match is None or ".." in name.split("/"):
        return None
    file = folder / (match["path"] or f"licenses/{match['notice']}")
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def _read_zip(package: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with zipfile.ZipFile(package) as archive:
        for info in archive.infolist():
            if not info.is_dir():
                with archive.open(info) as stream:
                    yield info.filename, stream


def _read_tar(package: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with tarfile.open(package, "r|gz") as archive:
        for info in archive:
            stream = archive.extractfile(info) if info.isfile() else None
            if stream is not None:
                yield info.name, stream


def _replace_planner_loader(folder: Path) -> None:
    """Put the planner itself on the class path.

    The loader unpacks it into a temporary folder at every start and loads it with a class loader of
    its own, whose classes no archive can hold.
    """
    loaders = list((folder / "lib").glob("flink-table-planner-loader-*.jar"))
    if len(loaders) != 1:
        raise Unusable("The package holds no planner.")
    with zipfile.ZipFile(loaders[0]) as archive, archive.open(_PLANNER) as stream:
        planner = folder / "lib" / loaders[0].name.replace("-loader", "")
        with planner.open("wb") as out:
            shutil.copyfileobj(stream, out, 1 << 20)
    aside = folder / "aside"
    aside.mkdir()
    loaders[0].rename(aside / loaders[0].name)
