"""Convolutions of few channels with few taps, one tap after the other: torch's numbers, sooner.

Torch's own way works on sixteen results of a pixel at once, however few there are, and brings all
values into that order and back. Here products are added in the same order, by rows, columns and
channels, each with one rounding: so every bit is torch's. How torch adds is its own affair and the
processor's, so that is tried on a small image first; where a bit differs, torch does it all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from updown_cli.op.threads import run_ordered, thread_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

# Values of a result that are summed at a time: they stay in a core's cache.
BAND = 1 << 17

# Products for each value of an image, and its channels, beyond which torch's way is faster.
MOST_TAPS, MOST_CHANNELS = 32, 4

# Values of a result that are worth trying it out. Of small images torch may have yet another way.
LEAST = 1 << 19

# Sides of the image that the order of torch's sums is tried on.
SAMPLE = (160, 203)


@dataclass(frozen=True, kw_only=True)
class TapWindows:
    """Windows one pixel apart: zeros above and at the left, the size of the result, gaps."""

    before: tuple[int, int]
    size: tuple[int, int]
    dilation: tuple[int, int] = (1, 1)
    groups: int = 1


@dataclass(frozen=True)
class _Tap:
    """A product: what a weight is times, by its place in a window and its channel."""

    row: int
    column: int
    channel: int
    weight: float


def sum_by_taps(
    x: Tensor, weight: Tensor, windows: TapWindows, bias: Tensor | None = None
) -> Tensor | None:
    """Return N x C x H x W convolved with (out, in / groups, height, width) as torch does.

    None where torch must do it.
    """
    if not _is_worth_it(x, weight, windows):
        return None
    sizes = len(x), x.shape[1], tuple(weight.shape), windows.dilation, windows.groups
    if not (x.sum().isfinite() and weight.isfinite().all()):  # 0 times it is not 0
        return None
    if not _adds_so(*sizes, bias is not None, thread_count()):
        return None
    return _summed(x, weight, windows, bias)


def _is_worth_it(x: Tensor, weight: Tensor, windows: TapWindows) -> bool:
    import torch

    if not (x.is_cpu and x.dtype == torch.float32 and x.ndim == len(SAMPLE) + 2):
        return False
    if not torch.is_inference_mode_enabled():  # learning needs torch's own
        return False
    frames, channels, height, width = x.shape
    as_planes = x.stride() == (channels * height * width, height * width, width, 1)
    many = frames * len(weight) * windows.size[0] * windows.size[1]
    if not as_planes or channels > MOST_CHANNELS or many < LEAST:
        return False
    return int(weight.count_nonzero()) <= MOST_TAPS * channels


@lru_cache(maxsize=64)
def _adds_so(
    frames: int,
    channels: int,
    weights: tuple[int, ...],
    dilation: tuple[int, int],
    groups: int,
    biased: bool,
    threads: int,
) -> bool:
    """Whether torch adds products in this order, on this processor, with so many threads."""
    import torch
    import torch.nn.functional as F

    reach = [gap * (taps - 1) for gap, taps in zip(dilation, weights[2:], strict=True)]
    sides = [side + more for side, more in zip(SAMPLE, reach, strict=True)]
    x, weight = _noise(frames, channels, *sides) * 255, _noise(*weights) - 0.5
    bias = _noise(weights[0]) if biased else None
    windows = TapWindows(before=(0, 0), size=SAMPLE, dilation=dilation, groups=groups)
    theirs = F.conv2d(x, weight, bias, dilation=dilation, groups=groups)
    return torch.equal(theirs, _summed(x, weight, windows, bias))


def _noise(*size: int) -> Tensor:
    """Return numbers from 0 to 1 whose sums depend on their order."""
    import torch

    drawn = torch.Generator().manual_seed(0)
    return torch.rand(*size, generator=drawn)


def _summed(x: Tensor, weight: Tensor, windows: TapWindows, bias: Tensor | None) -> Tensor:
    """Return the sums, some rows after the other or at the same time."""
    height, width = windows.size
    result = x.new_empty(len(x), len(weight), height, width)
    taps = [*_taps_of(weight, windows.groups)]
    added = [0.0] * len(weight) if bias is None else bias.tolist()
    rows = max(BAND // width, 1)
    bands = [*product(range(len(x)), range(0, height, rows))]

    def act(band: tuple[int, int]) -> None:
        frame, first = band
        for place, ours, more in zip(result[frame], taps, added, strict=True):
            part = place[first : first + rows].zero_()
            for tap in ours:
                _add(part, x[frame, tap.channel], tap, windows, first)
            if bias is not None:
                part.add_(more)

    for _ in run_ordered(act, bands, min(thread_count(), len(bands))):
        pass
    return result


def _taps_of(weight: Tensor, groups: int) -> Iterator[list[_Tap]]:
    """Yield the taps of every result in torch's order, without zeros."""
    outs, ins, height, width = weight.shape
    for out, channels in enumerate(weight.tolist()):
        first = out // (outs // groups) * ins
        yield [
            _Tap(row, column, first + channel, channels[channel][row][column])
            for row, column, channel in product(range(height), range(width), range(ins))
            if channels[channel][row][column] != 0
        ]


def _add(part: Tensor, plane: Tensor, tap: _Tap, windows: TapWindows, first: int) -> None:
    """Add a product to the rows of a result from `first` on, but where it is outside."""
    down = first + tap.row * windows.dilation[0] - windows.before[0]
    across = tap.column * windows.dilation[1] - windows.before[1]
    top, bottom = _within(len(part), len(plane), down)
    left, right = _within(part.shape[1], plane.shape[1], across)
    if top < bottom and left < right:
        seen = plane[top + down : bottom + down, left + across : right + across]
        part[top:bottom, left:right].add_(seen, alpha=tap.weight)


def _within(made: int, given: int, offset: int) -> tuple[int, int]:
    """Return [first, last) of the places whose source, at an offset, is there."""
    return max(-offset, 0), min(made, given - offset)
