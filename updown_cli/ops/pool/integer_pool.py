"""Pools by sliding windows on integers as they are stored."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from updown_cli.op.channels import CELL
from updown_cli.op.integer_way import BYTE, HALF, IntegerWay, by_rows, divided
from updown_cli.op.row_windows import RowWindows, see_pixels
from updown_cli.op.windows import Span
from updown_cli.ops.pool.cell_means import cell_means, come_in_pairs, lie_apart, plane_means

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.op.shape import Shape
    from updown_cli.ops.pool.windows import PaddedPool

# Values of a window up to which a sum of bytes, and its share in single precision, are on the same
# side of a half as the exact ones.
MOST_SUMMED = 1 << 12

# How many ways are kept, each for a pool and a size of pictures.
KEPT = 128


@lru_cache(KEPT)
def extremes_way(pool: PaddedPool, shape: Shape, dtype: Any, which: str) -> IntegerWay | None:
    """Return the maxima or minima of windows; None where a window sees no pixel at all."""
    import numpy as np

    if not _is_for(pool, shape):
        return None
    limits, combine, spans = np.iinfo(dtype), getattr(np, which), pool.spans()
    outside = int(limits.min if which == "maximum" else limits.max)

    def act(rows: NDArray[Any], step: int) -> NDArray[Any]:
        windows = RowWindows(spans, step, outside)
        return windows.reduced(rows, partial(windows.combined, combine=combine))

    return IntegerWay(partial(by_rows, act=act, cells=True))


@lru_cache(KEPT)
def means_way(
    pool: PaddedPool, shape: Shape, dtype: Any, *, includes: bool, divisor: int | None
) -> IntegerWay | None:
    """Return the means of windows of bytes, rounded; `includes` says that padding is counted."""
    if dtype != "uint8" or not _is_for(pool, shape):
        return None
    taps = math.prod(pool.kernel_size)
    share = divisor or taps
    if not taps <= share <= MOST_SUMMED:
        return None
    spans = [*zip(pool.spans(), shape.size, strict=True)]
    apart = lie_apart(pool.spans(), shape.size, share)
    rows, columns = (_counts(span, side, includes) for span, side in spans)
    means = Means(rows, columns, divisor)
    pads = any(any(span.pads(side)) for span, side in spans)

    def act(rows: NDArray[Any], step: int) -> NDArray[Any]:
        if apart and step == CELL:
            return cell_means(rows, pool.spans(), share)
        if apart and step == 1 and come_in_pairs(pool.spans()):
            return plane_means(rows, pool.spans(), share)
        windows = RowWindows(pool.spans(), step, 0)
        return windows.reduced(rows, partial(means.sums, windows), means.rounded)

    keeps_white = divisor is None and not (includes and pads)
    run = partial(by_rows, act=act, cells=True)
    return IntegerWay(run, rounds=True, keeps_white=keeps_white)


def sums_dtype(most: int) -> Any:
    """Return a type with room for the sum of so many bytes, and half as many more."""
    import numpy as np

    return np.uint16 if most * BYTE + most // 2 < 1 << 16 else np.uint32


@dataclass(frozen=True)
class Means:
    """How many values are counted in each row and each column of windows, or what divides all."""

    rows: NDArray[Any]
    columns: NDArray[Any]
    divisor: int | None = None

    def sums(self, windows: RowWindows, block: NDArray[Any]) -> NDArray[Any]:
        """Return the sums of windows, with room for half a divisor more."""
        import numpy as np

        most = max(windows.vertical.kernel * windows.horizontal.kernel, self.divisor or 0)
        sums: NDArray[Any] = windows.combined(block.astype(sums_dtype(most)), np.add)
        return sums

    def rounded(self, sums: NDArray[Any], which: slice) -> NDArray[Any]:
        """Return the means of some rows of windows, rounded half up."""
        import numpy as np

        if (divisor := self._of_all(which)) is not None:
            return divided(sums, divisor)
        divisors = np.outer(self.rows[which], self.columns)
        shares = sums.astype(np.float32) / divisors.astype(np.float32)[..., None]
        means: NDArray[Any] = (shares + np.float32(HALF)).astype(np.uint8)
        return means

    def _of_all(self, which: slice) -> int | None:
        """Return what divides all sums of some rows, if it is one number."""
        if self.divisor is not None:
            return self.divisor
        rows, columns = self.rows[which], self.columns
        alike = rows.min() == rows.max() and columns.min() == columns.max()
        return int(rows[0] * columns[0]) if alike else None


def _is_for(pool: PaddedPool, shape: Shape) -> bool:
    """Whether windows slide over planes, and each of them sees a pixel."""
    return shape.dims == 2 and see_pixels(pool.spans(), shape.size)


def _counts(span: Span, length: int, includes: bool) -> NDArray[Any]:
    """Return how many values of each window are counted: pixels, and padding if it is included."""
    import numpy as np

    before, after = span.pads(length)
    starts = np.arange(span.count(length)) * span.stride - before
    low, high = (-before, length + after) if includes else (0, length)
    return np.minimum(starts + span.kernel, high) - np.maximum(starts, low)
