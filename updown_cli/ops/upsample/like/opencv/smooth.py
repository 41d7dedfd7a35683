"""Cubic and Lanczos interpolation as OpenCV has them; neither widens when it shrinks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.op.resampling import Table, cubic
from updown_cli.ops.upsample.like.arithmetic import EXACT, Sums
from updown_cli.ops.upsample.like.opencv.fixed_point import (
    CUBIC_BYTES,
    LANCZOS_BYTES,
    CubicFloats,
    as_weights,
)
from updown_cli.ops.upsample.like.opencv.ipp import Ipp, double_points
from updown_cli.ops.upsample.like.opencv.opencv import OpenCV, single_points
from updown_cli.ops.upsample.like.side import FLOAT32, FLOAT64, UINT8, UINT16

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from updown_cli.ops.upsample.like.arithmetic import Arithmetic
    from updown_cli.ops.upsample.like.side import Side, Sides

    Singles = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class OpenCVCubic(Ipp):
    """Keys' cubic with a = -0.75, through four pixels on each axis."""

    mode, flag = "cubic", "CUBIC"

    ipp_kinds = (UINT8, UINT16, FLOAT32)
    ipp_least = 4

    def table(self, side: Side) -> Table:
        """Return four pixels around each point; beyond the edge is the edge's pixel."""
        return around(side, 2, cubic_singles)

    def ipp_table(self, side: Side) -> Table:
        """Return the same with exact weights."""
        import numpy as np

        first, behind = double_points(side)
        places = np.arange(-1, 3)[:, None]
        sources = np.clip(first + places, 0, side.length - 1)
        return Table(sources, cubic(np.abs(behind - places)))

    def arithmetic(self, sides: Sides) -> Arithmetic:
        """Return exact sums for Intel's library, fixed point, or single precision."""
        if sides.stay or self.by_ipp(sides):
            return EXACT
        return CUBIC_BYTES if sides.kind == UINT8 else CubicFloats(sides.kind)


class OpenCVLanczos4(OpenCV):
    """A sinc of four lobes, through eight pixels on each axis."""

    mode, flag = "lanczos4", "LANCZOS4"

    def table(self, side: Side) -> Table:
        """Return eight pixels around each point; beyond the edge is the edge's pixel."""
        return around(side, 4, lanczos_singles)

    def arithmetic(self, sides: Sides) -> Arithmetic:
        """Return fixed point, or single precision."""
        if sides.stay:
            return EXACT
        if sides.kind == UINT8:
            return LANCZOS_BYTES
        return Sums(dtype=FLOAT64 if sides.kind == FLOAT64 else "float32")


def around(side: Side, reach: int, weigh: Callable[[Singles], Singles]) -> Table:
    """Return the table of `reach` pixels on either side of each point."""
    import numpy as np

    first, behind = single_points(side)
    sources = first + np.arange(1 - reach, reach + 1)[:, None]
    weights = weigh(behind)
    return Table(np.clip(sources, 0, side.length - 1), as_weights(side, weights))


def cubic_singles(x: Singles) -> Singles:
    """Return the four weights of a cubic, each step rounded to single precision."""
    import numpy as np

    one, a = np.float32(1), np.float32(-0.75)

    def near(d: Singles) -> Singles:
        weights: Singles = ((a + 2) * d - (a + 3)) * d * d + one
        return weights

    y = x + one
    before: Singles = ((a * y - 5 * a) * y + 8 * a) * y - 4 * a
    middle, after = near(x), near(one - x)
    return np.stack([before, middle, after, one - before - middle - after])


def lanczos_singles(x: Singles) -> Singles:
    """Return the eight weights of a sinc, which sum to 1 in single precision."""
    import numpy as np

    s45 = 0.70710678118654752440084436210485
    turns = ((1, 0), (-s45, -s45), (0, 1), (s45, -s45), (-1, 0), (s45, s45), (0, -1), (-s45, s45))
    start = -(x + np.float32(3)).astype(np.float64) * np.pi * 0.25
    sine, cosine = np.sin(start), np.cos(start)
    weights = np.empty((8, len(x)), np.float32)
    for tap, (by_sine, by_cosine) in enumerate(turns):
        distance = x + np.float32(3) - np.float32(tap)
        zero = np.abs(distance) < np.float32(1e-6)
        angle = -np.where(zero, 1, distance).astype(np.float64) * np.pi * 0.25
        weight = ((by_sine * sine + by_cosine * cosine) / (angle * angle)).astype(np.float32)
        weights[tap] = np.where(zero, np.float32(1e30), weight)
    total = np.add.accumulate(weights)[-1]
    scaled: Singles = weights * (np.float32(1) / total)
    return scaled
