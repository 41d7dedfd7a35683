"""Pooling: every output value from a window of the input."""
