"""What the modes of cv2.resize share: sizes, points, and the call itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from updown_cli.op.code import Code, format_call
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.like.tabled import ROUND, Tabled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from updown_cli.op.code import Lines
    from updown_cli.op.resampling import Points
    from updown_cli.ops.upsample.like.side import Side


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
        size, factors = f"({width}, {height})", {}
        if self.scale_factor is not None:
            down, across = map(float, self.scale_factor)
            size, factors = "None", {"fx": across, "fy": down}
        flag = Code(f"cv2.INTER_{self.flag}")
        return [f"done = {format_call('cv2.resize', 'plane', size, **factors, interpolation=flag)}"]


def enlargement(side: Side) -> float:
    """Return the output pixels per input pixel in float64, as typed or out / in."""
    return side.ratio[1] / side.ratio[0]


def single_points(side: Side) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the pixels before output pixels, and how far these are behind them, in float32."""
    import numpy as np

    at = centres(side).astype(np.float32)
    first = np.floor(at)
    return first.astype(np.int64), at - first


def centres(side: Side) -> Points:
    """Return where the middles of output pixels lie, in float64."""
    import numpy as np

    middles = np.arange(side.out, dtype=np.float64) + 0.5
    return middles * (1.0 / enlargement(side)) - 0.5
