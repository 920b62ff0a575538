"""Measurements of a real server and real Flink; never part of a test's verdict. Run by `make bench`."""
