"""What windows of a picture say of a kernel: their products with each other and with results."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from updown_cli.fit.normal_equations import NormalEquations
from updown_cli.op.learnable import AxisTaps
from updown_cli.op.windows import ceil_div

if TYPE_CHECKING:
    from torch import Tensor

# Numbers of windows that are laid out at once: 32 MB.
MOST_VALUES = 1 << 22

# Windows, side by side, by channel and taps of the rows and columns.
Axes = tuple[AxisTaps, AxisTaps]


@dataclass(frozen=True, kw_only=True)
class Unknowns:
    """The unknowns of a kernel: channels x taps of rows x taps of columns, then a bias if any."""

    channels: int
    taps: tuple[int, int]
    bias: bool

    @property
    def count(self) -> int:
        """How many there are."""
        return self.channels * self.taps[0] * self.taps[1] + self.bias


def inside(axis: AxisTaps, side: int) -> AxisTaps:
    """Return the taps with the results alone whose windows reach over no edge."""
    reach = _reach(axis)
    first = max(ceil_div(-axis.first, axis.step), 0)
    end = max((side - 1 - reach - axis.first) // axis.step + 1, first)
    return replace(axis, out=axis.out[first:end], first=axis.first + axis.step * first)


def _reach(axis: AxisTaps) -> int:
    """Return how far the last value of a window is from the first."""
    return axis.gap * (max(len(axis.taps), 1) - 1)


def add_windows(
    sums: NormalEquations, unknowns: Unknowns, x: Tensor, y: Tensor, axes: Axes, keep: Tensor | None
) -> None:
    """Add what C x H x W says of results O x H x W, those of one set, where these are kept."""
    rows, columns = axes
    if not (len(rows.out) and len(columns.out)):
        return
    around = _padded(x, axes)
    set_of: Any = (..., *(slice(a.out.start, a.out.stop, a.out.step) for a in axes))
    y, keep = y[set_of], None if keep is None else keep[set_of]
    each = max(len(x) * len(rows.taps) * len(columns.taps), 1) * len(columns.out)
    height = max(MOST_VALUES // each, 1)
    where = _places(unknowns, axes)
    for first in range(0, len(rows.out), height):
        last = min(first + height, len(rows.out))
        windows = _windows(around, axes, first, last)
        results = y[:, first:last].flatten(1)
        if keep is not None:
            chosen = keep[first:last].flatten()
            if not chosen.all():
                windows, results = windows[:, chosen], results[:, chosen]
        _add(sums, unknowns, windows, results, where)


def _add(
    sums: NormalEquations, unknowns: Unknowns, windows: Tensor, results: Tensor, where: list[int]
) -> None:
    import numpy as np
    import torch

    if unknowns.bias:
        windows = torch.cat([windows, windows.new_ones(1, windows.shape[1])])
    gram, cross = windows @ windows.T, windows @ results.T
    squares = float((results * results).sum())
    sums.add(np.array(where, int), gram.numpy(), cross.numpy(), squares, windows.shape[1])


def _padded(x: Tensor, axes: Axes) -> Tensor:
    """Return a picture with the zeros around it that windows reach, or without what none does."""
    import torch.nn.functional as F

    pads = []
    for side, axis in zip(x.shape[1:], axes, strict=True):
        last = axis.first + axis.step * (len(axis.out) - 1) + _reach(axis)
        pads.append((-axis.first, last + 1 - side))
    return F.pad(x, (*pads[1], *pads[0]))


def _windows(around: Tensor, axes: Axes, first: int, last: int) -> Tensor:
    """Return (channels * taps) x windows of rows [first, last), from a padded picture."""
    rows, columns = axes
    plane, row, pixel = around.stride()
    size = (len(around), len(rows.taps), len(columns.taps), last - first, len(columns.out))
    strides = (plane, rows.gap * row, columns.gap * pixel, rows.step * row, columns.step * pixel)
    start = around.storage_offset() + first * rows.step * row
    laid = around.as_strided(size, strides, start)
    return laid.reshape(size[0] * size[1] * size[2], size[3] * size[4])


def _places(unknowns: Unknowns, axes: Axes) -> list[int]:
    """Return which unknowns the windows multiply."""
    height, width = unknowns.taps
    rows, columns = axes
    found = [
        (channel * height + down) * width + right
        for channel in range(unknowns.channels)
        for down in rows.taps
        for right in columns.taps
    ]
    return [*found, unknowns.count - 1] if unknowns.bias else found
