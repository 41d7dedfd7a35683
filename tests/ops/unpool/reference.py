"""Numbers, and positions for them, that several tests of unpooling share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]

SIDES = {1: (11,), 2: (7, 9), 3: (5, 7, 6)}

# Sums of a few float32 products, in another order.
SAME = 1e-6


def noise(*shape: int) -> Pixels:
    """Return random numbers above 0, as float32 has them."""
    return np.random.default_rng(0).random(shape, dtype=np.float32) + 1
