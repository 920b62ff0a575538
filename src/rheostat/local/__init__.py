"""Flink on this machine: engine folders, the launch shim, processes, run folders, logs."""
