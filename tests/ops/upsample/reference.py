"""Points, and numbers for them, that several tests of interpolations share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]

# Solved in float64 and given as float32, of values below 8.
FLOAT32 = 1e-6

NODES = [0, 1, 0, 2, 0]

SIDES = {1: (9,), 2: (5, 8), 3: (4, 5, 6)}


def random(*shape: int) -> Pixels:
    """Return random numbers from 0 to 1 as float32 has them."""
    return np.random.default_rng(0).random(shape, dtype=np.float32)


def sampling_points(coordinates: str, length: int, out: int, factor: float | None) -> list[float]:
    """Return the points, at the nodes at the ends where they would be beyond."""
    step = 1 / factor if factor else length / out
    if coordinates == "half-pixel":
        points = [(i + 0.5) * step - 0.5 for i in range(out)]
    elif coordinates == "asymmetric":
        points = [i * step for i in range(out)]
    else:
        points = [i * (length - 1) / max(out - 1, 1) for i in range(out)]
    return [min(max(point, 0.0), length - 1.0) for point in points]
