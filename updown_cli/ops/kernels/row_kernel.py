"""Convolutions of rows of pixels with channels side by side, by torch's own of a single channel.

Torch works on as many results of a pixel at once as a register holds, however few there are. Here
the results of some pixels beside each other are as many results of one window: each has the same
kernel, a pixel farther on, among zeros, which change no sum. So registers are full, a row of the
result comes out in order, and products are still added by rows, columns and channels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.op.windows import ceil_div, split_axis

if TYPE_CHECKING:
    from torch import Tensor

# Pixels whose results one window has: more are more zeros. Measured on 2 cores.
PIXELS = 8

# Values of one image up to which torch may add in another way, so that they are always more.
SMALL = 20480

# Values of a result that are made at a time: with what they see, they stay in a cache.
BAND = 1 << 19


@dataclass(frozen=True, kw_only=True)
class ConvWindows:
    """Windows over rows and columns: zeros above and at the left, the size of the result, gaps."""

    before: tuple[int, int]
    size: tuple[int, int]
    stride: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)
    groups: int = 1


@dataclass(frozen=True)
class RowKernel:
    """A weight for rows: (pixels * results, 1, taps down, values across).

    `first` is the place of its first row in a window: those of zeros before are gone. Columns of
    zeros stay, as some processors add up pairs of columns.
    """

    weight: Tensor
    channels: int
    first: int
    windows: ConvWindows

    @classmethod
    def of(cls, weight: Tensor, windows: ConvWindows) -> RowKernel:
        """Return it for (out, in, height, width), of one group."""
        top, bottom = _weighed_rows(weight)
        each = weight[:, :, top : bottom + 1]
        outs, channels, height, width = each.shape
        step, gap = windows.stride[1], windows.dilation[1]
        across = (PIXELS - 1) * step + (width - 1) * gap + 1
        wide = each.new_zeros(PIXELS, outs, height, across, channels)
        taps = each.permute(0, 2, 3, 1)
        for pixel in range(PIXELS):
            begin = pixel * step
            wide[pixel, :, :, begin : begin + (width - 1) * gap + 1 : gap] = taps
        flat = wide.reshape(PIXELS * outs, 1, height, across * channels)
        return cls(flat, channels, top, windows)

    @property
    def outs(self) -> int:
        """Results of a pixel."""
        return len(self.weight) // PIXELS

    def seen(self, pixels: Tensor, first: int, last: int) -> Tensor:
        """Return what rows [first, last) of the result see of H x W x C, as floats.

        Rows have channels side by side, and zeros where nothing is. Of few rows there are more.
        """
        import torch

        (step, _), (gap, _) = self.windows.stride, self.windows.dilation
        low = first * step - self.windows.before[0] + self.first * gap
        count = (last - first - 1) * step + (self.weight.shape[2] - 1) * gap + 1
        start, end = _within(count, len(pixels), low)
        values = self._values()
        more = max(SMALL // values + 1 - count, 0)
        room = torch.empty(count + more, values, dtype=self.weight.dtype)
        room[:start].zero_()
        room[end:].zero_()
        if start < end:
            self._put(pixels[low + start : low + end], room[start:end])
        return room

    def sums(self, seen: Tensor, count: int) -> Tensor:
        """Return so many rows of the result, results of a pixel side by side, for what they see."""
        import torch.nn.functional as F

        (down, across), (gap, _) = self.windows.stride, self.windows.dilation
        height, width = seen.shape
        one = seen.as_strided((1, 1, height, width), (height * width, 1, width, 1))
        step = down, PIXELS * across * self.channels
        sums = F.conv2d(one, self.weight, stride=step, dilation=(gap, 1))
        rows = sums.movedim(1, -1).reshape(sums.shape[2], -1)
        return rows[:count, : self.windows.size[1] * self.outs]

    def _values(self) -> int:
        """Return the values of a row that are seen, by two windows at least.

        With one window in a row of channels side by side torch 2.13 reads elsewhere, on AVX-512.
        """
        blocks = max(ceil_div(self.windows.size[1], PIXELS), 2)
        step = PIXELS * self.windows.stride[1] * self.channels
        return (blocks - 1) * step + self.weight.shape[3]

    def _put(self, pixels: Tensor, room: Tensor) -> None:
        """Put rows of pixels into their room, and zeros beside them."""
        each, offset = self.channels, -self.windows.before[1]
        start, end = _within(room.shape[1] // each, pixels.shape[1], offset)
        room[:, : start * each].zero_()
        room[:, end * each :].zero_()
        place = split_axis(room[:, start * each : end * each], 1, (-1, each))
        place.copy_(pixels[:, start + offset : end + offset])


def bands(size: tuple[int, int], outs: int = 1) -> Iterator[tuple[int, int]]:
    """Yield [first, last) of rows that are made at a time, about as many each."""
    height, width = size
    count = ceil_div(height * width * outs, BAND)
    for number in range(count):
        yield number * height // count, (number + 1) * height // count


@dataclass(frozen=True)
class RowPart:
    """Some results, and the channels that these are made of."""

    outs: slice
    channels: slice
    kernel: RowKernel


def row_parts(weight: Tensor, windows: ConvWindows) -> Iterator[RowPart]:
    """Yield the results of (out, in / groups, height, width) that are made together.

    Each of them alone where none mixes channels, else those of a group.
    """
    outs, ins = weight.shape[:2]
    many = outs // windows.groups
    apart = are_apart(weight)
    for first in range(0, outs, 1 if apart else many):
        kept, channels = slice(first, first + (1 if apart else many)), slice(0, ins)
        if apart:
            channel = int((weight[first] != 0).flatten(1).any(1).float().argmax())
            channels = slice(channel, channel + 1)
        before = first // many * ins
        seen = slice(before + channels.start, before + channels.stop)
        yield RowPart(kept, seen, RowKernel.of(weight[kept, channels], windows))


def are_apart(weight: Tensor) -> bool:
    """Whether no result mixes channels."""
    return int((weight != 0).flatten(2).any(2).sum(1).max()) <= 1


def _weighed_rows(weight: Tensor) -> tuple[int, int]:
    """Return the first and the last row where not all is zero."""
    places = (weight != 0).sum((0, 1, 3)).nonzero().flatten().tolist() or [0]
    return places[0], places[-1]


def _within(made: int, given: int, offset: int) -> tuple[int, int]:
    """Return [first, last) of the places whose source, at an offset, is there."""
    first = max(-offset, 0)
    return first, max(first, min(made, given - offset))
