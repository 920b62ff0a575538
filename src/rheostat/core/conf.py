"""Read the few Flink configuration values on which Rheostat's own decisions depend."""

import datetime as dt
import re
from collections.abc import Mapping

from rheostat.model.job import Mode

DEFAULT_CHECKPOINT_INTERVAL = dt.timedelta(seconds=10)
"""What a local streaming job gets unless it says otherwise."""
INTERVAL_KEY = "execution.checkpointing.interval"

_DURATION = re.compile(r"\s*(\d+)\s*([a-zµ]*)\s*", re.IGNORECASE)
_UNITS_MS: dict[str, float] = {
    "": 1,
    **dict.fromkeys(("ms", "milli", "millis", "millisecond", "milliseconds"), 1),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1_000),
    **dict.fromkeys(("min", "m", "minute", "minutes"), 60_000),
    **dict.fromkeys(("h", "hour", "hours"), 3_600_000),
    **dict.fromkeys(("d", "day", "days"), 86_400_000),
    **dict.fromkeys(("us", "µs", "micro", "micros", "microsecond", "microseconds"), 0.001),
    **dict.fromkeys(("ns", "nano", "nanos", "nanosecond", "nanoseconds"), 0.000_001),
}


def parse_duration(text: str) -> dt.timedelta | None:
    """Read a duration as Flink's `TimeUtils` does, ISO 8601 left out; None if it is none."""
    match = _DURATION.fullmatch(text)
    unit = _UNITS_MS.get(match[2].lower()) if match else None
    if match is None or unit is None or len(match[1]) > 15:
        return None
    return dt.timedelta(milliseconds=int(match[1]) * unit)


def checkpoint_interval(mode: Mode, conf: Mapping[str, str]) -> dt.timedelta | None:
    """How often the job takes checkpoints; None if it takes none, or nobody can say."""
    if mode is Mode.BATCH:
        return None
    if INTERVAL_KEY not in conf:
        return DEFAULT_CHECKPOINT_INTERVAL
    found = parse_duration(conf[INTERVAL_KEY])
    return found if found is not None and found > dt.timedelta() else None
