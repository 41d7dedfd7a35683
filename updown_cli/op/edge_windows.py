"""Boxes of windows: those that reach over an edge of an image, and the pixels that they see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from updown_cli.op.windows import Span, side_slices

#: [first, last) of the windows along each axis.
Box = list[tuple[int, int]]

#: What is before and after each axis.
Pads = list[tuple[int, int]]


def seen_by(spans: list[Span], sides: Sequence[int], box: Box) -> tuple[Any, Pads]:
    """Return an index of the pixels that a box of windows sees, and what it sees around them."""
    kept, pads = [], []
    for span, side, (first, last) in zip(spans, sides, box, strict=True):
        before, _ = span.pads(side)
        low = first * span.stride - before
        high = (last - 1) * span.stride - before + span.reach
        start, end = min(max(low, 0), side), max(min(high, side), 0)
        kept.append(slice(start, end))
        pads.append((start - low, high - max(start, end)))
    return side_slices(kept), pads


def windows_over_edges(spans: list[Span], sides: Sequence[int]) -> Iterator[Box]:
    """Yield boxes of windows, [first, last) of each axis, that together reach over the edges."""
    counts = [span.count(side) for span, side in zip(spans, sides, strict=True)]
    inside = [span.inside(side) for span, side in zip(spans, sides, strict=True)]
    for axis, (first, last) in enumerate(inside):
        for part in ((0, first), (last, counts[axis])):
            others = [(0, count) for count in counts[axis + 1 :]]
            box = [*inside[:axis], part, *others]
            if all(low < high for low, high in box):
                yield box
