"""Read the evidence table: `tests/evidence/matrix.txt`, written by hand."""

from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "evidence" / "matrix.txt"
TROUBLES = {
    "stop JobManager": "SIGSTOP to its process; over by SIGCONT",
    "kill JobManager": "SIGKILL to its process",
    "stop TaskManager": "SIGSTOP to its process; over by SIGCONT",
    "kill TaskManager": "SIGKILL to its process",
    "REST hangs": "a proxy before the JobManager's REST takes connections and never answers",
    "REST cut": "the proxy closes every connection",
    "REST answers HTML": "the proxy answers 200 with a page",
    "REST answers nothing": "the proxy answers 200 with an empty body",
    "REST answers 500": "the proxy answers 500",
    "REST of another cluster": "the proxy answers as a JobManager that has no job",
    "push cut": "the endpoint that agents read names a port on which every connection is closed",
    "server killed": "SIGKILL to our server; another one starts five seconds later",
}
WITHIN = ("running", "starting", "restarting", "stop", "cancel", "savepoint")
HEALTH = ("healthy", "degraded", "unknown", "*")
REACHABLE = ("yes", "no", "*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table."""

    troubles: tuple[str, ...]
    within: str
    after_s: int
    phase: str
    attempt: int
    health: str
    reasons: tuple[str, ...]
    reachable: dict[str, str]
    """By source: `yes`, `no` or `*`."""
    end_phase: str
    end_attempt: int
    is_real: bool

    @property
    def name(self) -> str:
        """For test ids."""
        return f"{self.within}: {' + '.join(self.troubles)}, {self.after_s} s"


def read_rows() -> list[Row]:
    """Every row, in the order of the file; a word that is not known fails."""
    lines = [line for line in FILE.read_text().splitlines() if line and not line.startswith("#")]
    return [_read(line) for line in lines[1:]]


def _read(line: str) -> Row:
    cells = [cell.strip() for cell in line.split("|")]
    trouble, within, after, phase, health, pushed, asked, watched, end, real = cells
    word, _, codes = health.partition(":")
    row = Row(
        troubles=tuple(each.strip() for each in trouble.split("+")),
        within=within,
        after_s=int(after),
        phase=phase.split("/")[0],
        attempt=int(phase.split("/")[1]),
        health=word,
        reasons=tuple(codes.split()),
        reachable={"pushed": pushed, "asked": asked, "watched": watched},
        end_phase=end.split("/")[0],
        end_attempt=int(end.split("/")[1]),
        is_real={"yes": True, "": False}[real],
    )
    assert set(row.troubles) <= TROUBLES.keys(), row
    assert row.within in WITHIN, row
    assert row.health in HEALTH, row
    assert set(row.reachable.values()) <= set(REACHABLE), row
    return row
