"""Convolutions of bytes by rows: floats are there for some rows at a time, and in no other place.

What is done to values is done to rows of them in the same order, so every byte is that of floats.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from updown_cli.op.array_tensor import as_tensor
from updown_cli.op.channels import interleave_channels
from updown_cli.op.integer_way import HALF, Clamping, IntegerWay
from updown_cli.op.threads import run_ordered, thread_count
from updown_cli.op.windows import split_axis
from updown_cli.ops.kernels.row_kernel import ConvWindows, RowPart, row_parts
from updown_cli.ops.kernels.row_sums import BAND, adds_as_torch, has_few, is_large

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

# Frames that order is tried on: torch may add those of several otherwise than those of one.
FRAMES = (1, 2)

# Sums of bytes stay far below what single precision holds, and so are never infinite.
LARGEST = 1e30

# By how much more than 1 weights may add up to that only average: what rounding leaves.
ROUNDING = 1e-5


def rows_way(
    weight: NDArray[Any], channels: int, windows: ConvWindows, white: float | None = None
) -> IntegerWay | None:
    """Return how bytes are convolved with (out, in / groups, height, width) by rows, and stored.

    With `white` values are divided by it before, and multiplied by it after. None where floats are
    needed.
    """
    import torch

    taps = torch.from_numpy(weight.astype("float32"))
    if not is_summed_so(taps, channels, windows):
        return None
    clamping = None if _averages(weight) else Clamping()
    made = ByteRows([*row_parts(taps, windows)], windows.size, white, clamping)
    return IntegerWay(made.run, rounds=True, keeps_white=False, clamping=clamping, white=white)


def is_summed_so(weight: Tensor, channels: int, windows: ConvWindows) -> bool:
    """Whether rows give torch's sums of bytes, and sooner."""
    known = channels, weight, windows
    if not (is_large(1, weight, windows) and has_few(channels, weight)):
        return False
    if not float(weight.abs().sum()) < LARGEST:
        return False
    return all(adds_as_torch(frames, *known, biased=False) for frames in FRAMES)


def _averages(weight: NDArray[Any]) -> bool:
    """Whether weights make nothing of bytes that is beyond the least and the largest of them."""
    most = weight.reshape(len(weight), -1).sum(1).max()
    return bool(weight.min() >= 0 and most <= 1 + ROUNDING)


@dataclass(frozen=True)
class ByteRows:
    """Parts of a convolution of so many rows and columns, and what is done before and after.

    `clamping` counts what is cut off, if anything can be.
    """

    parts: Sequence[RowPart]
    size: tuple[int, int]
    white: float | None
    clamping: Clamping | None

    def run(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return bytes for N x C x H x W, channels side by side."""
        import numpy as np

        made = [self._frame(frame) for frame in pixels]
        return made[0][None] if len(made) == 1 else np.stack(made)

    def _frame(self, planes: NDArray[Any]) -> NDArray[Any]:
        import numpy as np
        import torch

        pixels = as_tensor(interleave_channels(planes))
        result = np.empty((*self.size, self.parts[-1].outs.stop), np.uint8)
        height, rows = self.size[0], max(BAND // self.size[1], 1)
        act = partial(self._band, pixels, torch.from_numpy(result))
        bands = [
            (part, slice(first, min(first + rows, height)))
            for first in range(0, height, rows)
            for part in self.parts
        ]
        for counted in run_ordered(act, bands, min(thread_count(), len(bands))):
            if self.clamping is not None and counted is not None:
                self.clamping.add(counted)
        return result.transpose(2, 0, 1)

    def _band(
        self, pixels: Tensor, result: Tensor, given: tuple[RowPart, slice]
    ) -> Clamping | None:
        """Store rows of a part's results, and return what was cut off."""
        part, rows = given
        seen = part.kernel.seen(pixels[..., part.channels], rows.start, rows.stop)
        if self.white is not None:
            seen.div_(self.white)
        sums = part.kernel.sums(seen)
        if self.white is not None:
            sums.mul_(self.white)
        counted = None
        if self.clamping is not None:
            counted = Clamping(self.clamping.wanted)
            counted.clamped(sums.numpy(), rows)
        place = result[rows, :, part.outs]
        place.copy_(split_axis(sums.add_(HALF), 1, (self.size[1], -1)))
        return counted
