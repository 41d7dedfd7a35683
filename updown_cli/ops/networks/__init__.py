"""Networks that a file describes: their layers, forward and back again."""
