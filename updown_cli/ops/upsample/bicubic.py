"""Bicubic interpolation, for 2-D data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.resampling import Table, cubic, filter_table
from updown_cli.ops.upsample.smooth import Smoothed

if TYPE_CHECKING:
    from updown_cli.op.resampling import Points


class Bicubic(Smoothed):
    """A cubic through four pixels on each axis: A = -0.75, with antialias -0.5."""

    mode = "bicubic"
    ranks = (2,)
    side = 2

    def _table(self, at: Points, length: int) -> Table:
        return filter_table(at, length, cubic, 2)
