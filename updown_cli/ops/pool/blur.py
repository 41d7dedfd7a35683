"""Pooling without aliasing: a small blur, then every so many pixels of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import reduce
from operator import iadd
from typing import TYPE_CHECKING, Any

from updown_cli.op.anatomy import Anatomy, PlaneKernel, Surroundings, WindowAxis
from updown_cli.op.base import Op
from updown_cli.op.channels import interleave_channels
from updown_cli.op.code import Lines, Pads, format_call, literal, one_for_all_axes, pad_code
from updown_cli.op.explainable import SUM
from updown_cli.op.input_span import InputSpan, window_span
from updown_cli.op.integer_way import IntegerWay, by_rows, divided
from updown_cli.op.parameter import Telling, param
from updown_cli.op.per_axis import Sizes
from updown_cli.op.resampling import Table, interpolate_by_tables
from updown_cli.op.row_windows import RowWindows
from updown_cli.op.shape import Shape
from updown_cli.op.size_text import SizeText, text_for_axes
from updown_cli.op.strided import LARGEST
from updown_cli.op.windows import Span, ceil_div
from updown_cli.ops.pool.integer_pool import sums_dtype
from updown_cli.tensors.array_code import OF_X

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

# The largest filter of the paper.
MOST_TAPS = 7


def reflect_positions(sources: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """Return positions beyond an edge mirrored at the edge's pixel, as often as it takes."""
    import numpy as np

    last = length - 1
    return last - np.abs(last - sources % max(2 * last, 1))


