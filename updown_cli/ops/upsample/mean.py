"""Mean interpolation: new pixels are the mean of the nearest old ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.resampling import Table, interpolate_by_tables
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.inserted import Inserted

if TYPE_CHECKING:
    from torch import Tensor


class MeanUpsample(Inserted):
    """The mean of the nearest old pixels: scale_factor - 1 new ones between any two.

    The nearest are the two beside a new pixel in a row or column, four amid a square, eight amid
    a cube. The size is (in - 1) * scale_factor + 1.
    """

    mode = "mean"
    linear = True

    def apply(self, x: Tensor) -> Tensor:
        """Return the old pixels and the means."""
        import numpy as np

        neighbours = self._neighbours(Shape(*x.shape[1:]))
        return interpolate_by_tables(
            x, [Table(pair, np.full(pair.shape, 0.5)) for pair in neighbours]
        )
