"""Norms of windows of bytes whose powers are whole numbers that single precision holds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from updown_cli.op.integer_way import BYTE, EXACT, HALF, Clamping, IntegerWay, by_rows
from updown_cli.op.row_windows import RowWindows
from updown_cli.op.windows import pads_to_the_last_window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.op.shape import Shape
    from updown_cli.ops.pool.windows import PaddedPool

# Powers of bytes that are added up, and what undoes them.
SUMS, SQUARES = 1.0, 2.0


def norms_way(pool: PaddedPool, shape: Shape, dtype: Any, power: float) -> IntegerWay | None:
    """Return how norms of bytes are made, as torch makes them of means times a window's size.

    None where sums may be rounded, or windows are not whole.
    """
    spans, count = pool.spans(), math.prod(pool.kernel_size)
    if dtype != "uint8" or shape.dims != 2 or power not in (SUMS, SQUARES):
        return None
    if count * BYTE**power >= EXACT or any(map(any, pads_to_the_last_window(spans, shape.size))):
        return None
    clamping = Clamping()
    norms = _Norms(count, power, clamping)

    def act(rows: NDArray[Any], step: int) -> NDArray[Any]:
        windows = RowWindows(spans, step, 0)
        return windows.reduced(rows, partial(norms.sums, windows), norms.rounded)

    return IntegerWay(partial(by_rows, act=act), rounds=True, keeps_white=False, clamping=clamping)


@dataclass(frozen=True)
class _Norms:
    """How many values a window has, and the power they are raised to."""

    count: int
    power: float
    clamping: Clamping

    def sums(self, windows: RowWindows, block: NDArray[Any]) -> NDArray[Any]:
        """Return the sums of powers."""
        import numpy as np

        powers = block.astype(np.float32)
        if self.power == SQUARES:
            powers *= powers
        sums: NDArray[Any] = windows.combined(powers, np.add)
        return sums

    def rounded(self, sums: NDArray[Any], which: slice) -> NDArray[Any]:
        """Return the norms of some rows of windows, half of 1 larger, for a cast."""
        import numpy as np
        import torch

        sums /= np.float32(self.count)
        sums *= np.float32(self.count)
        torch.from_numpy(sums).pow_(1 / self.power)  # whose roots have bits of their own
        values = self.clamping.clamped(sums, which)
        values += np.float32(HALF)
        return values
