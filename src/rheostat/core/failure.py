"""What went wrong, from the words of an agent or of Flink: the root cause first. Pure.

Java says the outermost exception first and the root last, behind `Caused by:`; our agent says the root
first and then who wrapped it. Both come out alike here.
"""

from dataclasses import dataclass

CAUSED_BY = "Caused by: "
WRAPPED_BY = "wrapped by "
STACK_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Cause:
    """One failure in words."""

    root: str
    """Class and message of the innermost cause, in one line."""
    chain: str
    """The root, then each that wrapped it, a line each."""
    stack: str | None
    """The whole trace; None when there are no frames in it."""


def read_cause(text: str) -> Cause | None:
    """Read a trace; None for an empty one."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    if not lines or not lines[0]:
        return None
    heads = _heads(lines)
    if any(line.startswith(CAUSED_BY) for line in lines):
        heads.reverse()
    chain: list[str] = []
    for head in heads:
        if head and not (chain and head.endswith(chain[-1])):  # wrappers like to repeat
            chain.append(head)
    has_frames = any(line.lstrip().startswith("at ") for line in lines)
    stack = "\n".join(lines)[:STACK_LIMIT] if has_frames else None
    return Cause(root=chain[0].splitlines()[0], chain="\n".join(chain), stack=stack)


def _heads(lines: list[str]) -> list[str]:
    """Each exception of the chain with its message, which may have several lines."""
    heads: list[str] = []
    is_message = False
    for number, line in enumerate(lines):
        word = next((each for each in (CAUSED_BY, WRAPPED_BY) if line.startswith(each)), "")
        if number == 0 or word:
            heads.append(line.removeprefix(word))
            is_message = True
        elif line.lstrip().startswith(("at ", "... ", "Suppressed: ")):
            is_message = False
        elif is_message and line:
            heads[-1] += f"\n{line}"
    return heads
