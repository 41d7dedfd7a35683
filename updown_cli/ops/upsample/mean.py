"""Mean interpolation: new pixels are the mean of the nearest old ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.explainable import SUM
from updown_cli.op.resampling import Table, interpolate_by_tables
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.inserted import Inserted, neighbours_code

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines


class MeanUpsample(Inserted):
    """The mean of the nearest old pixels; scale_factor - 1 new ones are between any two.

    The nearest are the two beside a new pixel in a row or column, four amid a square, eight amid
    a cube. The size is (in - 1) * scale_factor + 1.
    """

    mode = "mean"
    linear = True
    told_as = SUM

    def apply(self, x: Tensor) -> Tensor:
        """Return the old pixels and the means."""
        import numpy as np

        neighbours = self._neighbours(Shape(*x.shape[1:]))
        return interpolate_by_tables(
            x, [Table(pair, np.full(pair.shape, 0.5)) for pair in neighbours]
        )

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the means of the pixels before and after, one side after the other."""
        sides = zip(self.factors(), self.out_size(shape), strict=True)
        lines, name = [], "x"
        for axis, (factor, out) in enumerate(sides, start=2):
            if factor == 1:
                continue
            before, after = (f"{name}.index_select({axis}, {side})" for side in ("before", "after"))
            beside = ", ".join(neighbours_code(factor, out))
            lines += [f"before, after = {beside}", f"y = ({before} + {after}) / 2"]
            name = "y"
        return lines or ["y = x"]
