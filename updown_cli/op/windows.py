"""Sliding windows: how many fit, where their padding goes, and the values that each one sees."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from updown_cli.op.anatomy import Anatomy, WindowAxis
from updown_cli.op.input_span import InputSpan, undone_span, window_span
from updown_cli.op.size_text import SizeText

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

# Values gathered at once, so that a window per pixel never needs a window times the image.
GATHERED_VALUES = 1 << 24


def ceil_div(a: int, b: int) -> int:
    """Return a / b rounded up."""
    return -(-a // b)


@dataclass(frozen=True)
class Span:
    """The windows along one axis: kernel, stride, padding and dilation, all in pixels.

    `padding` is a number, as in torch, or a convention: `same` gives ceil(L / stride) windows with
    the odd pixel of padding after, `same-lower` puts it before, `valid` pads nothing (TensorFlow
    and ONNX).
    """

    kernel: int
    stride: int
    padding: int | str = 0
    dilation: int = 1
    ceil_mode: bool = False

    @property
    def reach(self) -> int:
        """Pixels from the first to the last that a window reads."""
        return self.dilation * (self.kernel - 1) + 1

    def count(self, length: int) -> int:
        """Return the number of windows over `length` pixels; less than 1 if none fits."""
        if self.padding in ("same", "same-lower"):
            return ceil_div(length, self.stride)
        padding = self._number()
        free = length + 2 * padding - self.reach
        if not self.ceil_mode:
            return free // self.stride + 1
        windows = ceil_div(free, self.stride) + 1
        starts_outside = (windows - 1) * self.stride >= length + padding
        return windows - 1 if starts_outside else windows

    def inside(self, length: int) -> tuple[int, int]:
        """Return [first, last) of the windows that do not reach over an edge."""
        before, _ = self.pads(length)
        first = min(ceil_div(before, self.stride), self.count(length))
        last = (length + before - self.reach) // self.stride + 1
        return first, max(min(last, self.count(length)), first)

    def size_formula(self, length: int) -> SizeText:
        """Return the number of windows as a formula, and the numbers of its names."""
        numbers = {
            "kernel_size": self.kernel,
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
        }
        if self.padding in ("same", "same-lower"):
            return "ceil(in / stride)", numbers
        padding = "" if self.padding == "valid" else " + 2 * padding"
        windows = f"(in{padding} - dilation * (kernel_size - 1) - 1) / stride"
        if not self.ceil_mode:
            return f"floor({windows}) + 1", numbers
        rounded_up = ceil_div(length + 2 * self._number() - self.reach, self.stride) + 1
        dropped = "" if self.count(length) == rounded_up else " - 1"
        return f"ceil({windows}) + 1{dropped}", numbers

    def pads(self, length: int) -> tuple[int, int]:
        """Return the pixels of padding before and after."""
        if self.padding not in ("same", "same-lower"):
            return self._number(), self._number()
        total = max((self.count(length) - 1) * self.stride + self.reach - length, 0)
        less, more = total // 2, ceil_div(total, 2)
        return (less, more) if self.padding == "same" else (more, less)

    def over(self, length: int) -> InputSpan:
        """Return which of `length` pixels the windows need."""
        start, _ = self.pads(length)
        return window_span(
            length, start=-start, reach=self.reach, step=self.stride, taps=self.kernel
        )

    def sources(self, length: int) -> NDArray[Any]:
        """Return the place, among the pixels or beyond them, of each tap of each window."""
        import numpy as np

        starts = np.arange(self.count(length)) * self.stride - self.pads(length)[0]
        return starts + np.arange(self.kernel)[:, None] * self.dilation

    def axis(self, length: int) -> WindowAxis:
        """Return the windows over `length` pixels as they are shown."""
        before, after = self.pads(length)
        return WindowAxis(
            length=length,
            starts=range(-before, self.count(length) * self.stride - before, self.stride),
            taps=range(0, self.reach, self.dilation),
            before=before,
            after=after,
        )

    def undone(self, length: int, pooled: int) -> InputSpan:
        """Return which of `pooled` windows the pixels need that values are put back to."""
        start, _ = self.pads(length)
        return undone_span(pooled, start=-start, reach=self.reach, step=self.stride, taps=1)

    def unread(self, length: int) -> int:
        """Return how many pixels at the end no window reads."""
        before, _ = self.pads(length)
        end = (self.count(length) - 1) * self.stride - before + self.reach
        return max(length - end, 0)

    def _number(self) -> int:
        return 0 if isinstance(self.padding, str) else self.padding


def anatomy_of_windows(spans: list[Span], size: Sequence[int], **parts: Any) -> Anatomy:
    """Return the anatomy of an operation by windows, with what else it has."""
    sides = list(zip(spans, size, strict=True))
    by_name = any(isinstance(span.padding, str) for span in spans)
    return Anatomy(
        windows=tuple(span.axis(side) for span, side in sides),
        pads=tuple(span.pads(side) for span, side in sides) if by_name else (),
        **parts,
    )


def pad(x: Tensor, pads: list[tuple[int, int]], value: float) -> Tensor:
    """Pad the sides of N x C x sides with a constant; `pads` is (before, after) per axis."""
    import torch.nn.functional as F

    last_axis_first = list(chain.from_iterable(reversed(pads)))
    return F.pad(x, last_axis_first, value=value) if any(last_axis_first) else x


def split_axis(x: Tensor, axis: int, sizes: tuple[int, ...]) -> Tensor:
    """Return x with one axis as several; -1 is what is left."""
    split: Tensor = x.unflatten(axis, sizes)  # type: ignore[no-untyped-call]
    return split


def side_slices(slices: Iterable[slice]) -> Any:
    """Return an index of the last axes."""
    return (..., *slices)


def reduce_windows(
    x: Tensor, spans: list[Span], reduce: Callable[[Tensor], Tensor], outside: float
) -> Tensor:
    """Return `reduce(values)` of every window, where values are N x C x windows x K.

    Pixels outside the image have the value `outside`. The windows are gathered a few rows at a
    time.
    """
    import torch

    sides = x.shape[2:]
    counts = [span.count(side) for span, side in zip(spans, sides, strict=True)]
    x = pad(x, pads_to_the_last_window(spans, tuple(sides)), outside)
    for axis, span in enumerate(spans, start=2):
        x = x.unfold(axis, span.reach, span.stride)[..., :: span.dilation]
    x = x[side_slices([*(slice(count) for count in counts), *[slice(None)] * len(spans)])]
    per_row = max(x.numel() // x.shape[2], 1)
    rows = max(GATHERED_VALUES // per_row, 1)
    return torch.cat(
        [reduce(part.flatten(-len(spans))) for part in torch.split(x, rows, dim=2)], dim=2
    )


def values_with_pads(pads: Sequence[tuple[int, int]], shape: Sequence[int]) -> int:
    """Return how many values channels and sides have with padding; 0 where there is none."""
    channels, *sides = shape
    padded = (side + sum(both) for side, both in zip(sides, pads, strict=True))
    return channels * math.prod(padded) if any(map(any, pads)) else 0


def pads_to_the_last_window(spans: list[Span], sides: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return the padding before and after with which every window is whole."""
    counts = [span.count(side) for span, side in zip(spans, sides, strict=True)]
    pads = []
    for span, side, count in zip(spans, sides, counts, strict=True):
        before, after = span.pads(side)
        overhang = (count - 1) * span.stride + span.reach - before - side
        pads.append((before, max(after, overhang)))
    return pads


def are_disjoint(spans: list[Span], sides: tuple[int, ...]) -> bool:
    """Whether no two windows share a pixel, and none reaches over an edge."""
    within = not any(map(any, pads_to_the_last_window(spans, sides)))
    return within and all(span.reach <= span.stride for span in spans)


def merge_axes(x: Tensor, outer: range, inner: range) -> Tensor:
    """Return x with each outer axis and its inner axis as one side."""
    pairs = zip(outer, inner, strict=True)
    x = x.permute(0, 1, *(axis for pair in pairs for axis in pair))
    for axis in range(2, 2 + len(outer)):
        x = x.flatten(axis, axis + 1)
    return x
