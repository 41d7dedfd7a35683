"""The filters of TensorFlow and JAX: weights by the distance from a point, in single precision."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Singles = NDArray[np.float32]

# Nearer to its middle than this a sinc is 1.
MIDDLE = 1e-3

# The deviation of TensorFlow's Gaussian.
SIGMA = 0.5


@dataclass(frozen=True)
class Kernel:
    """Weights up to a distance, beyond which there are none."""

    weigh: Callable[[Singles], Singles]
    radius: float


def _triangle(distance: Singles) -> Singles:
    import numpy as np

    weights: Singles = np.maximum(np.float32(1) - distance, np.float32(0))
    return weights


def _cubic(near: tuple[float, ...], far: tuple[float, ...]) -> Callable[[Singles], Singles]:
    """Return a cubic up to a distance of 1 and another up to 2; factors from the highest power."""
    import numpy as np

    def weigh(distance: Singles) -> Singles:
        within, beyond = (_polynomial(distance, factors) for factors in (near, far))
        weights = np.where(distance < 1, within, beyond)
        return np.where(distance < 2, weights, np.float32(0))

    return weigh


def _polynomial(x: Singles, factors: tuple[float, ...]) -> Singles:
    import numpy as np

    first, *others = map(np.float32, factors)
    total = np.full_like(x, first)
    for factor in others:
        total = total * x + factor
    return total


def _gaussian(distance: Singles) -> Singles:
    import numpy as np

    weights = np.exp(-distance * distance / np.float32(2 * SIGMA**2))
    return np.where(distance < np.float32(3 * SIGMA), weights, np.float32(0))


def _windowed_sinc(radius: int) -> Callable[[Singles], Singles]:
    import numpy as np

    def weigh(distance: Singles) -> Singles:
        pi, lobes = np.float32(math.pi), np.float32(radius)
        x = np.where(distance <= np.float32(MIDDLE), np.float32(1), distance)
        wave = lobes * np.sin(pi * x) * np.sin(pi * x / lobes) / (pi * pi * x * x)
        weights = np.where(distance <= np.float32(MIDDLE), np.float32(1), wave)
        return np.where(distance > lobes, np.float32(0), weights)

    return weigh


def keys_cubic(a: float) -> Kernel:
    """Return Keys' cubic of a factor."""
    return Kernel(_cubic((a + 2, -(a + 3), 0, 1), (a, -5 * a, 8 * a, -4 * a)), 2)


#: By the names that TensorFlow has for them.
TRIANGLE = Kernel(_triangle, 1)
KEYS = keys_cubic(-0.5)
MITCHELL = Kernel(_cubic((7 / 6, -2, 0, 8 / 9), (-7 / 18, 2, -10 / 3, 16 / 9)), 2)
GAUSSIAN = Kernel(_gaussian, 1.5)
LANCZOS3 = Kernel(_windowed_sinc(3), 3)
LANCZOS5 = Kernel(_windowed_sinc(5), 5)
