"""JARs on disk: kept whole or not at all, and proven before they are used."""

import asyncio
import subprocess
import sys
from io import FileIO

import pytest
from typing_extensions import override

from rheostat.errors import ArtifactGone, JarUnsafe, NotAJar, TooLarge, Unusable
from rheostat.local import artifact
from rheostat.local.artifact import LocalArtifacts, copy_artifact
from tests.jars import digest_of, make_jar

JAR = make_jar()


@pytest.fixture
def kept(tmp_path):
    return LocalArtifacts(tmp_path / "artifacts")


async def chunks(data, size=7):
    for at in range(0, len(data), size):
        yield data[at : at + size]
    yield b""


def files(kept):
    return sorted(each.name for each in kept.folder.iterdir())


async def test_jar_is_kept_under_its_digest(kept):
    got = await kept.receive(chunks(JAR))
    digest = digest_of(JAR)
    assert (got.digest, got.size_bytes, got.main) == (digest, len(JAR), "demo.Main")
    assert files(kept) == [f"{digest}.jar"]
    assert (kept.folder / f"{digest}.jar").read_bytes() == JAR


async def test_same_jar_twice_is_one_and_mends_a_damaged_file(kept):
    first = await kept.receive(chunks(JAR))
    (kept.folder / f"{first.digest}.jar").write_bytes(b"torn")
    assert await kept.receive(chunks(JAR, 1000)) == first
    assert (kept.folder / f"{first.digest}.jar").read_bytes() == JAR


async def test_blocks_are_joined_in_order(kept, monkeypatch):
    monkeypatch.setattr(artifact, "_BLOCK_BYTES", 50)
    assert (await kept.receive(chunks(JAR, 33))).digest == digest_of(JAR)


@pytest.mark.parametrize(
    ("data", "error"), [(b"no JAR", NotAJar), (make_jar({"../x": b""}), JarUnsafe)]
)
async def test_refused_upload_leaves_nothing(kept, data, error):
    with pytest.raises(error):
        await kept.receive(chunks(data))
    assert files(kept) == []


async def test_too_large_upload_is_refused_on_the_way(kept, monkeypatch):
    monkeypatch.setattr(artifact, "LIMIT_BYTES", 3 * 1024**2)
    taken = 0

    async def endless():
        nonlocal taken
        while True:
            taken += 1
            yield b"\0" * 1024**2

    with pytest.raises(TooLarge, match="more than 3 MiB"):
        await kept.receive(endless())
    assert taken == 4
    assert files(kept) == []


FULL = """
import asyncio, pathlib, resource, signal, sys
from rheostat.errors import Unusable
from rheostat.local.artifact import LocalArtifacts
from tests.jars import make_jar

async def chunks():
    yield make_jar()

kept = LocalArtifacts(pathlib.Path(sys.argv[1]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    asyncio.run(kept.receive(chunks()))
except Unusable as err:
    print(err.message, err.hint, sep="|", end="")
"""


def test_disk_without_room_is_told_and_nothing_is_left(tmp_path):
    assert len(JAR) > 100
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout == (
        "the JAR cannot be kept: File too large"
        "|make room where the server's data directory is, then upload it again"
    )
    assert list(tmp_path.iterdir()) == []


async def test_disk_that_fails_at_the_close_leaves_nothing(kept, monkeypatch):
    class Failing(FileIO):
        @override
        def write(self, block):
            raise OSError(5, "Input/output error")

        @override
        def close(self):
            super().close()
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(artifact, "FileIO", Failing)
    with pytest.raises(Unusable, match="cannot be kept: Input/output error") as caught:
        await kept.receive(chunks(JAR))
    assert caught.value.hint == "see to that disk, then upload it again"
    assert files(kept) == []


async def test_upload_that_breaks_off_leaves_nothing(kept):
    async def breaking():
        yield JAR[:50]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await kept.receive(breaking())
    assert files(kept) == []


async def test_upload_that_is_cancelled_leaves_nothing(kept):
    waiting = asyncio.Event()

    async def hanging():
        yield JAR[:50]
        waiting.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(kept.receive(hanging()))
    await waiting.wait()
    assert len(files(kept)) == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert files(kept) == []


async def test_next_server_removes_what_a_killed_one_was_receiving(kept):
    await kept.receive(chunks(JAR))
    (kept.folder / ".upload-x").write_bytes(b"half")
    LocalArtifacts(kept.folder)
    assert files(kept) == [f"{digest_of(JAR)}.jar"]


async def test_copy_is_proven(kept, tmp_path):
    digest = (await kept.receive(chunks(JAR))).digest
    target = tmp_path / "job.jar"
    copy_artifact(kept.folder, digest, "orders.jar", target)
    assert target.read_bytes() == JAR
    target.write_bytes(b"what a job may write does not reach the artifact")
    assert (kept.folder / f"{digest}.jar").read_bytes() == JAR


async def test_jar_that_is_gone_or_changed_is_told(kept, tmp_path):
    digest = (await kept.receive(chunks(JAR))).digest
    target = tmp_path / "job.jar"
    (kept.folder / f"{digest}.jar").write_bytes(JAR + b"x")
    with pytest.raises(ArtifactGone, match=r"orders\.jar was changed on disk"):
        copy_artifact(kept.folder, digest, "orders.jar", target)
    assert not target.exists()
    (kept.folder / f"{digest}.jar").unlink()
    with pytest.raises(ArtifactGone, match=r"orders\.jar is not in the artifacts any more"):
        copy_artifact(kept.folder, digest, "orders.jar", target)
