"""The only reader of wall time, random numbers and fresh ids."""

import datetime as dt
import secrets
import time


def now() -> dt.datetime:
    """Aware UTC instant, cut to microseconds as both databases keep it."""
    return dt.datetime.now(dt.UTC)


def monotonic_s() -> float:
    """Seconds that never go back; only differences mean anything."""
    return time.monotonic()


def new_id() -> str:
    """128 random bits as 32 lower-case hex digits: the shape that Flink parses as a job or trigger id."""
    return secrets.token_hex(16)


def new_token() -> str:
    """256 random bits, URL-safe, for a person or a program to keep."""
    return secrets.token_urlsafe(32)
