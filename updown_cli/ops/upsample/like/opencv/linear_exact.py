"""OpenCV's bit-exact bilinear interpolation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.op.resampling import Table
from updown_cli.ops.upsample.like.arithmetic import weighted
from updown_cli.ops.upsample.like.opencv.area import halves
from updown_cli.ops.upsample.like.opencv.linear import OpenCVLinear
from updown_cli.ops.upsample.like.opencv.opencv import enlargement
from updown_cli.ops.upsample.like.side import FLOAT32, UINT8, UINT16

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.ops.upsample.like.arithmetic import Arithmetic
    from updown_cli.ops.upsample.like.side import Side, Sides

#: Bits behind the point of a weight.
BITS = {UINT8: 8, UINT16: 16}


@dataclass(frozen=True, kw_only=True)
class OpenCVLinearExact(OpenCVLinear):
    """A straight line with weights of 8 bits (16 for 16), the same on every machine."""

    mode, flag = "linear-exact", "LINEAR_EXACT"
    ipp_kinds = (FLOAT32,)

    def table(self, side: Side) -> Table:
        """Return the two pixels around each point, with their rounded weights."""
        if side.kind not in BITS:
            return OpenCVLinear.table(self, side)
        import numpy as np

        at = (1.0 / enlargement(side)) * (np.arange(side.out) + 0.5) - 0.5
        first, one = np.floor(at), 1 << BITS[side.kind]
        beyond = (first < 0) | (first >= side.length - 1)
        behind = np.where(beyond, 0.0, np.rint((at - first) * one) / one)
        sources = np.stack([first, first + 1]).astype(np.int64)
        return Table(np.clip(sources, 0, side.length - 1), np.stack([1 - behind, behind]))

    def arithmetic(self, sides: Sides) -> Arithmetic:
        """Return whole numbers, or for floats what linear does."""
        if sides.kind not in BITS or sides.stay or halves(sides):
            return super().arithmetic(sides)
        return ByHalves(BITS[sides.kind])


@dataclass(frozen=True)
class ByHalves:
    """Whole numbers with so many bits behind the point after each side, rounded half up at last."""

    bits: int

    def resize(self, pixels: NDArray[Any], down: Table, across: Table) -> NDArray[Any]:
        """Return the values in the type of the pixels."""
        import numpy as np

        sums = pixels.astype(np.int64)
        for axis, table in ((3, across), (2, down)):
            parts = Table(table.sources, table.weights * (1 << self.bits))
            sums = weighted(sums, axis, parts)
        half, most = 1 << (2 * self.bits - 1), np.iinfo(pixels.dtype).max
        done: NDArray[Any] = np.clip((sums + half) >> (2 * self.bits), 0, most)
        return done.astype(pixels.dtype)
