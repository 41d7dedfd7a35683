"""Maxima of windows that lie apart, and their positions, tap after tap: as torch, sooner.

Torch goes from window to window and looks at one value after the other.
"""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

from updown_cli.op.windows import Span, are_disjoint

if TYPE_CHECKING:
    from torch import Tensor

# Taps of a window beyond which torch is faster, and windows of a plane below which it is.
MOST_TAPS, FEWEST_WINDOWS = 9, 1 << 14

# Values that are looked at together: with what is made of them they stay in a core's cache.
BAND = 1 << 20

# Pixels of a plane whose numbers have 32 bits.
MOST_PIXELS = (1 << 31) - 1


def maxima_apart(x: Tensor, spans: list[Span]) -> tuple[Tensor, Tensor] | None:
    """Return the maxima of N x C x H x W and the flat place of the first of each in its plane.

    None where torch must do it, or does it faster.
    """
    import torch

    if not _is_worth_it(x, spans):
        return None
    down, across = spans
    height, width = x.shape[2:]
    size = down.count(height), across.count(width)
    values = x.new_empty(*x.shape[:2], *size)
    places = x.new_empty(values.shape, dtype=torch.int64)
    rows = max(BAND // (down.stride * width), 1)
    for image, channel in product(*map(range, x.shape[:2])):
        for first in range(0, size[0], rows):
            part = image, channel, slice(first, first + rows)
            pixels = x[image, channel, first * down.stride :]
            found = _places(pixels, (len(places[part]), size[1]), (down, across))
            torch.index_select(pixels.flatten(), 0, found.flatten(), out=values[part].view(-1))
            torch.add(found, first * down.stride * width, out=places[part])
    return values, places


def _is_worth_it(x: Tensor, spans: list[Span]) -> bool:
    import torch

    if len(spans) != 2 or not x.is_cpu or not x.is_contiguous():
        return False
    if not torch.is_inference_mode_enabled():  # learning and tracing need torch's own
        return False
    sides = tuple(x.shape[2:])
    windows = math.prod(span.count(side) for span, side in zip(spans, sides, strict=True))
    if windows < FEWEST_WINDOWS or math.prod(sides) > MOST_PIXELS:
        return False
    if math.prod(span.kernel for span in spans) > MOST_TAPS or not are_disjoint(spans, sides):
        return False
    return bool(x.sum().isfinite())  # NaN is larger than all, and the last one counts


def _places(pixels: Tensor, size: tuple[int, int], spans: tuple[Span, Span]) -> Tensor:
    """Return the flat places of the maxima of so many rows and columns of windows."""
    import torch

    (count, width), (down, across) = size, spans
    along = pixels.shape[1]
    best: Tensor | None = None
    offsets = torch.zeros(size, dtype=torch.int32)
    steps = (range(0, span.reach, span.dilation) for span in spans)
    for row, column in product(*steps):
        lines = pixels[row : row + (count - 1) * down.stride + 1 : down.stride]
        tap = lines[:, column : column + (width - 1) * across.stride + 1 : across.stride]
        if best is None:
            best = tap.clone()
            continue
        is_larger = (tap > best).to(torch.int32)
        # Taps come in the order of their places: the last that was larger is the largest of all.
        torch.maximum(offsets, is_larger.mul_(row * along + column), out=offsets)
        torch.maximum(best, tap, out=best)
    lines = torch.arange(count, dtype=torch.int32)[:, None] * (down.stride * along)
    offsets += lines + torch.arange(width, dtype=torch.int32) * across.stride
    return offsets
