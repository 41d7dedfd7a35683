"""Convolutions of bytes by rows: floats are there for some rows at a time, and in no other place.

What is done to values is done to rows of them in the same order, so every byte is that of floats.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from updown_cli.op.array_tensor import as_tensor
from updown_cli.op.channels import interleave_channels
from updown_cli.op.integer_way import BYTE, EXACT, HALF, Clamping, IntegerWay, only_average
from updown_cli.op.threads import run_ordered, thread_count
from updown_cli.op.windows import split_axis
from updown_cli.ops.kernels.row_kernel import ConvWindows, RowPart, bands, row_parts
from updown_cli.ops.kernels.row_sums import adds_as_torch, has_few, is_large

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

# Frames that order is tried on: torch may add those of several otherwise than those of one.
FRAMES = (1, 2)

# Sums of bytes stay far below what single precision holds, and so are never infinite.
LARGEST = 1e30


#: What is done to rows of values of some channels, and may be done in their own place.
After = Callable[["Tensor", slice], "Tensor"]


def rows_way(
    weight: NDArray[Any], channels: int, windows: ConvWindows, white: float | None = None
) -> IntegerWay | None:
    """Return how bytes are convolved with (out, in / groups, height, width) by rows, and stored.

    With `white` values are divided by it before, and multiplied by it after. None where floats are
    needed.
    """
    taps = single(weight)
    if not is_summed_so(taps, channels, windows):
        return None
    clamping = None if averages(weight) else Clamping()
    placed = [Placed(part, part.outs) for part in row_parts(taps, windows)]
    return ByteRows(placed, windows.size, len(weight), white=white, clamping=clamping).integer_way()


def whole_sums_way(
    weight: NDArray[Any], channels: int, windows: ConvWindows, after: After | None = None
) -> IntegerWay | None:
    """Return how bytes are convolved where single precision holds all sums, in whatever order.

    Numbers are whole, or all are in a unit that is a power of two. `after` makes what is in range.
    """
    unit = min(abs(weight[weight != 0]).min(initial=1.0), 1.0)
    most = abs(weight).reshape(len(weight), -1).sum(1).max() * BYTE
    taps = single(weight)
    if not most < EXACT * unit or not has_few(channels, taps):
        return None
    placed = [Placed(part, part.outs) for part in row_parts(taps, windows)]
    return ByteRows(placed, windows.size, len(weight), after=after).integer_way()


def single(weight: NDArray[Any]) -> Tensor:
    """Return a weight in single precision."""
    import torch

    return torch.from_numpy(weight.astype("float32"))


def is_summed_so(
    weight: Tensor, channels: int, windows: ConvWindows, images: Sequence[int] = FRAMES
) -> bool:
    """Whether rows give torch's sums of so many images of bytes, and sooner."""
    if not (is_large(1, weight, windows) and has_few(channels, weight)):
        return False
    if not stays_finite(weight):
        return False
    return all(adds_as_torch(count, channels, weight, windows, biased=False) for count in images)


def stays_finite(weight: Tensor) -> bool:
    """Whether all sums of bytes are far below what single precision holds."""
    return float(weight.abs().sum()) < LARGEST


def averages(weight: NDArray[Any]) -> bool:
    """Whether weights make nothing of bytes that is beyond the least and the largest of them."""
    return only_average(weight.min(), weight.reshape(len(weight), -1).sum(1).max())


@dataclass(frozen=True)
class Placed:
    """A part of a convolution, the channels of the result that it gives, and where in its cells."""

    part: RowPart
    channels: slice
    row: int = 0
    column: int = 0


@dataclass(frozen=True)
class ByteRows:
    """Parts of a convolution of so many rows and columns, and what is done before and after.

    The result has so many channels, and `side` x `side` pixels for each window. `clamping` counts
    what is cut off, if anything can be.
    """

    parts: Sequence[Placed]
    size: tuple[int, int]
    channels: int
    side: int = 1
    white: float | None = None
    after: After | None = None
    clamping: Clamping | None = None

    def integer_way(self) -> IntegerWay:
        """Return how it works on bytes."""
        return IntegerWay(
            self.run, rounds=True, keeps_white=False, clamping=self.clamping, white=self.white
        )

    def run(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return bytes for N x C x H x W, channels side by side."""
        import numpy as np

        made = [self._frame(frame) for frame in pixels]
        return made[0][None] if len(made) == 1 else np.stack(made)

    def _frame(self, planes: NDArray[Any]) -> NDArray[Any]:
        import numpy as np
        import torch

        pixels, (height, width) = as_tensor(interleave_channels(planes)), self.size
        result = np.empty((height, self.side, width, self.side, self.channels), np.uint8)
        places = torch.from_numpy(result).permute(0, 2, 4, 1, 3)
        made = [(placed, slice(*band)) for band in bands(self.size) for placed in self.parts]
        act = partial(self._band, pixels, places)
        for counted in run_ordered(act, made, min(thread_count(), len(made))):
            if self.clamping is not None and counted is not None:
                self.clamping.add(counted)
        sides = height * self.side, width * self.side
        return result.reshape(*sides, self.channels).transpose(2, 0, 1)

    def _band(self, pixels: Tensor, places: Tensor, given: tuple[Placed, slice]) -> Clamping | None:
        """Store rows of a part's results, and return what was cut off."""
        placed, rows = given
        place = places[rows, :, placed.channels, placed.row, placed.column]
        values, counted = self._values(pixels, placed, rows), None
        if self.clamping is not None:
            counted = self._clamped(values, placed, rows)
        place.copy_(split_axis(values.add_(HALF), 1, (self.size[1], -1)))
        return counted

    def _values(self, pixels: Tensor, placed: Placed, rows: slice) -> Tensor:
        """Return the values that rows of the result are to be stored of."""
        kernel = placed.part.kernel
        seen = kernel.seen(pixels[..., placed.part.channels], rows.start, rows.stop)
        if self.white is not None:
            seen.div_(self.white)
        values = kernel.sums(seen, rows.stop - rows.start)
        if self.after is not None:
            values = self.after(values, placed.channels)
        return values if self.white is None else values.mul_(self.white)

    def _clamped(self, values: Tensor, placed: Placed, rows: slice) -> Clamping:
        """Clamp values, and return what was cut off of wanted rows of the result."""
        assert self.clamping is not None
        first, last, _ = self.clamping.wanted.indices(self.size[0] * self.side)
        wanted = (-(-(place - placed.row) // self.side) for place in (first, last))
        counted = Clamping(slice(*(max(place, 0) for place in wanted)))
        counted.clamped(values.numpy(), rows)
        return counted
