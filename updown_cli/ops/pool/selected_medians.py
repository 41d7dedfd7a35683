"""Medians of sliding windows by a network of smaller and larger values, many windows at a time."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from updown_cli.op.integer_way import by_rows
from updown_cli.op.row_windows import RowWindows
from updown_cli.op.selection_network import selection, sorting
from updown_cli.op.windows import Span

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

# Values of a window up to which a network is quicker than to sort.
MOST_SELECTED = 1 << 8


def can_select(spans: list[Span]) -> bool:
    """Whether windows are of planes, and not too large."""
    return len(spans) == 2 and math.prod(span.kernel for span in spans) <= MOST_SELECTED


def is_ordered(x: Tensor) -> bool:
    """Whether smaller and larger tell any two different numbers apart, as with NaN and -0.0 not."""
    import torch

    if x.dtype not in (torch.float32, torch.float64) or x.sum().isnan():
        return False
    return not bool(((x == 0) & x.signbit()).any())


def select_medians(pixels: NDArray[Any], spans: list[Span], *, mean: bool = False) -> NDArray[Any]:
    """Return the medians of windows over N x C x H x W; what is outside is counted as 0.

    Of an even number of values it is the lower middle one, or the mean of both.
    """

    def act(rows: NDArray[Any], step: int) -> NDArray[Any]:
        windows = RowWindows(spans, step, 0)
        return windows.reduced(rows, partial(_medians, windows, mean=mean))

    return by_rows(pixels, act)


def _medians(windows: RowWindows, block: NDArray[Any], *, mean: bool) -> NDArray[Any]:
    import numpy as np

    high, wide = windows.vertical.kernel, windows.horizontal.kernel
    columns = sorting(high).run(windows.taps_down(block), np.minimum, np.maximum)
    values = [part for column in columns for part in windows.taps_across(column)]
    lower, upper = (high * wide - 1) // 2, high * wide // 2
    (median,) = selection(high, wide, lower).run(values, np.minimum, np.maximum)
    if mean and lower != upper:
        (other,) = selection(high, wide, upper).run(values, np.minimum, np.maximum)
        median = (median + other) / 2
    result: NDArray[Any] = median
    return result
