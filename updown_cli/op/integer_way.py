"""How an operation works on integers as they are stored, where that is exact and spares floats."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from updown_cli.op.channels import CELL, interleave_channels, whole_cells

if TYPE_CHECKING:
    from numpy.typing import NDArray


# The largest byte.
BYTE = 255

#: Added before a cast of single precision, which truncates: 0.5 itself would round 0.49999997 up.
HALF = 0.5 - 2.0**-25

#: Whole numbers below this, in any unit that is a power of two, have single precision, in whatever
#: order they are added up.
EXACT = 1 << 24

# How much more than 1 weights may be that only average: what rounding leaves.
ROUNDING = 1e-5


def only_average(least: float, total: float) -> bool:
    """Whether weights, of the least and of the largest sum, make nothing beyond what they weigh."""
    return bool(least >= 0 and total <= 1 + ROUNDING)


@dataclass
class Clamping:
    """How many values of wanted rows were outside the bytes, and their extremes before."""

    wanted: slice = field(default_factory=lambda: slice(None))
    outside: int = 0
    min: float = math.inf
    max: float = -math.inf

    def clamped(self, values: NDArray[Any], which: slice) -> NDArray[Any]:
        """Return some rows of numbers clamped to bytes, in place, and count.

        What rounding mends is not counted.
        """
        import numpy as np

        first, last, _ = self.wanted.indices(which.stop)
        self._count(values[max(first - which.start, 0) : max(last - which.start, 0)])
        return np.clip(values, 0, BYTE, out=values)

    def add(self, other: Clamping) -> None:
        """Count also what another counted, of other rows."""
        self.outside += other.outside
        self.min, self.max = min(self.min, other.min), max(self.max, other.max)

    def _count(self, values: NDArray[Any]) -> None:
        import numpy as np

        if values.size == 0:
            return
        low, high = float(values.min()), float(values.max())
        self.min, self.max = min(self.min, low), max(self.max, high)
        whole = values.dtype.kind in "iu"
        least, behind = (0, BYTE + 1) if whole else (-0.5, BYTE + 0.5)
        if low < least or high >= behind:
            self.outside += int(np.count_nonzero((values < least) | (values >= behind)))


@dataclass(frozen=True)
class IntegerWay:
    """`run` gives of integers, N x C x H x W, the values that the layer gives of them as floats.

    If `rounds`, they are rounded half up, as bytes are stored. `keeps_white` says that white stays
    white, and so an opaque picture opaque. `clamping` counts what is cut off, if anything can be.
    `white` is what it takes for white, if that matters.
    """

    run: Callable[[NDArray[Any]], NDArray[Any]]
    rounds: bool = False
    keeps_white: bool = True
    clamping: Clamping | None = None
    white: float | None = None


def divided(sums: NDArray[Any], divisor: int) -> NDArray[Any]:
    """Return whole sums divided, in their place, rounded half up; half a divisor more has room."""
    word = sums.dtype.type
    sums += word(divisor // 2)
    if divisor & (divisor - 1):
        sums //= word(divisor)
    else:
        sums >>= word(divisor.bit_length() - 1)
    return sums


def by_rows(
    pixels: NDArray[Any], act: Callable[[NDArray[Any], int], NDArray[Any]], *, cells: bool = False
) -> NDArray[Any]:
    """Return N x C x H x W with its rows acted on, which lie in memory as they did.

    `act` takes H x values of a row, and how many of them one pixel has: all channels where these
    are side by side, else one. With `cells` three bytes of a pixel that lie in four, as Pillow has
    them, stay there, and the fourth is acted on as well.
    """
    import numpy as np

    frames, channels, height, _ = pixels.shape
    if cells and frames == 1 and (whole := whole_cells(pixels[0])) is not None:
        made = act(whole.reshape(height, -1), CELL)
        return made.reshape(len(made), -1, CELL)[..., :channels].transpose(2, 0, 1)[None]
    if channels > 1 and pixels.strides[1] == pixels.itemsize:
        sheets = [interleave_channels(frame).reshape(height, -1) for frame in pixels]
        results = [act(sheet, channels) for sheet in sheets]
        done = [rows.reshape(len(rows), -1, channels).transpose(2, 0, 1) for rows in results]
        return _stacked(done)
    planes = [np.ascontiguousarray(plane) for frame in pixels for plane in frame]
    stacked = _stacked([act(plane, 1) for plane in planes])
    return stacked.reshape(frames, channels, *stacked.shape[1:])


def _stacked(arrays: list[NDArray[Any]]) -> NDArray[Any]:
    """Return arrays behind each other; one alone is not copied."""
    import numpy as np

    return arrays[0][None] if len(arrays) == 1 else np.stack(arrays)
