"""The wheel in an environment of its own: no source tree, no Java, Maven, Node or make; only `[local]`.

Flink and Java come from the packages of that extra. The home is empty, and PATH holds nothing but the
environment's own programs.
"""

import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.running_server import FAST, STREAM_SQL, RunningServer, check_invariants
from tools.uv_settings import load_settings

pytestmark = pytest.mark.flink

ROOT = Path(__file__).parents[2]
UV = str(Path(sys.executable).with_name("uv"))
BATCH_SQL = """\
CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '100');
CREATE TABLE sums (s BIGINT) WITH ('connector' = 'filesystem', 'path' = '{path}', 'format' = 'csv');
INSERT INTO sums SELECT COUNT(n) FROM numbers;
"""


def run(*command: str, environment: dict[str, str], cwd: Path, timeout_s: float = 120) -> str:
    done = subprocess.run(
        command, env=environment, cwd=cwd, capture_output=True, text=True, timeout=timeout_s
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


class Installed:
    """The installed wheel, and the environment that its programs see."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "venv/bin"
        self.home = folder / "home"
        self.home.mkdir()
        self.environment = {"HOME": str(self.home), "PATH": str(self.bin), "LANG": "C.UTF-8"}

    def install(self) -> None:
        uv = {**os.environ, **load_settings(), "UV_PYTHON_DOWNLOADS": "never"}
        uv.pop("VIRTUAL_ENV", None)
        build = ("build", "--wheel", "--no-build-isolation", "--python", sys.executable)
        run(UV, *build, "-o", str(self.folder / "dist"), environment=uv, cwd=ROOT)
        (wheel,) = (self.folder / "dist").glob("*.whl")
        base = str(Path(sys.base_prefix, "bin/python3"))
        run(UV, "venv", "-q", "-p", base, "venv", environment=uv, cwd=self.folder)
        into = ("-q", "--python", str(self.bin / "python"), "--compile-bytecode")
        packages = f"rheostat[local] @ {wheel.as_uri()}"
        run(UV, "pip", "install", *into, packages, environment=uv, cwd=self.folder, timeout_s=280)

    def rheostat(self, *words: str, timeout_s: float = 120, **more: str) -> str:
        program = str(self.bin / "rheostat")
        environment = self.environment | more
        return run(program, *words, environment=environment, cwd=self.folder, timeout_s=timeout_s)

    def python(self, code: str) -> str:
        command = (str(self.bin / "python"), "-c", code)
        return run(*command, environment=self.environment, cwd=self.folder).strip()


@pytest.mark.timeout(600)
async def test_a_job_runs_from_the_wheel_alone(tmp_path):
    installed = Installed(tmp_path)
    installed.install()
    _check_that_it_stands_alone(installed)

    said = installed.rheostat("engine", "install", "2.3", timeout_s=280)
    assert "as pip has installed it" in said
    assert "class archives made" in said
    engine = installed.home / ".local/share/rheostat/engines/2.3"
    _check_that_flink_is_linked(installed, engine)

    server = RunningServer(
        tmp_path,
        program=str(installed.bin / "rheostat"),
        environment=installed.environment | {"RHEOSTAT_ENGINES": str(engine.parent)},
    )
    server.start()
    try:
        with urllib.request.urlopen(f"{server.url}/", timeout=10) as page:
            assert b"<div id=" in page.read()
        _run_a_batch_job(installed, server)
        _run_a_streaming_job(installed, server)
        await check_invariants(server)
    finally:
        server.stop()


def _check_that_it_stands_alone(installed):
    assert installed.rheostat("--version").startswith("rheostat")
    assert "engine" in installed.rheostat("--help")
    assert installed.python("import rheostat; print(rheostat.__file__)").startswith(
        str(installed.folder)
    )
    assert installed.python("import sys; print(sys.path)").find(str(ROOT)) == -1
    programs = ["java", "mvn", "node", "make", "git", "uv", "pip"]
    code = f"import shutil; print([p for p in {programs} if shutil.which(p)])"
    assert installed.python(code) == "[]"


def _check_that_flink_is_linked(installed, engine):
    (dist,) = (engine / "lib").glob("flink-dist-*.jar")
    (source,) = (installed.folder / "venv").glob(f"lib/*/site-packages/pyflink/lib/{dist.name}")
    same_device = source.stat().st_dev == engine.stat().st_dev
    assert dist.samefile(source) or not same_device


def _client(installed, server, *words):
    token = str(server.data / "admin-token")
    return installed.rheostat(
        *words, RHEOSTAT_URL=server.url, RHEOSTAT_TOKEN_FILE=token, RHEOSTAT_PROJECT="shop"
    )


def _publish(installed, server, name, sql, *more):
    script = installed.folder / f"{name}.sql"
    script.write_text(sql)
    settings = [word for key, value in FAST.items() for word in ("--set", f"{key}={value}")]
    _client(installed, server, "job", "create", name, "--sql", str(script), *more, *settings)
    _client(installed, server, "job", "publish", name)


def _run_a_batch_job(installed, server):
    _client(installed, server, "project", "create", "shop")
    out = installed.folder / "sums"
    _publish(installed, server, "sums", BATCH_SQL.format(path=out.as_uri()), "--mode", "batch")
    _client(installed, server, "job", "start", "sums", "--yes")
    assert server.wait_phase("finished", "failed", name="sums", timeout_s=120).phase == "finished"
    written = [file.read_text() for file in out.rglob("*") if file.is_file()]
    assert "".join(written).strip() == "100"


def _run_a_streaming_job(installed, server):
    _publish(installed, server, "orders", STREAM_SQL)
    _client(installed, server, "job", "start", "orders", "--yes")
    server.wait_phase("running", timeout_s=120)
    java = (installed.folder / "venv").resolve()
    pids = server.java_processes()
    assert len(pids) == 2
    for pid in pids:
        program = os.readlink(f"/proc/{pid}/exe")
        assert program.startswith(str(java)), program
    server.wait_checkpoint()
    _client(installed, server, "job", "stop", "orders", "--yes", "--wait", "--timeout", "90")
    assert server.run().phase == "stopped"
    assert "savepoint" in _client(installed, server, "snapshot", "list", "orders")
    assert server.java_processes() == []
