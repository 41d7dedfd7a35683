"""Channels to pixels and back: pixel shuffle, depth to space, sub-pixel phases."""
