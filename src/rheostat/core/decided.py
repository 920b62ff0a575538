"""What a plan has decided, the hash that names it, and what has become another since. Pure.

The hash has a part for each thing that was decided, and what a decision can have been is few: the job's
runs, versions and snapshots. So a plan that is another one now can say what has changed, and nothing
about a plan that was shown needs to be kept.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Literal, get_args

from rheostat.model.run import SavepointFormat
from rheostat.model.snapshot import RestorePoint

ActionWord = Literal["start", "stop", "cancel", "savepoint", "restart", "delete"]
PART_CHARS = 8
"""Of each part's hash: 32 bits are plenty, as nobody gains by finding another decision of one hash."""
OF_STOP, NEWEST_THEN, EMPTY = "stop", "newest", "empty"
"""Restore points that are found only when the run has ended, and the one that is none."""
FORMATS = [each.value for each in SavepointFormat]
OPTIONS = [
    " ".join(filter(None, words))
    for words in product(["", *FORMATS], ["", "drain"], ["", "allow_dropped"])
]
"""Every text that options of a decision can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a plan's hash covers: each part as a text that is equal when the decision is."""

    action: ActionWord
    run: str = ""
    """Id of the live run that it is about."""
    version: str = ""
    """Digest of what will run."""
    restore: str = ""
    """What that starts from, as `restore_token` says it, or how it will be found."""
    options: str = ""

    def parts(self) -> list[str]:
        """In the order of the hash."""
        return [self.action, self.run, self.version, self.restore, self.options]

    def hash(self) -> str:
        """Names the decision; facts that pass by (ages, sizes) are no part of it."""
        return "".join(map(hash_part, self.parts()))


def hash_part(text: str) -> str:
    """One part of a plan's hash."""
    return hashlib.sha256(text.encode()).hexdigest()[:PART_CHARS]


def restore_token(point: RestorePoint) -> str:
    """A restore point as a part of a decision."""
    return f"{point.kind.value} {point.path or ''}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What decisions about a job can have been."""

    runs: Mapping[str, tuple[int, str, bool]] = field(default_factory=dict)
    """By id: number, phase, and whether it has ended."""
    versions: Mapping[str, int] = field(default_factory=dict)
    """Numbers by digest."""
    restores: frozenset[str] = frozenset()
    """Tokens of its snapshots."""


def tell_changes(wanted: str, decided: Decided | None, known: Known) -> list[str]:
    """What differs between a plan that was shown and what would be done now, a sentence each.

    Args:
        wanted: the hash of the plan that was shown.
        decided: what would be done; None = nothing can be.
        known: what the job has.
    """
    places = range(0, len(wanted), PART_CHARS)
    old = [wanted[at : at + PART_CHARS] for at in places]
    if len(wanted) != PART_CHARS * len(Decided(action="start").parts()):
        return ["this is not the hash of a plan"]
    if decided is None:
        return list(_tell_run(old[1], "", known))
    new = decided.parts()
    if old[0] != hash_part(new[0]):
        before = _find(old[0], get_args(ActionWord)) or "something else"
        return [f"that was the plan of a {before}, and this is a {new[0]}"]
    told = list(_tell_run(old[1], new[1], known))
    if old[2] != hash_part(new[2]):
        digest = _find(old[2], known.versions)
        told.append(
            f"it would be version {known.versions.get(new[2], '?')}"
            + ("" if digest is None else f", not version {known.versions[digest]}")
        )
    if old[3] != hash_part(new[3]):
        found = _find(old[3], [*known.restores, OF_STOP, NEWEST_THEN, EMPTY])
        told.append(f"the restore point would be {_differ(new[3], found)}")
    if old[4] != hash_part(new[4]):
        found = _find(old[4], OPTIONS)
        was = "" if found is None else f", not {found or 'the default ones'}"
        told.append(f"the options would be {new[4] or 'the default ones'}{was}")
    return told


def _tell_run(old: str, new: str, known: Known) -> Iterator[str]:
    """What became of the run that the plan was about, and which one came after it."""
    if old == hash_part(new):
        return
    before = _find(old, known.runs)
    if before is not None:
        number, phase, is_ended = known.runs[before]
        if is_ended:
            yield f"run {number} has ended: it is {phase}"
    elif old != hash_part(""):
        yield "it was about another job"
        return
    if new in known.runs:
        number, phase, _ = known.runs[new]
        yield f"run {number} has come since: it is {phase}"


def _differ(new: str, old: str | None) -> str:
    """Two restore points, told apart by their last names where these differ."""
    now, was = _name(new), None if old is None else _name(old)
    if was is None:
        return now
    return f"{new}, not {old}" if now == was else f"{now}, not {was}"


def _name(token: str) -> str:
    match token:
        case "":
            return "none"
        case "empty":
            return "none (without state)"
        case "stop":
            return "the savepoint of its own stop"
        case "newest":
            return "the newest snapshot proven by then"
        case _:
            return token.rsplit("/", 1)[-1]


def _find(old: str, texts: Iterable[str]) -> str | None:
    """The text of which `old` is the hash."""
    return next((each for each in texts if hash_part(each) == old), None)
