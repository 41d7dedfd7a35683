"""Bicubic interpolation, for 2-D data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.resampling import Table, cubic, filter_table
from updown_cli.ops.upsample.aligned import Smoothed
from updown_cli.ops.upsample.tensorflow import widened_lines

if TYPE_CHECKING:
    from updown_cli.op.code import Lines
    from updown_cli.op.resampling import Points
    from updown_cli.op.shape import Shape


class Bicubic(Smoothed):
    """A cubic through four pixels on each axis; A = -0.75, with antialias -0.5."""

    mode = "bicubic"
    ranks = (2,)
    side = 2
    weight_code = (
        "def weight(d, a=-0.75):",
        "    near = ((a + 2) * d - (a + 3)) * d**2 + 1",
        "    far = a * (((d - 5) * d + 8) * d - 4)",
        "    return torch.where(d < 1, near, far)",
    )

    def _weigh(self, distance: Points) -> Points:
        return cubic(distance, -0.5)

    def _table(self, at: Points, length: int) -> Table:
        return filter_table(at, length, cubic, 2)

    def tensorflow_code(self, shape: Shape) -> Lines | None:
        """Return TensorFlow's filter that widens; its other cubic is another than torch's."""
        return widened_lines("bicubic", self, shape) if self.antialias else None
