"""Engine folders: locks, unpacking, finding. Nothing is downloaded here."""

import dataclasses
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from rheostat.errors import Missing, Unusable
from rheostat.local.engine import EngineHome
from rheostat.local.engine_folder import Engine
from rheostat.local.fetch import list_locks, load_lock
from rheostat.local.java import Java, find_java
from rheostat.local.material import render_properties
from rheostat.local.unpack import unpack


def make_files(root: str, notice: str) -> dict[str, bytes]:
    planner = io.BytesIO()
    with zipfile.ZipFile(planner, "w") as archive:
        archive.writestr("flink-table-planner.jar", "planner")
    return {
        f"{root}/lib/flink-dist-9.jar": b"dist",
        f"{root}/lib/flink-table-planner-loader-9.jar": planner.getvalue(),
        f"{root}/opt/flink-python-9.jar": b"python",
        f"{root}/plugins/README.txt": b"read",
        f"{root}/plugins/metrics-jmx/a-9.jar": b"jmx",
        f"{root}/licenses/LICENSE.x": b"x",
        f"{root}/bin/flink": b"no",
        f"{root}/lib/../../../evil.jar": b"no",
        notice: b"notice",
        "setup.py": b"no",
    }


UNPACKED = {
    "aside/flink-table-planner-loader-9.jar",
    "lib/flink-dist-9.jar",
    "lib/flink-table-planner-9.jar",
    "licenses/LICENSE.x",
    "licenses/NOTICE",
    "opt/flink-python-9.jar",
    "plugins/README.txt",
    "plugins/metrics-jmx/a-9.jar",
}


def list_files(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def test_a_wheel_is_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as archive:
        for name, data in make_files("pyflink", "a-9.dist-info/licenses/NOTICE").items():
            archive.writestr(name, data)
    unpack(tmp_path / "a.whl", tmp_path / "engine")
    assert list_files(tmp_path / "engine") == UNPACKED
    assert (tmp_path / "engine/lib/flink-table-planner-9.jar").read_text() == "planner"
    assert not (tmp_path / "evil.jar").exists()


def test_a_source_archive_is_unpacked_and_not_run(tmp_path):
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        for name, data in make_files("a-9/deps", "a-9/NOTICE").items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    unpack(tmp_path / "a.tar.gz", tmp_path / "engine")
    assert list_files(tmp_path / "engine") == UNPACKED


def test_a_package_without_planner(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as archive:
        archive.writestr("pyflink/lib/a.jar", "")
    with pytest.raises(Unusable):
        unpack(tmp_path / "a.whl", tmp_path / "engine")


def test_locks_name_no_host():
    assert list_locks() == ("1.20", "2.3")
    for version in list_locks():
        lock = load_lock(version)
        assert lock.release.startswith(version + ".")
        assert lock.size_bytes > 200_000_000
        assert "://" not in lock.path.read_text()


def test_a_version_that_nobody_locked():
    with pytest.raises(Missing, match=r"1\.20, 2\.3"):
        load_lock("../2.3")


def test_finding(tmp_path):
    home = EngineHome(tmp_path)
    assert home.list() == ()
    with pytest.raises(Missing) as caught:
        home.find("2.3")
    assert caught.value.hint == "run: rheostat engine install 2.3"
    (tmp_path / "2.3").mkdir()
    (tmp_path / "2.3/engine.json").write_text("{")
    with pytest.raises(Missing):
        home.find("2.3")
    (tmp_path / "2.3/engine.json").write_text('{"version": "2.3", "release": "2.3.0"}')
    assert home.list() == (home.find("2.3"),)


def test_archives_fit_one_java_and_one_class_path(tmp_path):
    engine = Engine(version="2.3", release="2.3.0", path=tmp_path)
    java = Java(binary=Path("/j/bin/java"), feature=17, version="17.0.1")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/a.jar").touch()
    assert not engine.has_archives(java)
    folder = engine.archive_folder(java)
    folder.mkdir(parents=True)
    (folder / "jm.jsa").touch()
    assert engine.archive_flags(java, "jm") == (f"-XX:SharedArchiveFile={folder}/jm.jsa",)
    assert engine.archive_flags(java, "tm") == ()
    assert engine.archive_flags(dataclasses.replace(java, version="17.0.2"), "jm") == ()
    (tmp_path / "lib/b.jar").touch()
    assert engine.archive_flags(java, "jm") == ()


@pytest.mark.parametrize(
    ("says", "flink", "is_enough"),
    [
        ('openjdk version "17.0.1"', "2.3", True),
        ('openjdk version "21" 2023-09-19', "2.3", True),
        ('openjdk version "11.0.2"', "2.3", False),
        ('openjdk version "11.0.2"', "1.20", True),
        ('java version "1.8.0_302"', "1.20", False),
        ("nonsense", "2.3", False),
    ],
)
def test_java(tmp_path, monkeypatch, says, flink, is_enough):
    binary = tmp_path / "bin/java"
    binary.parent.mkdir()
    binary.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
    binary.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    if is_enough:
        assert find_java(flink).binary == binary.resolve()
    else:
        with pytest.raises(Missing) as caught:
            find_java(flink)
        assert "install" in (caught.value.hint or "")


def test_no_java(tmp_path, monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing):
        find_java("2.3")


def test_properties_are_ascii():
    assert render_properties({"a": " b\\c\n窗😀"}) == "a=\\ b\\\\c\\n\\u7a97\\ud83d\\ude00\n"
