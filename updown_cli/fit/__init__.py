"""Weights of layers, learned from pairs of pictures: exactly where that can be, else by steps."""
