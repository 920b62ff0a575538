"""Verbs without I/O: what is true, what to do next, what to write. Total and pure; no clock, no sockets."""
