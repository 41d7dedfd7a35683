"""The one convolution of a block on bytes, by rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from updown_cli.op.threads import thread_count
from updown_cli.ops.kernels.byte_rows import FRAMES, averages, is_summed_so, stays_finite
from updown_cli.ops.kernels.row_kernel import ConvWindows, RowPart, row_parts
from updown_cli.ops.kernels.row_sums import SAMPLE, has_few, is_large, noise, summed

if TYPE_CHECKING:
    from torch import Tensor

#: Every second tap of both sides, by whether the row and the column of a result are odd.
PARITIES = tuple(product((0, 1), repeat=2))


@dataclass(frozen=True)
class ByteKernel:
    """A weight, (out, in, height, width), without bias, for images of so many channels.

    If `alone`, it is for one channel and each of the image's is an image of its own.
    """

    weight: Tensor
    channels: int
    alone: bool

    @property
    def averages(self) -> bool:
        """Whether nothing of bytes becomes less than black or more than white."""
        return averages(self.weight.numpy())

    def parts(self, windows: ConvWindows) -> list[RowPart] | None:
        """Return what makes the results by rows; None where torch adds otherwise."""
        seen = 1 if self.alone else self.channels
        if not is_summed_so(self.weight, seen, windows, self._images()):
            return None
        return self._parts(self.weight, windows)

    def parts_by_parity(
        self, size: tuple[int, int], *, of_zeros: bool
    ) -> list[tuple[RowPart, int, int]] | None:
        """Return what makes every second row and column of 5x5 taps on zeros between pixels.

        Each with whether its rows and columns are odd. If `of_zeros`, torch multiplies the zeros
        as well, else it does four convolutions. None where it adds otherwise.
        """
        if of_zeros and not self._adds_to_zeros(size):
            return None
        made = []
        for row, column in PARITIES:
            taps, windows = self.weight[:, :, row::2, column::2], _windows(size, row, column)
            seen = replace(self, weight=taps)
            parts = seen._parts(taps, windows) if of_zeros else seen.parts(windows)
            if parts is None:
                return None
            made += [(part, row, column) for part in parts]
        return made

    def _parts(self, weight: Tensor, windows: ConvWindows) -> list[RowPart]:
        groups = self.channels if self.alone else 1
        each = weight.repeat(groups, 1, 1, 1)
        return [*row_parts(each, replace(windows, groups=groups))]

    def _images(self) -> tuple[int, ...]:
        return tuple(frames * (self.channels if self.alone else 1) for frames in FRAMES)

    def _adds_to_zeros(self, size: tuple[int, int]) -> bool:
        seen = 1 if self.alone else self.channels
        spread = ConvWindows(before=(2, 2), size=(2 * size[0], 2 * size[1]))
        if not (has_few(seen, self.weight) and is_large(1, self.weight, spread)):
            return False
        if not stays_finite(self.weight):
            return False
        weighs = tuple((self.weight != 0).flatten().tolist())
        known = tuple(self.weight.shape), weighs, thread_count()
        return all(_adds_to_zeros(count, seen, *known) for count in self._images())


def _windows(size: tuple[int, int], row: int, column: int) -> ConvWindows:
    """Return the windows of every second row and column, from these on."""
    return ConvWindows(before=(1 - row, 1 - column), size=size)


@lru_cache(maxsize=64)
def _adds_to_zeros(
    images: int, channels: int, sizes: tuple[int, ...], weighs: tuple[bool, ...], threads: int
) -> bool:
    """Try on noise whether torch's sums over pixels with zeros between them are those of pixels."""
    import torch
    import torch.nn.functional as F

    height, width = SAMPLE
    x = noise(images, channels, height, width)
    weight = (noise(*sizes) - 0.5) * torch.tensor(weighs).view(sizes)
    spread = x.new_zeros(images, channels, 2 * height, 2 * width)
    spread[:, :, ::2, ::2] = x
    theirs = F.conv2d(spread, weight, padding=(sizes[2] // 2, sizes[3] // 2))
    return all(
        torch.equal(
            theirs[:, :, row::2, column::2],
            summed(x, weight[:, :, row::2, column::2], _windows(SAMPLE, row, column), None),
        )
        for row, column in PARITIES
    )
