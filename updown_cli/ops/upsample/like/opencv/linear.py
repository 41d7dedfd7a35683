"""Bilinear interpolation as OpenCV has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from updown_cli.op.resampling import Table
from updown_cli.ops.upsample.like.arithmetic import EXACT, Sums
from updown_cli.ops.upsample.like.opencv.area import MEANS_OF_FOUR, halves, whole_bins
from updown_cli.ops.upsample.like.opencv.fixed_point import LINEAR_BYTES, as_weights
from updown_cli.ops.upsample.like.opencv.ipp import Ipp, IppLinear, double_points
from updown_cli.ops.upsample.like.opencv.opencv import single_points
from updown_cli.ops.upsample.like.side import FLOAT32, FLOAT64, UINT8, UINT16

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from updown_cli.ops.upsample.like.arithmetic import Arithmetic
    from updown_cli.ops.upsample.like.side import Side, Sides


@dataclass(frozen=True, kw_only=True)
class OpenCVLinear(Ipp):
    """A straight line between two pixels on each axis; by 1/2 the means of four."""

    mode, flag = "linear", "LINEAR"

    ipp_kinds: ClassVar[tuple[str, ...]] = (UINT16, FLOAT32)
    ipp_least = 2

    def table(self, side: Side) -> Table:
        """Return the two pixels around each point."""
        return line_table(side, *single_points(side))

    def side_tables(self, sides: Sides) -> tuple[Table, Table]:
        """Return the points around, or bins of two pixels where both sides are halved."""
        if halves(sides) and not self.by_ipp(sides):
            return whole_bins(sides.down), whole_bins(sides.across)
        return super().side_tables(sides)

    def ipp_table(self, side: Side) -> Table:
        """Return the two pixels around each point."""
        return line_table(side, *double_points(side))

    def arithmetic(self, sides: Sides) -> Arithmetic:
        """Return the means of four, fixed point, or single precision."""
        if sides.stay:
            return EXACT
        if self.by_ipp(sides):
            return IppLinear()
        if halves(sides):
            return MEANS_OF_FOUR
        return LINEAR_BYTES if sides.kind == UINT8 else in_floats(sides)


def in_floats(sides: Sides) -> Arithmetic:
    """Return sums in single precision, or in double for doubles."""
    return Sums(dtype=FLOAT64 if sides.kind == FLOAT64 else "float32")


def line_table(
    side: Side, first: NDArray[np.int64], behind: NDArray[np.float32] | NDArray[np.float64]
) -> Table:
    """Return the table of straight lines; beyond the edge is the edge's pixel."""
    import numpy as np

    last = side.length - 1
    beyond = (first < 0) | (first >= last)
    if side.axis == 1:  # the height keeps both weights
        behind = np.where(beyond, behind.dtype.type(0), behind)
    sources = np.clip(np.stack([first, first + 1]), 0, last)
    return Table(sources, as_weights(side, np.stack([1 - behind, behind])))
