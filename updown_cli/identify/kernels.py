"""Kernels of interpolation, by their names, and the tables that they give."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from updown_cli.op.resampling import Table, cubic, triangle

if TYPE_CHECKING:
    from updown_cli.op.resampling import Points

Weigh = Callable[["Points"], "Points"]


def sinc(distance: Points) -> Points:
    """Return the weights of a sinc in a window of three pixels."""
    import numpy as np

    weights: Points = np.sinc(distance) * np.sinc(distance / 3)
    return weights


def mitchell(distance: Points) -> Points:
    """Return the weights of Mitchell and Netravali's cubic with B = C = 1/3 (1988)."""
    import numpy as np

    d = distance
    near = (7 * d - 12) * d**2 + 16 / 3
    far = ((-7 / 3 * d + 12) * d - 20) * d + 32 / 3
    return np.where(d < 1, near, far) / 6


#: The weights by distance, and how far they reach.
KERNELS: dict[str, tuple[Weigh, int]] = {
    "triangle": (triangle, 1),
    "cubic -0.75": (partial(cubic, a=-0.75), 2),
    "cubic -0.6": (partial(cubic, a=-0.6), 2),
    "cubic -0.5": (partial(cubic, a=-0.5), 2),
    "mitchell": (mitchell, 2),
    "lanczos3": (sinc, 3),
}


def kernel_table(
    length: int, at: Points, kernel: str, wider: float, *, copies: bool, phases: int = 0
) -> Table:
    """Return the table of a kernel at points among `length` pixels whose centres are 0, 1, 2...

    Beyond the edge are copies of it, or nothing, whose weight the others have. Points are rounded
    to so many `phases` of a pixel.
    """
    import numpy as np

    weigh, reach = KERNELS[kernel]
    points = np.round(at * phases) / phases if phases else at
    taps = math.ceil(2 * reach * wider) + 1
    sources = np.floor(points - reach * wider).astype(np.int64) + 1 + np.arange(taps)[:, None]
    distance = np.abs(sources - points) / wider
    weights = np.where(distance < reach, weigh(np.minimum(distance, reach)), 0.0)
    if not copies:
        weights = np.where((sources >= 0) & (sources < length), weights, 0.0)
    return Table(np.clip(sources, 0, length - 1), weights / weights.sum(0))
