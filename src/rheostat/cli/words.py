"""Numbers and instants as people say them. Pure, and without imports that cost."""

import datetime as dt

_SIZES = ("KiB", "MiB", "GiB", "TiB", "PiB")
_CONTROL = {
    code: "\ufffd" for code in (*range(32), 127, *range(128, 160)) if chr(code) not in "\n\t"
}


def plain(text: str) -> str:
    """Replace control characters: what a job writes must not drive the reader's terminal."""
    return text.replace("\r\n", "\n").translate(_CONTROL)


def render_duration(seconds: float) -> str:
    """Say a duration with two or three digits that matter: `0.4 s`, `12 s`, `3 min 20 s`, `2 d 4 h`."""
    if seconds < 0:
        return f"-{render_duration(-seconds)}"
    if seconds < 0.0005:
        return "0 s"
    if seconds < 0.1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for size, word, lesser, lesser_word in (
        (86400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // lesser
            head = f"{whole // size} {word}"
            return f"{head} {rest} {lesser_word}" if rest else head
    return f"{whole} s"


def render_age(seconds: float | None) -> str:
    """Say how long ago, in one unit, never younger than the truth allows; None: `never`."""
    if seconds is None:
        return "never"
    if seconds < 1:
        return "just now"
    for size, word in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        if seconds >= size:
            return f"{int(seconds // size)} {word} ago"
    raise AssertionError("seconds >= 1 has matched")


def render_since(instant: dt.datetime | None, now: dt.datetime) -> str:
    """Say how long ago an instant was; one in the future (another clock) is `just now`."""
    return render_age(None if instant is None else max((now - instant).total_seconds(), 0.0))


def render_size(size_bytes: int | None) -> str:
    """Say a size in binary units; None: `unknown`."""
    if size_bytes is None:
        return "unknown"
    if size_bytes < 1024:
        return f"{size_bytes} B"
    power = 1
    while size_bytes / 1024**power >= 1023.95 and power < len(_SIZES):
        power += 1
    return f"{size_bytes / 1024**power:.1f} {_SIZES[power - 1]}"
