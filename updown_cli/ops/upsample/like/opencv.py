"""OpenCV's cv2.resize: `--like opencv`, as its release 5 computes on processors.

Each channel is resized for itself, in 8 bits with whole numbers, deeper with single precision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from updown_cli.op.code import Code, format_call
from updown_cli.op.resampling import pick_table
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.like.arithmetic import EXACT
from updown_cli.ops.upsample.like.tabled import ROUND, Tabled

if TYPE_CHECKING:
    from updown_cli.op.code import Lines
    from updown_cli.op.resampling import Table
    from updown_cli.ops.upsample.like.arithmetic import Arithmetic
    from updown_cli.ops.upsample.like.side import Side, Sides


class OpenCV(Tabled, abstract=True):
    """cv2.resize of numbers of 8 or 16 bits, or of floats."""

    like = "opencv"
    sizes = ROUND
    takes_factor = True

    #: What follows INTER_ in OpenCV's name of the mode.
    flag: ClassVar[str]

    def library_code(self, shape: Shape) -> Lines:
        """Return the call of cv2.resize."""
        height, width = self.out_size(shape)
        factor, size = {}, f"({width}, {height})"
        if self.scale_factor is not None:
            factor = {"fx": float(self.scale_factor[1]), "fy": float(self.scale_factor[0])}
            size = "None"
        flag = Code(f"cv2.INTER_{self.flag}")
        return [f"done = {format_call('cv2.resize', 'plane', size, **factor, interpolation=flag)}"]


class OpenCVNearest(OpenCV):
    """The pixel at floor(i * in / out), computed in float64."""

    mode, flag = "nearest", "NEAREST"
    picks = True

    def table(self, side: Side) -> Table:
        """Return the picked pixels."""
        import numpy as np

        return pick_table(np.floor(np.arange(side.out) * inverse_scale(side)), side.length)

    def arithmetic(self, sides: Sides) -> Arithmetic:
        """Pixels stay as they are."""
        return EXACT


def inverse_scale(side: Side) -> float:
    """Return the input pixels per output pixel as OpenCV has them: 1 / (out / in)."""
    return 1.0 / (side.ratio[1] / side.ratio[0])


MODES = (OpenCVNearest,)
