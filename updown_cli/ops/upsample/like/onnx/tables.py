"""The tables of ONNX's Resize, weighed as ONNX Runtime weighs on processors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.op.resampling import Table, pick_table
from updown_cli.ops.upsample.like.kernels import TRIANGLE, Kernel

if TYPE_CHECKING:
    from updown_cli.ops.upsample.like.kernels import Singles
    from updown_cli.ops.upsample.like.onnx.points import Placed
    from updown_cli.ops.upsample.like.side import Side

#: How a point between two pixels is rounded to one.
NEAREST_MODES = ("round-prefer-floor", "round-prefer-ceil", "floor", "ceil")

# As near as that to the middle of two pixels is in the middle.
HALFWAY = 1e-6

#: The filter of linear interpolation.
LINEAR = TRIANGLE


def nearest_table(side: Side, placed: Placed, nearest_mode: str) -> Table:
    """Return the pixel that each point is rounded to."""
    import numpy as np

    at = placed.points(side).astype(np.float64)
    rounded = {
        "floor": np.floor(at),
        "ceil": np.ceil(at),
        "round-prefer-floor": np.ceil(at - 0.5 - HALFWAY),
        "round-prefer-ceil": np.floor(at + 0.5 + HALFWAY),
    }[nearest_mode]
    table = pick_table(rounded, side.length)
    return _without(table, placed.outside(side))


def linear_table(side: Side, placed: Placed) -> Table:
    """Return the pixels on either side of each point."""
    import numpy as np

    at = np.clip(placed.points(side), 0, np.float32(side.length - 1))
    low = at.astype(np.int64)
    right = (at - low.astype(np.float32)).astype(np.float64)
    right[low == side.length - 1] = 0.5  # of the last pixel and itself
    sources = np.stack([low, np.minimum(low + 1, side.length - 1)])
    return _without(Table(sources, np.stack([1 - right, right])), placed.outside(side))


def cubic_table(side: Side, placed: Placed, a: float, *, exclude_outside: bool) -> Table:
    """Return four pixels around each point, weighed by Keys' cubic of a factor."""
    import numpy as np

    at = placed.points(side)
    low = np.floor(at)
    sources = low.astype(np.int64) + np.arange(-1, 3)[:, None]
    weights = _four(at - low, np.float32(a))
    if exclude_outside:
        weights = np.where((sources >= 0) & (sources < side.length), weights, np.float32(0))
        weights = weights / weights.sum(0, dtype=np.float32)
    table = Table(np.clip(sources, 0, side.length - 1), weights.astype(np.float64))
    return _without(table, placed.outside(side))


def _four(s: Singles, a: Any) -> Singles:
    """Return the weights of the pixels at distances of 1 + s, s, 1 - s and 2 - s."""
    import numpy as np

    def near(x: Singles) -> Singles:
        weights: Singles = ((a + 2) * x - (a + 3)) * x * x + 1
        return weights

    def far(x: Singles) -> Singles:
        weights: Singles = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
        return weights

    return np.stack([far(s + 1), near(s), near(1 - s), far(2 - s)])


def widened_table(side: Side, placed: Placed, kernel: Kernel, *, exclude_outside: bool) -> Table:
    """Return the weights of a filter that widens; the edge is repeated, or left out."""
    import numpy as np

    if side.length == side.out:
        as_it_is = pick_table(np.arange(side.out, dtype=np.float64), side.length)
        return _without(as_it_is, placed.outside(side))
    one, half = np.float32(1), np.float32(0.5)
    step = one / placed.scale(side)
    wider, narrower = (step, one / step) if step >= 1 else (one, one)
    width = np.float32(kernel.radius) * wider
    centre = half + placed.points(side)
    first = np.floor(centre - width + half).astype(np.int64)
    taps = np.floor(centre + width + half).astype(np.int64) - first
    taps = np.clip(taps, 0, int(np.ceil(width)) * 2 + 1)
    k = np.arange(max(int(taps.max()), 1))[:, None]
    sources = first + k
    distance = np.abs((sources.astype(np.float32) - centre + half) * narrower)
    weights = np.where(k < taps, kernel.weigh(distance), np.float32(0))
    inside = (sources >= 0) & (sources < side.length) & (k < taps)
    total = np.where(inside, weights, np.float32(0)) if exclude_outside else weights
    total = total.sum(0, dtype=np.float32)
    if not exclude_outside:
        weights = _at_edges(weights, sources, side.length)
    weights = weights * (one / np.where(total == 0, one, total))
    weights = np.where(inside, weights, np.float32(0)).astype(np.float64)
    return _without(Table(np.clip(sources, 0, side.length - 1), weights), placed.outside(side))


def _at_edges(weights: Singles, sources: Any, length: int) -> Singles:
    """Return weights with those of what lies beyond the first and last pixel at these."""
    import numpy as np

    first, last = sources == 0, sources == length - 1
    for weight, source in zip(weights.copy(), sources, strict=True):  # in the order of the taps
        weights = np.where(first & (source < 0), weights + weight, weights)
        weights = np.where(last & (source >= length), weights + weight, weights)
    return weights


def keys(factor: float) -> Kernel:
    """Return the filter of cubic interpolation, Keys' of a factor."""
    import numpy as np

    a = np.float32(factor)

    def weigh(distance: Singles) -> Singles:
        d = distance
        near = ((a + 2) * d - (a + 3)) * d * d + 1
        far = (((d - 5) * d + 8) * d - 4) * a
        return np.where(d < 1, near, np.where(d < 2, far, np.float32(0)))

    return Kernel(weigh, 2)


def _without(table: Table, outside: Any) -> Table:
    """Return the table without weights for what lies outside."""
    import numpy as np

    if not outside.any():
        return table
    return Table(table.sources, np.where(outside, 0.0, table.weights))
