"""One input pixel for every output pixel, as OpenCV picks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.resampling import pick_table
from updown_cli.ops.upsample.like.arithmetic import EXACT
from updown_cli.ops.upsample.like.opencv.opencv import OpenCV, enlargement

if TYPE_CHECKING:
    from updown_cli.op.resampling import Table
    from updown_cli.ops.upsample.like.arithmetic import Arithmetic
    from updown_cli.ops.upsample.like.side import Side, Sides


class OpenCVNearest(OpenCV):
    """The pixel at floor(i * in / out), computed in float64."""

    mode, flag = "nearest", "NEAREST"
    picks = True

    def table(self, side: Side) -> Table:
        """Return the picked pixels."""
        import numpy as np

        return pick_table(np.floor(np.arange(side.out) * (1.0 / enlargement(side))), side.length)

    def arithmetic(self, sides: Sides) -> Arithmetic:
        """Pixels stay as they are."""
        return EXACT


class OpenCVNearestExact(OpenCV):
    """The pixel in which a point lies, as release 5 and Pillow add up the points."""

    mode, flag = "nearest-exact", "NEAREST_EXACT"
    picks = True

    def table(self, side: Side) -> Table:
        """Return the picked pixels, from the two sizes whatever is typed."""
        import numpy as np

        steps = np.full(side.out, side.length / side.out)
        steps[0] *= 0.5
        return pick_table(np.floor(np.add.accumulate(steps)), side.length)

    def arithmetic(self, sides: Sides) -> Arithmetic:
        """Pixels stay as they are."""
        return EXACT
