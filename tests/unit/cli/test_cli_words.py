"""Numbers as people say them."""

import datetime as dt

import pytest

from rheostat.cli.words import plain, render_age, render_duration, render_since, render_size


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (0.0004, "0 s"),
        (0.012, "12 ms"),
        (0.0996, "100 ms"),
        (0.44, "0.4 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (61, "1 min 1 s"),
        (3599.9, "1 h"),
        (3660, "1 h 1 min"),
        (86400, "1 d"),
        (187200, "2 d 4 h"),
        (-5, "-5.0 s"),
    ],
)
def test_durations(seconds, said):
    assert render_duration(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "never"),
        (0, "just now"),
        (0.99, "just now"),
        (1, "1 s ago"),
        (59.9, "59 s ago"),
        (60, "1 min ago"),
        (7199, "1 h ago"),
        (86400 * 3, "3 d ago"),
    ],
)
def test_ages(seconds, said):
    assert render_age(seconds) == said


def test_an_instant_of_a_clock_ahead_is_now():
    at = dt.datetime(2026, 8, 1, tzinfo=dt.UTC)
    assert render_since(at + dt.timedelta(seconds=5), at) == "just now"
    assert render_since(None, at) == "never"


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (None, "unknown"),
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (1536, "1.5 KiB"),
        (1024**2 - 1, "1.0 MiB"),
        (329139814, "313.9 MiB"),
        (5 * 1024**3, "5.0 GiB"),
        (1024**7, "1048576.0 PiB"),
    ],
)
def test_sizes(size, said):
    assert render_size(size) == said


def test_control_characters_are_shown_not_obeyed():
    assert plain("a\r\nb\tc\x1b[2J\x9b\x7f") == "a\nb\tc\ufffd[2J\ufffd\ufffd"
