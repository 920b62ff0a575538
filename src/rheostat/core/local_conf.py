"""The configuration of a local JobManager and its TaskManagers.

Called by `local`, which knows the folders and starts the processes. Pure: reads no file, no clock.
Nothing secret may enter a value made here; what the user set is passed on as it is. Numbers without
another source were tried on Flink 1.20.5 and 2.3.0.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from rheostat.core.reserved import find_reserved
from rheostat.errors import FieldProblem, Invalid

LISTENER_CLASS = "io.rheostat.agent.StatusListenerFactory"

_MIB = 1024 * 1024
_TM = "taskmanager.memory."
_JM = "jobmanager.memory."

LOG4J_PROPERTIES = """\
monitorInterval = 30
rootLogger.level = INFO
rootLogger.appenderRef.file.ref = File
appender.file.name = File
appender.file.type = RollingFile
appender.file.append = true
appender.file.fileName = ${sys:log.file}
appender.file.filePattern = ${sys:log.file}.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %-60c %x - %m%n
appender.file.policies.type = Policies
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 10MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 5
logger.pekko.name = org.apache.pekko
logger.pekko.level = INFO
logger.kafka.name = org.apache.kafka
logger.kafka.level = INFO
logger.hadoop.name = org.apache.hadoop
logger.hadoop.level = INFO
logger.netty.name = org.jboss.netty.channel.DefaultChannelPipeline
logger.netty.level = OFF
"""
"""Fifty megabytes of log per process at most, and the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalJob:
    """All that the configuration of one attempt depends on."""

    flink: str
    """Minor version, `2.3`."""
    flink_job_id: str
    job_name: str
    is_streaming: bool
    is_jar: bool = False
    user: Mapping[str, str]
    """What the user set; reserved keys in it are passed over."""
    restore_path: str | None
    allow_dropped: bool = False
    """State without an operator may be left behind."""
    checkpoint_dir: str
    savepoint_dir: str
    ports: Mapping[str, int]
    """`rest`, `rpc`, `blob`."""
    run_dir: PurePosixPath
    """Where the run folder will be once the permit is written."""


_SIZE = re.compile(r"\s*(\d+)\s*([a-zA-Z]*)\s*")
_UNITS = {
    **dict.fromkeys(("", "b", "bytes"), 1),
    **dict.fromkeys(("k", "kb", "kibibytes"), 1024),
    **dict.fromkeys(("m", "mb", "mebibytes"), _MIB),
    **dict.fromkeys(("g", "gb", "gibibytes"), 1024 * _MIB),
    **dict.fromkeys(("t", "tb", "tebibytes"), 1024 * 1024 * _MIB),
}


def parse_memory(text: str, key: str = "") -> int:
    """Read a size as Flink's `MemorySize` does; the result is in bytes. Raises `Invalid`."""
    match = _SIZE.fullmatch(text)
    unit = _UNITS.get(match[2].lower()) if match else None
    if match is None or unit is None:
        raise _invalid(key, f"{text!r} is not a memory size such as 64m or 1 gb.")
    return int(match[1]) * unit


