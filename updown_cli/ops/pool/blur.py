"""Pooling without aliasing: a small blur, then every so many pixels of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from updown_cli.op.base import Op
from updown_cli.op.input_span import InputSpan, window_span
from updown_cli.op.parameter import Telling, param
from updown_cli.op.per_axis import Sizes
from updown_cli.op.resampling import Table, interpolate_by_tables
from updown_cli.op.shape import Shape
from updown_cli.op.size_text import SizeText, text_for_axes
from updown_cli.op.strided import LARGEST
from updown_cli.op.windows import ceil_div

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

# The largest filter of the paper.
MOST_TAPS = 7


@dataclass(frozen=True, kw_only=True)
class BlurPool(Op):
    """A binomial mean of every window (Zhang, Making Convolutional Networks Shift-Invariant Again).

    out = ceil(in / stride). Edges are reflected: floor((kernel_size - 1) / 2) pixels before and
    the rest after, so that window i is about pixel i * stride, or with an even kernel_size half a
    pixel after it, whatever the size.
    """

    command = "pool"
    mode = "blur"
    linear = True

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

    def apply(self, x: Tensor) -> Tensor:
        """Return the blurred pixels."""
        sides = zip(x.shape[2:], self.kernel_size, self.stride, strict=True)
        return interpolate_by_tables(x, [_blurred(*side) for side in sides])


def _blurred(length: int, taps: int, stride: int) -> Table:
    """Return the table of binomial weights over reflected edges."""
    import numpy as np

    starts = np.arange(0, length, stride) - (taps - 1) // 2
    sources = starts + np.arange(taps)[:, None]
    weights = np.broadcast_to(np.array(binomial(taps))[:, None], sources.shape)
    return Table(reflect_positions(sources, length), weights.copy())


def binomial(taps: int) -> list[float]:
    """Return the weights of a window, which sum to 1."""
    return [math.comb(taps - 1, tap) / 2 ** (taps - 1) for tap in range(taps)]


def reflect_positions(sources: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """Return positions beyond an edge mirrored at the edge's pixel, as often as it takes."""
    import numpy as np

    last = length - 1
    return last - np.abs(last - sources % max(2 * last, 1))
