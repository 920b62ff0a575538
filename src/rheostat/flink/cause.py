"""A Java stack trace in a few lines, the root cause first. Pure."""

LIMIT_CHARS = 2000
_CAUSED_BY = "Caused by: "


def parse_cause(trace: str) -> str | None:
    """One line per exception of the chain, the root cause first; None for an empty trace.

    A wrapper that only repeats its cause is left out.
    """
    chain: list[str] = []
    for number, raw in enumerate(trace.splitlines()):
        line = raw.rstrip()
        if number == 0:
            chain.append(line)
        elif line.startswith(_CAUSED_BY):
            chain.append(line.removeprefix(_CAUSED_BY))
    told: list[str] = []
    for line in reversed(chain):
        if line and not (told and line.endswith(told[-1])):
            told.append(line)
    return "\n".join(told)[:LIMIT_CHARS] or None