def count_taskmanagers(conf: Mapping[str, str]) -> int:
    """How many TaskManagers give every subtask of the default parallelism, or of SQL's own, a slot."""
    parallelism = _parse_count(conf, "parallelism.default")
    of_tables = conf.get("table.exec.resource.default-parallelism", "").strip()
    if of_tables.isascii() and of_tables.isdigit() and int(of_tables) > parallelism:
        parallelism = _parse_count(conf, "table.exec.resource.default-parallelism")
    return -(-parallelism // _parse_count(conf, "taskmanager.numberOfTaskSlots"))


def render_conf(job: LocalJob) -> dict[str, str]:
    """Join defaults, what the user set, and what is ours alone, in rising order of power."""
    user = {k: v for k, v in job.user.items() if find_reserved(k, v) is None}
    conf = _render_defaults(job, user) | user
    conf |= _render_memory(conf, user, job)
    conf |= _render_network(job) | _render_reserved(job)
    count_taskmanagers(conf)
    return dict(sorted(conf.items()))


def render_yaml(conf: Mapping[str, str]) -> str:
    """Render flat keys as YAML that both of Flink's parsers read, one key a line."""
    return "".join(f"{_render_key(key)}: {_quote(value)}\n" for key, value in conf.items())


def parse_yaml(text: str) -> dict[str, str]:
    """Read what `render_yaml` made; nothing else."""
    pairs = (re.fullmatch(r'("(?:[^"\\]|\\.)*"|[^:]+): (".*")', line) for line in text.split("\n"))
    found = (match for match in pairs if match is not None)
    return {(json.loads(m[1]) if m[1].startswith('"') else m[1]): json.loads(m[2]) for m in found}


# The list of Flink's `GlobalConfiguration.SENSITIVE_KEYS` (2.3.0), with shorter forms of its words.
_SENSITIVE = re.compile(
    r"passw|secret|account\.key|api[.-]?key|access[.-]key|service-key|auth-params|token|basic-auth"
    r"|jaas\.config|http-headers|credential"
)


def hide_secrets(conf: Mapping[str, str]) -> dict[str, str]:
    """Blank the value of every key that is known to hold a secret, for copies that are kept."""
    return {k: "******" if _SENSITIVE.search(k.lower()) else v for k, v in conf.items()}


# Older names under which a user may have set what we have a default for.
_ALIASES = {
    "execution.checkpointing.num-retained": ("state.checkpoints.num-retained",),
    "restart-strategy.type": ("restart-strategy",),
}


def _render_defaults(job: LocalJob, user: Mapping[str, str]) -> dict[str, str]:
    slots = user.get("parallelism.default", "1")
    conf = {
        "parallelism.default": "1",
        "taskmanager.numberOfTaskSlots": slots,
        "pipeline.name": job.job_name,
        "heartbeat.interval": "2s",
        "heartbeat.timeout": "12s",
        # A TaskManager that lost its JobManager and cannot come back ends; Flink's 5 min are long to wait.
        "taskmanager.registration.timeout": "2 min",
        # A TaskManager that is up before its JobManager would try again only after 10 s.
        "cluster.registration.error-delay": "500",
        # Flink's 10 s would make every shown rate ten seconds old.
        "metrics.fetcher.update-interval": "2000",
        "web.submit.enable": "false",
        "jobmanager.retrieve-taskmanager-hostname": "false",
        "execution.checkpointing.num-retained": "3",
    }
    if job.is_streaming:
        conf["execution.checkpointing.interval"] = "10s"
    interval = user.get("execution.checkpointing.interval", "10s")
    if job.is_streaming and re.search("[1-9]", interval):
        conf["restart-strategy.type"] = "exponential-delay"
        conf["restart-strategy.exponential-delay.initial-backoff"] = "500ms"
    else:
        # Flink's default without checkpoints is never to restart.
        conf["restart-strategy.type"] = "fixed-delay"
        conf["restart-strategy.fixed-delay.attempts"] = "3"
        conf["restart-strategy.fixed-delay.delay"] = "1s"
    if any(key.startswith("restart-strategy") for key in user):
        conf = {k: v for k, v in conf.items() if not k.startswith("restart-strategy")}
    return {k: v for k, v in conf.items() if not any(a in user for a in _ALIASES.get(k, ()))}


def _render_network(job: LocalJob) -> dict[str, str]:
    host = "127.0.0.1"
    return {
        "jobmanager.rpc.address": host,
        "jobmanager.bind-host": host,
        "rest.address": host,
        "rest.bind-address": host,
        "taskmanager.host": host,
        "taskmanager.bind-host": host,
        "rest.port": str(job.ports["rest"]),
        "rest.bind-port": str(job.ports["rest"]),
        "jobmanager.rpc.port": str(job.ports["rpc"]),
        "blob.server.port": str(job.ports["blob"]),
        "taskmanager.rpc.port": "0",
        "taskmanager.data.port": "0",
    }


def _render_reserved(job: LocalJob) -> dict[str, str]:
    results = _file_uri(job.run_dir / "job-results")
    conf = {
        "execution.target": "embedded",
        "execution.runtime-mode": "STREAMING" if job.is_streaming else "BATCH",
        "execution.shutdown-on-application-finish": "false",
        "execution.checkpointing.dir": job.checkpoint_dir,
        "execution.checkpointing.savepoint-dir": job.savepoint_dir,
        "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
        "job-result-store.storage-path": results,
        "job-result-store.delete-on-commit": "false",
        "io.tmp.dirs": str(job.run_dir / "tmp"),
        "process.working-dir": str(job.run_dir / "tmp"),
        "web.tmpdir": str(job.run_dir / "tmp"),
    }
    if not job.flink.startswith("1."):  # the listener interface came with 2.0
        conf["execution.job-status-changed-listeners"] = LISTENER_CLASS
    if job.restore_path is not None:
        conf["execution.state-recovery.path"] = job.restore_path
        conf["execution.state-recovery.claim-mode"] = "NO_CLAIM"
    return conf


_FLINK_MEMORY = (
    "framework.heap.size",
    "framework.off-heap.size",
    "task.off-heap.size",
    "network.max",
    "managed.size",
)


def _render_memory(
    conf: Mapping[str, str], user: Mapping[str, str], job: LocalJob
) -> dict[str, str]:
    """Fill in every size that the processes need; Flink derives none when started directly.

    What the user set stays. With a total (`process.size`, or `flink.size`) the other parts keep our
    defaults, managed memory takes 40 % and network 10 % (64 MiB to 1 GiB) as in Flink, and the task
    heap (on the JobManager: the heap) is what is left.
    """
    slots = _parse_count(conf, "taskmanager.numberOfTaskSlots")
    size = {k: parse_memory(v, k) for k, v in user.items() if _is_size(k)}
    total = _parse_total(size, _TM, size.get(f"{_TM}jvm-metaspace.size", 192 * _MIB) + 64 * _MIB)
    # A batch shuffle asks for more buffers: 32 MiB failed some jobs, one needed 128 MiB.
    per_slot, network = (16, 48) if job.is_streaming else (32, 96)
    wanted_network = size.get(f"{_TM}network.max", size.get(f"{_TM}network.min"))
    defaults = {
        "framework.heap.size": 64 * _MIB,
        "framework.off-heap.size": 64 * _MIB,
        # Flink's 64 MiB would take all of the off-heap memory above, and batch jobs would fail.
        "framework.off-heap.batch-shuffle.size": 16 * _MIB,
        "task.heap.size": 128 * slots * _MIB,
        "task.off-heap.size": 0,
        "managed.size": (64 if job.is_streaming else 128) * slots * _MIB,
        "jvm-metaspace.size": 192 * _MIB,
        "jvm-overhead.min": 64 * _MIB,
        "jvm-overhead.max": 64 * _MIB,
    }
    network_size = (network + per_slot * slots) * _MIB
    if total is not None:
        defaults["managed.size"] = total * 2 // 5
        network_size = min(max(total // 10, 64 * _MIB), 1024 * _MIB)
    network_size = wanted_network if wanted_network is not None else network_size
    parts = {k: size.get(_TM + k, v) for k, v in defaults.items()}
    parts["network.min"] = parts["network.max"] = network_size
    if total is not None and f"{_TM}task.heap.size" not in size:
        others = sum(parts[k] for k in _FLINK_MEMORY)
        parts["task.heap.size"] = _left(total - others, f"{_TM}task.heap.size")
    return {
        "taskmanager.cpu.cores": user.get("taskmanager.cpu.cores", f"{slots}.0"),
        **{_TM + k: f"{v}b" for k, v in parts.items()},
        **_render_jobmanager_memory(size),
    }


def _render_jobmanager_memory(size: Mapping[str, int]) -> dict[str, str]:
    metaspace = size.get(f"{_JM}jvm-metaspace.size", 256 * _MIB)
    off_heap = size.get(f"{_JM}off-heap.size", 128 * _MIB)
    total = _parse_total(size, _JM, metaspace + 192 * _MIB)
    heap = 256 * _MIB if total is None else total - off_heap
    heap = size.get(f"{_JM}heap.size", heap)
    return {
        f"{_JM}heap.size": f"{_left(heap, f'{_JM}heap.size')}b",
        f"{_JM}jvm-metaspace.size": f"{metaspace}b",
    }


def _parse_total(size: Mapping[str, int], prefix: str, beside: int) -> int | None:
    """What Flink calls total Flink memory; `beside` is what the JVM takes for itself."""
    if f"{prefix}flink.size" in size:
        return size[f"{prefix}flink.size"]
    process = size.get(f"{prefix}process.size")
    return None if process is None else process - beside


def _left(rest: int, key: str) -> int:
    if rest < 32 * _MIB:
        raise _invalid(key, f"The memory settings leave {max(rest, 0) // _MIB} MiB; 32 are needed.")
    return rest


def _is_size(key: str) -> bool:
    is_part = key.endswith((".size", ".min", ".max"))
    return is_part and key.startswith((_TM, _JM)) and key != f"{_TM}min-segment-size"


def _parse_count(conf: Mapping[str, str], key: str) -> int:
    text = conf[key].strip()
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 1024):
        raise _invalid(key, f"{key} must be a whole number from 1 to 1024.")
    return int(text)


def _invalid(key: str, message: str) -> Invalid:
    return Invalid(message, problems=(FieldProblem(f"flink_configuration.{key}", message),))


def _file_uri(path: PurePosixPath) -> str:
    return path.as_uri()


def _render_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]*", key) else _quote(key)


# YAML takes JSON's strings, but neither raw C1 controls nor line separators within them.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def _quote(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)
