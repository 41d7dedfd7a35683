"""Convolutions of few channels by rows: torch's numbers, sooner.

How torch adds products is its own affair and the processor's, so that is tried on a small image
first; where a bit differs from what rows give, torch does it all.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from updown_cli.op.threads import run_ordered, thread_count
from updown_cli.op.windows import split_axis
from updown_cli.ops.kernels.row_kernel import ConvWindows, RowPart, are_apart, bands, row_parts

if TYPE_CHECKING:
    from torch import Tensor

# Channels of an image, and results that mix them, beyond which torch's way is faster.
MOST_CHANNELS, MOST_MIXED = 4, 4

# Values of a result that are worth trying it out. Of small images torch may have yet another way.
LEAST = 1 << 19

# Sides of the image that the order of torch's sums is tried on.
SAMPLE = (160, 203)


def sum_by_rows(
    x: Tensor, weight: Tensor, windows: ConvWindows, bias: Tensor | None = None
) -> Tensor | None:
    """Return N x C x H x W convolved with (out, in / groups, height, width) as torch does.

    None where torch must do it.
    """
    if not _is_worth_it(x, weight, windows):
        return None
    if not x.sum().isfinite():  # 0 times it is not 0
        return None
    if not adds_as_torch(len(x), x.shape[1], weight, windows, biased=bias is not None):
        return None
    return summed(x, weight, windows, bias)


def _is_worth_it(x: Tensor, weight: Tensor, windows: ConvWindows) -> bool:
    import torch

    if not (x.is_cpu and x.dtype == torch.float32 and x.ndim == len(SAMPLE) + 2):
        return False
    if not torch.is_inference_mode_enabled():  # learning needs torch's own
        return False
    _, channels, height, width = x.shape
    as_planes = x.stride() == (channels * height * width, height * width, width, 1)
    return as_planes and is_large(len(x), weight, windows) and has_few(channels, weight)


def is_large(frames: int, weight: Tensor, windows: ConvWindows) -> bool:
    """Whether a result is worth trying out how torch sums it."""
    return frames * len(weight) * windows.size[0] * windows.size[1] >= LEAST


def has_few(channels: int, weight: Tensor) -> bool:
    """Whether there are so few channels that rows are faster than torch's own way."""
    if channels > MOST_CHANNELS:
        return False
    return are_apart(weight) or len(weight) * weight.shape[1] // channels <= MOST_MIXED


def adds_as_torch(
    frames: int, channels: int, weight: Tensor, windows: ConvWindows, *, biased: bool
) -> bool:
    """Whether torch adds products as rows do, on this processor, with so many threads."""
    if not weight.isfinite().all():
        return False
    weighs = tuple((weight != 0).flatten().tolist())
    anywhere = replace(windows, before=(0, 0), size=SAMPLE)
    return _adds_so(frames, channels, tuple(weight.shape), weighs, anywhere, biased, thread_count())


@lru_cache(maxsize=64)
def _adds_so(
    frames: int,
    channels: int,
    sizes: tuple[int, ...],
    weighs: tuple[bool, ...],
    windows: ConvWindows,
    biased: bool,
    threads: int,
) -> bool:
    """Try it on noise, with weights of such sizes, some of which are 0."""
    import torch
    import torch.nn.functional as F

    axes = zip(windows.size, windows.stride, windows.dilation, sizes[2:], strict=True)
    sides = [(side - 1) * step + gap * (taps - 1) + 1 for side, step, gap, taps in axes]
    x = noise(frames, channels, *sides) * 255
    weight = (noise(*sizes) - 0.5) * torch.tensor(weighs).view(sizes)
    bias = noise(sizes[0]) if biased else None
    steps = windows.stride, 0, windows.dilation
    theirs = F.conv2d(x, weight, bias, *steps, windows.groups)
    return torch.equal(theirs, summed(x, weight, windows, bias))


def noise(*size: int) -> Tensor:
    """Return numbers from 0 to 1 whose sums depend on their order."""
    import torch

    drawn = torch.Generator().manual_seed(0)
    return torch.rand(*size, generator=drawn)


def summed(x: Tensor, weight: Tensor, windows: ConvWindows, bias: Tensor | None) -> Tensor:
    """Return the sums, some rows after the other or at the same time."""
    height, width = windows.size
    result = x.new_empty(len(x), len(weight), height, width)
    made = [
        (frame, part, *band)
        for frame, part in product(range(len(x)), row_parts(weight, windows))
        for band in bands(windows.size, part.kernel.outs)
    ]

    def act(band: tuple[int, RowPart, int, int]) -> None:
        frame, part, first, last = band
        pixels = x[frame, part.channels].movedim(0, -1)
        sums = part.kernel.sums(part.kernel.seen(pixels, first, last), last - first)
        place = result[frame, part.outs, first:last]
        place.copy_(split_axis(sums, 1, (width, -1)).movedim(-1, 0))
        if bias is not None:
            place.add_(bias[part.outs, None, None])

    for _ in run_ordered(act, made, min(thread_count(), len(made))):
        pass
    return result
