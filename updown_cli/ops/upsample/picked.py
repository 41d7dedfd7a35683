"""One input pixel for every output pixel: what both ways of rounding its place share."""

from __future__ import annotations

from typing import Self

from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.interpolation import Interpolation
from updown_cli.ops.upsample.tables import Recomputed

# Rows and columns of a result up to which torch picks the pixels of a picture in another way: it
# rounds otherwise, and nearest takes a side that stays or doubles for scaled by 1 or 2.
SMALL = 128


class Picked(Recomputed, Interpolation, abstract=True):
    """One input pixel for every output pixel."""

    linear = False
    side = 1

    def selects_values(self) -> bool:
        """Integers stay integers."""
        return True

    def is_small(self, shape: Shape) -> bool:
        """Whether torch picks in the way of small results."""
        return shape.dims == 2 and sum(self.out_size(shape)) <= SMALL

    def _of_side(self, axis: int, shape: Shape) -> Self:
        """Return the interpolation of one side, in the way of a result of this size."""
        return self._of_rows(1 if self.is_small(shape) else SMALL, axis)
