"""The mean of bins with parts of pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.resampling import area_table, interpolate_by_tables
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.area import Area

if TYPE_CHECKING:
    from torch import Tensor


class AreaExact(Area):
    """The mean over [i, i + 1) * in / out, parts of pixels counted, as TensorFlow's area has it."""

    mode = "area-exact"

    def apply(self, x: Tensor) -> Tensor:
        """Return the means."""
        size = self.out_size(Shape(*x.shape[1:]))
        return interpolate_by_tables(
            x, [area_table(*side) for side in zip(x.shape[2:], size, strict=True)]
        )