@dataclass(frozen=True, kw_only=True)
class BlurPool(Op):
    """A binomial mean of every window.

    By Zhang, Making Convolutional Networks Shift-Invariant Again. out = ceil(in / stride). Edges
    are reflected: floor((kernel_size - 1) / 2) pixels before and the rest after, so that window i
    is about pixel i * stride, or with an even kernel_size half a pixel after it, whatever the size.
    """

    command = "pool"
    mode = "blur"
    linear = True
    told_as = SUM
    around = Surroundings(name="mirrored", fold=reflect_positions)

    kernel_size: tuple[int, ...] = param(
        (4,), "Pixels of a window.", Sizes(min=1, max=MOST_TAPS), letter="k", telling=Telling.WINDOW
    )
    stride: tuple[int, ...] = param(
        (2,),
        "Pixels between windows.",
        Sizes(min=1, max=LARGEST),
        letter="s",
        telling=Telling.DETAIL,
    )

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return ceil(in / stride)."""
        return tuple(map(ceil_div, shape.size, self.stride))

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Return that formula."""
        return text_for_axes("ceil(in / stride)", stride=self.stride)

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the windows, whose pixels beyond an edge are reflected."""
        sides = zip(shape.size, self.kernel_size, self.stride, strict=True)
        return [
            replace(
                window_span(side, start=-((taps - 1) // 2), reach=taps, step=step, taps=taps),
                reflected=True,
            )
            for side, taps, step in sides
        ]

    def anatomy(self, shape: Shape) -> Anatomy:
        """Return the windows and their weights."""
        import numpy as np

        sides = zip(shape.size, self.kernel_size, self.stride, strict=True)
        weights = reduce(np.multiply.outer, map(np.array, map(binomial, self.kernel_size)))
        weight = np.broadcast_to(weights, (shape.channels, 1, *weights.shape))
        return Anatomy(
            windows=tuple(_windows(*side) for side in sides),
            kernel=PlaneKernel(weight=weight, groups=shape.channels),
        )

    def integer_way(self, shape: Shape, dtype: Any) -> IntegerWay | None:
        """Return means of bytes, whose sums are exact."""
        if dtype != "uint8" or shape.dims != 2:
            return None
        return IntegerWay(self._run, rounds=True)

    def _run(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return the means of pixels with what is reflected around them."""
        import numpy as np

        windows = map(_windows, pixels.shape[2:], self.kernel_size, self.stride)
        around = (np.arange(axis.starts[0], axis.starts[-1] + len(axis.taps)) for axis in windows)
        sides = zip(around, pixels.shape[2:], strict=True)
        rows, columns = (reflect_positions(places, length) for places, length in sides)
        return by_rows(_taken(pixels, rows, columns), self._means)

    def _means(self, rows: NDArray[Any], step: int) -> NDArray[Any]:
        """Return the means of windows over rows, rounded half up."""
        import numpy as np

        spans = [*map(Span, self.kernel_size, self.stride)]
        windows = RowWindows(spans, step, 0)
        total = math.prod(sum(_whole(taps)) for taps in self.kernel_size)
        word = sums_dtype(total)

        def sums(block: NDArray[Any]) -> NDArray[Any]:
            lines = windows.taps_down(block.astype(word))
            summed = reduce(iadd, map(np.multiply, lines, map(word, _whole(spans[0].kernel))))
            for _ in range(spans[1].kernel - 1):  # binomial numbers are sums of neighbours
                summed = summed[:, :-step] + summed[:, step:]
            return summed

        return windows.reduced(rows, sums, lambda sums, which: divided(sums, total))

    def apply(self, x: Tensor) -> Tensor:
        """Return the blurred pixels."""
        sides = zip(x.shape[2:], self.kernel_size, self.stride, strict=True)
        return interpolate_by_tables(x, [_blurred(*side) for side in sides])

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return a convolution of each channel with binomial numbers, edges reflected."""
        names = [f"taps_{side}" for side in self.kernel_size]
        taps = dict(zip(names, map(_binomial, self.kernel_size), strict=True))
        pads = [((size - 1) // 2, size // 2) for size in self.kernel_size]
        channels = shape.channels
        whole = literal((channels, 1, *self.kernel_size))[1:-1]
        convolved = format_call(
            f"F.conv{shape.dims}d",
            "around",
            "weight",
            stride=one_for_all_axes(self.stride) if max(self.stride) > 1 else None,
            groups=channels,
        )
        return [
            *(f"{name} = {numbers}" for name, numbers in taps.items()),
            f"weight = {OF_X.outer(names)}.expand({whole})",
            f"around = {_reflected(pads, shape.size)}",
            f"y = {convolved}",
        ]


def _taken(
    pixels: NDArray[Any], rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> NDArray[Any]:
    """Return N x C x rows x columns, channels side by side; most places follow each other."""
    import numpy as np

    (top, bottom), (left, right) = _following(rows), _following(columns)
    room = np.empty((len(pixels), len(rows), len(columns), pixels.shape[1]), pixels.dtype)

    def put(place: NDArray[Any], lines: NDArray[Any]) -> None:
        place[:, left:right] = lines[:, columns[left] : columns[left] + right - left]
        place[:, :left], place[:, right:] = lines[:, columns[:left]], lines[:, columns[right:]]

    for place, frame in zip(room, pixels, strict=True):
        lines = interleave_channels(frame)
        put(place[top:bottom], lines[rows[top] : rows[top] + bottom - top])
        put(place[:top], lines[rows[:top]])
        put(place[bottom:], lines[rows[bottom:]])
    return room.transpose(0, 3, 1, 2)


def _following(places: NDArray[np.int64]) -> tuple[int, int]:
    """Return [first, last) of the most places that follow each other: at least one."""
    import numpy as np

    ends = np.flatnonzero(np.diff(places, append=places[-1]) != 1)
    lengths = np.diff(ends, prepend=-1)
    last = int(ends[lengths.argmax()])
    return last - int(lengths.max()) + 1, last + 1


def _windows(length: int, taps: int, stride: int) -> WindowAxis:
    first = -((taps - 1) // 2)
    return WindowAxis(length=length, starts=range(first, length + first, stride), taps=range(taps))


def _blurred(length: int, taps: int, stride: int) -> Table:
    """Return the table of binomial weights over reflected edges."""
    import numpy as np

    starts = np.arange(0, length, stride) - (taps - 1) // 2
    sources = starts + np.arange(taps)[:, None]
    weights = np.broadcast_to(np.array(binomial(taps))[:, None], sources.shape)
    return Table(reflect_positions(sources, length), weights.copy())


def binomial(taps: int) -> list[float]:
    """Return the weights of a window, which sum to 1."""
    return [number / 2 ** (taps - 1) for number in _whole(taps)]


def _whole(taps: int) -> list[int]:
    """Return the same as whole numbers."""
    return [math.comb(taps - 1, tap) for tap in range(taps)]


def _binomial(size: int) -> str:
    return f"x.new_tensor({_whole(size)}) / {2 ** (size - 1)}"


def _reflected(pads: Pads, size: tuple[int, ...]) -> str:
    """Return x with reflected edges, several times where a side is shorter than its padding."""
    x = "x"
    while any(map(any, pads)):
        most = [max(side - 1, 0) for side in size]
        step = [(min(a, m), min(b, m)) for (a, b), m in zip(pads, most, strict=True)]
        if not any(map(any, step)):  # a side of one pixel is all there is to reflect
            return pad_code(x, pads, mode="replicate")
        x = pad_code(x, step, mode="reflect")
        left = zip(pads, step, strict=True)
        pads = [(a - c, b - d) for (a, b), (c, d) in left]
        size = tuple(side + a + b for side, (a, b) in zip(size, step, strict=True))
    return x
