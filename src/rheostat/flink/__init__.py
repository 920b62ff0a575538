"""Flink's own REST interface, as the control loop needs it."""
