"""The layers with which neural networks shrink and enlarge, on image files and arrays."""

__version__ = "0.3.0"
