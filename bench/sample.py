"""What is kept of a series of measurements."""

import statistics
from collections.abc import Sequence

Numbers = dict[str, float | int]


def summarise(values: Sequence[float], digits: int = 1) -> Numbers:
    """Median, 95th percentile (nearest rank), smallest, largest, and how many."""
    ranked = sorted(values)
    rank = max(0, -(-len(ranked) * 95 // 100) - 1)
    return {
        "median": round(statistics.median(ranked), digits),
        "p95": round(ranked[rank], digits),
        "min": round(ranked[0], digits),
        "max": round(ranked[-1], digits),
        "n": len(ranked),
    }
