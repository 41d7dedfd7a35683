"""The tables of MATLAB's imresize, in float64, by the kernels that its source has."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.op.resampling import Table

if TYPE_CHECKING:
    from updown_cli.op.resampling import Points
    from updown_cli.ops.upsample.like.side import Side

    Weigh = Callable[[Points], Points]


@dataclass(frozen=True)
class Kernel:
    """Weights of a distance, how many pixels lie under them, and the same of `x` in code."""

    weigh: Weigh
    width: int
    formula: str


def imresize_table(side: Side, kernel: Kernel, *, widens: bool) -> Table:
    """Return weights whose sums are 1; beyond the edge the picture is mirrored.

    Points and pixels are counted from 1, as MATLAB does: other roundings would move the edges of
    a box.
    """
    import numpy as np

    scale = side.ratio[1] / side.ratio[0]
    shrink = scale if widens and scale < 1 else 1.0
    width = kernel.width / shrink
    at = np.arange(1.0, side.out + 1) / scale + 0.5 * (1 - 1 / scale)
    places = np.floor(at - width / 2) + np.arange(math.ceil(width) + 2)[:, None]
    weights = shrink * kernel.weigh(shrink * (at - places))
    mirrored = np.r_[0 : side.length, side.length - 1 : -1 : -1]
    sources = mirrored[(places.astype(np.int64) - 1) % len(mirrored)]
    return Table(sources, weights / weights.sum(0))


def _box(x: Points) -> Points:
    """Return 1 within half a pixel, of two such pixels for the right one."""
    import numpy as np

    return ((x >= -0.5) & (x < 0.5)).astype(np.float64)


def _triangle(x: Points) -> Points:
    """Return the weights of linear interpolation."""
    import numpy as np

    weights: Points = np.maximum(1 - np.abs(x), 0.0)
    return weights


def _cubic(x: Points) -> Points:
    """Return Keys' cubic with a = -0.5."""
    import numpy as np

    d = np.abs(x)
    near, far = 1.5 * d**3 - 2.5 * d**2 + 1, -0.5 * d**3 + 2.5 * d**2 - 4 * d + 2
    return np.where(d <= 1, near, np.where(d <= 2, far, 0.0))


def _lanczos(lobes: int) -> Weigh:
    """Return a sinc of so many lobes; the smallest step keeps its middle from 0 / 0."""
    import numpy as np

    least = np.finfo(np.float64).eps

    def weigh(x: Points) -> Points:
        wave = np.sin(np.pi * x) * np.sin(np.pi * x / lobes) + least
        weights: Points = wave / (np.pi**2 * x**2 / lobes + least) * (np.abs(x) < lobes)
        return weights

    return weigh


BOX = Kernel(_box, 1, "((x >= -0.5) & (x < 0.5)) * 1.0")
TRIANGLE = Kernel(_triangle, 2, "np.maximum(1 - abs(x), 0)")
CUBIC = Kernel(
    _cubic,
    4,
    """\
np.where(
        abs(x) <= 1,
        1.5 * abs(x) ** 3 - 2.5 * x**2 + 1,
        np.where(abs(x) <= 2, -0.5 * abs(x) ** 3 + 2.5 * x**2 - 4 * abs(x) + 2, 0.0),
    )""",
)
LANCZOS2, LANCZOS3 = (
    Kernel(_lanczos(lobes), 2 * lobes, f"np.sinc(x) * np.sinc(x / {lobes}) * (abs(x) < {lobes})")
    for lobes in (2, 3)
)
