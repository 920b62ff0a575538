"""Which files are taken as JARs, and which are refused."""

import io
import struct
import zipfile

import pytest

from rheostat.errors import JarUnsafe, NotAJar
from rheostat.local import jar
from rheostat.local.jar import check_jar
from tests.jars import make_jar


@pytest.fixture
def keep(tmp_path):
    def write(data: bytes):
        path = tmp_path / "x.jar"
        path.write_bytes(data)
        return path

    return write


def with_manifest(text: str, name: str = "META-INF/MANIFEST.MF") -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, text)
        file.writestr("A.class", b"x")
    return kept.getvalue()


MANIFESTS = [
    pytest.param("Main-Class: a.B\r\n", "a.B", id="plain"),
    pytest.param(
        "Manifest-Version: 1.0\nmain-class:  a.B \n\n", "a.B", id="other case, line feeds"
    ),
    pytest.param(
        "Main-Class: a.\r\n very.long\r\n .Name\r\n\r\n", "a.very.long.Name", id="folded lines"
    ),
    pytest.param(
        "Manifest-Version: 1.0\r\n\r\nName: x\r\nMain-Class: a.B\r\n", None, id="not main's"
    ),
    pytest.param("Main-Class: \r\n", None, id="empty"),
    pytest.param("", None, id="no line"),
    pytest.param("Main-Class: a.B\r\n\r\n" + "Name: x\r\n\r\n" * 60_000, "a.B", id="long"),
]


@pytest.mark.parametrize(("text", "main"), MANIFESTS)
def test_main_class_is_read_as_java_reads_it(keep, text, main):
    assert check_jar(keep(with_manifest(text))) == main


def test_manifest_is_found_in_any_case(keep):
    assert check_jar(keep(with_manifest("Main-Class: a.B\n", "meta-inf/Manifest.mf"))) == "a.B"


def test_jar_without_manifest_names_no_class(keep):
    assert check_jar(keep(with_manifest("", "other"))) is None


@pytest.mark.parametrize(
    "name", ["a/b/C.class", "a..b/c", "...", "ü/😀.txt", "a//b", "META-INF/versions/9/A.class"]
)
def test_usual_names_are_taken(keep, name):
    assert check_jar(keep(make_jar({name: b"x"}))) == "demo.Main"


NO_JARS = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"#!/bin/sh\n" * 100, id="a script"),
    pytest.param(make_jar()[:-30], id="cut off"),
    pytest.param(b"PK\x05\x06" + b"\0" * 18, id="an empty ZIP"),
    pytest.param(make_jar()[:40] + make_jar()[80:], id="bytes lost"),
]


@pytest.mark.parametrize("data", NO_JARS)
def test_what_is_no_jar_is_refused(keep, data):
    with pytest.raises(NotAJar):
        check_jar(keep(data))


def test_zip_without_a_class_is_refused(keep):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as file:
        file.writestr("README", "x")
    with pytest.raises(NotAJar, match="holds no class"):
        check_jar(keep(kept.getvalue()))


def test_damaged_manifest_is_refused(keep):
    data = bytearray(make_jar())
    at = data.index(b"META-INF/MANIFEST.MF") + len("META-INF/MANIFEST.MF")
    data[at : at + 8] = b"\xff" * 8
    with pytest.raises(NotAJar):
        check_jar(keep(bytes(data)))


def test_encrypted_entry_is_refused(keep):
    data = bytearray(make_jar({"x": b"1"}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    with pytest.raises(NotAJar, match="encrypted"):
        check_jar(keep(bytes(data)))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("/etc/passwd", "absolute"),
        ("C:/x", "absolute"),
        ("../x", "leads out"),
        ("a/../../x", "leads out"),
        ("a/..", "leads out"),
        ("a\\b", "backslash"),
        ("x" * 4097, "4,096"),
    ],
)
def test_names_that_lead_elsewhere_are_refused(keep, name, message):
    with pytest.raises(JarUnsafe, match=message):
        check_jar(keep(make_jar({name: b"x"})))


def test_nul_in_a_name_is_refused(keep):
    data = make_jar({"aZb.class": b"x"}).replace(b"aZb.class", b"a\x00b.class")
    with pytest.raises(JarUnsafe, match="NUL"):
        check_jar(keep(data))


def test_bomb_is_refused_and_a_small_one_let_be(keep):
    with pytest.raises(JarUnsafe, match="bomb"):
        check_jar(keep(make_bomb(80 * 1024**2)))
    assert check_jar(keep(make_bomb(16 * 1024**2))) == "demo.Main"


def make_bomb(size: int) -> bytes:
    kept = io.BytesIO(make_jar())
    with zipfile.ZipFile(kept, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("zeros", b"\0" * size)
    return kept.getvalue()


def test_declared_size_counts(keep):
    data = bytearray(make_jar({"x": b"1"}, compression=zipfile.ZIP_STORED))
    first = data.index(b"PK\x01\x02")
    entries = [first]
    while (at := data.find(b"PK\x01\x02", entries[-1] + 1)) > 0:
        entries.append(at)
    for at in entries[:2]:
        data[at + 24 : at + 28] = struct.pack("<I", 0xFFFFFF00)
    with pytest.raises(JarUnsafe, match="unpacks to"):
        check_jar(keep(bytes(data)))


def test_overlapping_entries_are_refused(keep):
    data = bytearray(make_jar({"x": b"1"}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 20 : at + 24] = struct.pack("<I", 100_000)
    with pytest.raises(JarUnsafe, match="overlap"):
        check_jar(keep(bytes(data)))


def test_count_of_entries_has_a_limit(keep, monkeypatch):
    monkeypatch.setattr(jar, "ENTRIES_MAX", 10)
    assert check_jar(keep(make_jar({f"a{i}": b"" for i in range(8)}))) == "demo.Main"
    with pytest.raises(JarUnsafe, match="more than 10 entries"):
        check_jar(keep(make_jar({f"a{i}": b"" for i in range(9)})))


def test_size_of_the_directory_has_a_limit(keep, monkeypatch):
    monkeypatch.setattr(jar, "DIRECTORY_MAX_BYTES", 1_000)
    with pytest.raises(JarUnsafe, match="directory of entries"):
        check_jar(keep(make_jar({f"{i:0200}": b"" for i in range(9)})))
