"""B-splines as SciPy's ndimage has them: points, weights, edges, and the filter before."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from updown_cli.op.resampling import Table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from updown_cli.op.resampling import Points
    from updown_cli.ops.upsample.like.side import Side

    Numbers = NDArray[Any]

#: What lies beyond the edge, by SciPy's names.
EDGES = (
    *("constant", "grid-constant", "nearest", "mirror", "reflect", "grid-mirror", "wrap"),
    "grid-wrap",
)

#: SciPy's second names.
SAME_AS = {"grid-mirror": "reflect"}

# Pixels that SciPy puts around where its filter knows no exact edge.
PADDING = {"nearest": 12, "grid-constant": 12}

#: The poles of the filters that make spline coefficients of pixels.
POLES = {
    2: (-0.171572875253809902396622551580603843,),
    3: (-0.267949192431122706472553658494127633,),
    4: (-0.361341225900220177092212841325675255, -0.013725429297339121360331226939128204),
    5: (-0.430575347099973791851434783493520110, -0.043096288203264653822712376822550182),
}


def spline_table(side: Side, order: int, edge: str, *, grid: bool, padding: int = 0) -> Table:
    """Return the weights of spline coefficients, of which `padding` lie before the first pixel."""
    import numpy as np

    length = side.length + 2 * padding
    at, inside = _mapped(_points(side, grid) + padding, length, edge)
    first = (np.floor(at) if order % 2 else np.floor(at + 0.5)) - order // 2
    places = first.astype(np.int64) + np.arange(order + 1)[:, None]
    weights = spline_weights(at, order) if order else np.ones(places.shape)
    sources, there = edge_places(places, length, edge)
    return Table(sources, np.where(inside & there, weights, 0.0))


def _points(side: Side, grid: bool) -> Points:
    """Return where output pixels lie: pixels are scaled, or the distances of their middles."""
    import numpy as np

    i = np.arange(side.out, dtype=np.float64)
    if grid:
        return (i + 0.5) * (side.length / side.out) - 0.5
    return i * ((side.length - 1) / (side.out - 1) if side.out > 1 else 1.0)


def _mapped(at: Points, length: int, edge: str) -> tuple[Points, NDArray[np.bool_]]:
    """Return points that are put inside as the edge says, and which of them are inside at all."""
    import numpy as np

    last, inside = length - 1, np.ones(at.shape, bool)
    if not last and edge not in ("constant", "grid-constant"):
        return np.zeros(at.shape), inside
    if edge == "constant":
        inside = (at >= 0) & (at <= last)
        return np.clip(at, 0, last), inside
    if edge == "nearest":
        return np.clip(at, 0, last), inside
    if edge == "wrap":
        low = at + last * (np.floor(-at / last) + 1)
        high = at - last * np.floor(at / last)
        return np.where(at < 0, low, np.where(at > last, high, at)), inside
    below = {"mirror": -at, "reflect": -at - 1, "grid-wrap": at + length}.get(edge, at)
    return np.where(at < 0, below, at), inside


def edge_places(places: Numbers, length: int, edge: str) -> tuple[Numbers, Numbers]:
    """Return the coefficients at places, and which of these there are."""
    import numpy as np

    there = np.ones(places.shape, bool)
    if edge == "grid-constant":
        there = (places >= 0) & (places < length)
    if edge in ("grid-constant", "nearest") or length == 1:
        return np.clip(places, 0, length - 1), there
    if edge == "grid-wrap":
        return places % length, there
    if edge == "reflect":
        around = places % (2 * length)
        return np.minimum(around, 2 * length - 1 - around), there
    around = places % (2 * length - 2)
    return np.minimum(around, 2 * length - 2 - around), there


def spline_weights(at: Points, order: int) -> Numbers:
    """Return the weights of the order + 1 coefficients around each point."""
    import numpy as np

    x = at - np.floor(at if order % 2 else at + 0.5)
    first = WEIGHTS[order](x, 1.0 - x)
    last = np.ones(x.shape)
    for weight in first:
        last = last - weight
    return np.stack([*first, last])


def _linear(x: Points, z: Points) -> tuple[Points, ...]:
    return (z,)


def _quadratic(x: Points, z: Points) -> tuple[Points, ...]:
    y = 0.5 - x
    return 0.5 * y * y, 0.75 - x * x


def _cubic(x: Points, z: Points) -> tuple[Points, ...]:
    inner = ((d * d * (d - 2.0) * 3.0 + 4.0) / 6.0 for d in (x, z))
    return (z * z * z / 6.0, *inner)


def _quartic(x: Points, z: Points) -> tuple[Points, ...]:
    t, y = x * x, 0.5 - x
    outer = y * y

    def beside(d: Points) -> Points:
        return d * (d * (d * (5.0 - d) / 6.0 - 1.25) + 5.0 / 24.0) + 55.0 / 96.0

    middle = t * (t * 0.25 - 0.625) + 115.0 / 192.0
    return outer * outer / 24.0, beside(1.0 + x), middle, beside(z)


def _quintic(x: Points, z: Points) -> tuple[Points, ...]:
    def inner(d: Points) -> Points:
        t = d * d
        return t * (t * (0.25 - d / 12.0) - 0.5) + 0.55

    def beside(d: Points) -> Points:
        steps = d * (d * (d * (d * (d / 24.0 - 0.375) + 1.25) - 1.75) + 0.625)
        return steps + 0.425

    t = z * z
    return z * t * t / 120.0, beside(x + 1.0), inner(x), inner(z), beside(z + 1.0)


WEIGHTS: dict[int, Callable[[Points, Points], tuple[Points, ...]]] = {
    1: _linear,
    2: _quadratic,
    3: _cubic,
    4: _quartic,
    5: _quintic,
}
