"""What the running job uses against what we configured: code may override configuration. Pure.

Called by `live` for the health of a running job. Only keys that Flink tells of can be compared.
"""

import datetime as dt

from rheostat.core.conf import parse_duration
from rheostat.core.recorded import Recorded
from rheostat.model.observation import Inspected
from rheostat.model.phase import Reason

INTERVAL = "execution.checkpointing.interval"
PARALLELISM = "parallelism.default"
FIXED = {
    "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
    "state.changelog.enabled": "false",
    "execution.checkpointing.storage": "filesystem",
}
"""Reserved keys whose effect Flink tells, with what we set (`core/reserved.py` has the reasons)."""


def find_overrides(inspected: Inspected | None, recorded: Recorded) -> list[Reason]:
    """One reason for each key that the job's code, or a SET of its script, has changed.

    What is ours by default and not reserved may be changed freely; only checkpoints may not be turned off
    unseen, because all that follows a loss rests on them.
    """
    if inspected is None:
        return []
    found, used = [], inspected.settings
    ours, theirs = recorded.checkpoint_interval, actual_interval(inspected)
    is_off = theirs is None and ours is not None
    if INTERVAL in used and theirs != ours and (recorded.is_interval_chosen or is_off):
        found.append(_override(INTERVAL, _say(ours), _say(theirs)))
    if theirs is not None:
        found += [
            _override(key, fixed, used[key])
            for key, fixed in FIXED.items()
            if key in used and used[key] != fixed
        ]
    wanted = recorded.parallelism
    if wanted is not None and PARALLELISM in used and used[PARALLELISM] != str(wanted):
        found.append(_override(PARALLELISM, str(wanted), used[PARALLELISM]))
    return found


def actual_interval(inspected: Inspected) -> dt.timedelta | None:
    """How often the running job takes checkpoints; None if it takes none, or Flink does not say."""
    found = parse_duration(inspected.settings.get(INTERVAL, ""))
    return found if found is not None and found > dt.timedelta() else None


def _override(key: str, ours: str, theirs: str) -> Reason:
    return Reason("code_overrides", {"key": key, "ours": ours, "theirs": theirs})


def _say(interval: dt.timedelta | None) -> str:
    return "none" if interval is None else f"{interval.total_seconds():g} s"
