"""SciPy's ndimage.gaussian_filter1d, with which scikit-image blurs before it shrinks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.op.resampling import Table
from updown_cli.ops.upsample.like.splines import edge_places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[Any]

# Standard deviations that a kernel reaches on either side, and one that is none.
REACH, NONE = 4.0, 1e-15


def gaussian_table(length: int, sigma: float, edge: str) -> Table | None:
    """Return the table of a blur, which keeps the length; None where there is none."""
    import numpy as np

    if sigma <= NONE:
        return None
    radius = int(REACH * sigma + 0.5)
    places = np.arange(-radius, radius + 1)
    weights = np.exp(-0.5 / (sigma * sigma) * places**2)
    weights /= weights.sum()
    sources, there = edge_places(np.arange(length) + places[:, None], length, edge)
    return Table(sources, np.where(there, weights[:, None], 0.0))


def blurred(pixels: Numbers, axis: int, table: Table | None) -> Numbers:
    """Return pixels blurred along an axis, in their type: the middle first, then pairs from afar.

    Integers are cut off behind the point, as SciPy does.
    """
    import numpy as np

    if table is None:
        return pixels
    taps = [
        (np.take(pixels, source, axis).astype(np.float64), weight)
        for source, weight in zip(table.sources, table.weights, strict=True)
    ]
    shape = (-1, *(1,) * (pixels.ndim - axis - 1))

    def part(tap: int) -> Numbers:
        values, weight = taps[tap]
        return np.where((weight != 0).reshape(shape), values, 0.0)

    radius, heaviest = len(taps) // 2, table.weights.max(1)
    total: Numbers = part(radius) * heaviest[radius]
    for tap in range(radius):
        total += (part(tap) + part(-1 - tap)) * heaviest[tap]
    return total.astype(pixels.dtype)
