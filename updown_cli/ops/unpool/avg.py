"""Average unpooling: every value over the window that it came from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial, reduce
from typing import TYPE_CHECKING, Any, Self

from updown_cli.op.call import OnesLike
from updown_cli.op.code import literal
from updown_cli.op.input_span import InputSpan, undone_span
from updown_cli.op.integer_way import IntegerWay, by_rows
from updown_cli.op.param_types import Flag
from updown_cli.op.parameter import param
from updown_cli.op.repeated_pixels import repeated_pixels
from updown_cli.op.shape import Shape
from updown_cli.op.windows import split_axis
from updown_cli.ops.deconv.crops import DeconvCrop
from updown_cli.ops.deconv.native import deconvolve_natively, transposed_call, whole_values
from updown_cli.ops.unpool.undo import Unpool

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.code import Lines


@dataclass(frozen=True, kw_only=True)
class AvgUnpool(Unpool):
    """Every value over the whole window that it came from; the mean where windows overlap.

    out = (in - 1) * stride - 2 * padding + kernel_size.
    """

    mode = "avg"
    linear = True

    adjoint: bool = param(
        False, "Add value / window size instead, as the gradient of an average pool.", Flag()
    )

    def resized(self, size: tuple[int, ...]) -> Self:
        """Ask for that size, if one was asked for."""
        return self if self.output_size is None else self.derived(output_size=size)

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the windows that cover a pixel."""
        assert self.kernel_size is not None
        assert self.stride is not None
        assert not isinstance(self.padding, str)
        axes = zip(shape.size, self.kernel_size, self.stride, self.padding, strict=True)
        return [
            undone_span(side, start=-pad, reach=kernel, step=step, taps=kernel)
            for side, kernel, step, pad in axes
        ]

    def inner_values(self, shape: Shape) -> int:
        """Return the sums before they are cropped, and divided, and a window of ones."""
        assert self.kernel_size is not None
        made = 2 * math.prod(self.out_shape(shape))
        whole = whole_values(self._crops(shape), shape.channels)
        return made + whole + math.prod(self.kernel_size)

    def integer_way(self, shape: Shape, dtype: Any) -> IntegerWay | None:
        """Return every value again and again, where windows lie side by side."""
        if shape.dims != 2 or not self._repeats(shape):
            return None
        return IntegerWay(partial(by_rows, act=partial(self._repeated_rows, shape)))

    def apply(self, x: Tensor) -> Tensor:
        """Return every value over its window."""
        if self._repeats(shape := Shape(*x.shape[1:])):
            return self._repeated(x, shape)
        sums = self._summed(x)
        if self.adjoint:
            assert self.kernel_size is not None
            return sums / math.prod(self.kernel_size)
        return sums / self._covering(x)

    def _covering(self, x: Tensor) -> Tensor:
        """Return how many windows cover each pixel, 1 for none: the product of each axis's."""
        crops = self._crops(Shape(*x.shape[1:]))
        counts = [x.new_tensor(_windows_over(crop)) for crop in crops]
        return reduce(lambda some, more: some[..., None] * more, counts).clamp_(min=1)

    def _repeats(self, shape: Shape) -> bool:
        """Whether every pixel of the result is in exactly one window."""
        crops = self._crops(shape)
        return not self.adjoint and all(
            crop.stride == crop.kernel and not _has_gaps(crop) for crop in crops
        )

    def _repeated(self, x: Tensor, shape: Shape) -> Tensor:
        """Return every value over its window as a view does it, with 0 for -0 as in a sum."""
        for axis, crop in enumerate(self._crops(shape), start=2):
            x = x.repeat_interleave(crop.kernel, axis).narrow(axis, crop.before, crop.out)
        return x + 0.0

    def _repeated_rows(self, shape: Shape, rows: NDArray[Any], step: int) -> NDArray[Any]:
        """Return rows of pixels, `step` values each, again and again."""
        import numpy as np

        down, across = self._crops(shape)
        wide = repeated_pixels(rows, rows.itemsize * step, across.kernel)
        kept = wide[:, across.before : across.before + across.out]
        which = (np.arange(down.out) + down.before) // down.kernel
        return kept[which].view(rows.dtype)

    def _summed(self, x: Tensor) -> Tensor:
        """Return the sum of the values whose windows cover each pixel."""
        assert self.kernel_size is not None
        planes = x.flatten(0, 1).unsqueeze(1)  # quicker than channels as groups
        ones = x.new_ones(1, 1, *self.kernel_size)
        sums = deconvolve_natively(planes, ones, 1, self._crops(Shape(*x.shape[1:])))
        return split_axis(sums.squeeze(1), 0, tuple(x.shape[:2]))

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return a transposed convolution with equal weights."""
        assert self.kernel_size is not None
        weight = literal((shape.channels, 1, *self.kernel_size))
        crops = self._crops(shape)
        sums = transposed_call(crops, shape.channels).code()
        if self.adjoint:
            share = f"x.new_full({weight}, 1 / {math.prod(self.kernel_size)})"
            return [f"weight = {share}", f"y = {sums}"]
        covering = transposed_call(crops, shape.channels, x=OnesLike()).code()
        return [
            f"weight = x.new_ones{weight}",
            f"sums = {sums}",
            f"windows = {covering}  # that cover a pixel",
            f"y = sums / windows{'.clamp(min=1)' if any(map(_has_gaps, crops)) else ''}",
        ]

    def _crops(self, shape: Shape) -> list[DeconvCrop]:
        """Return what is kept of the values, spread as far as they go."""
        assert self.kernel_size is not None
        assert self.stride is not None
        assert not isinstance(self.padding, str)
        windows = zip(self.kernel_size, self.stride, self.padding, strict=True)
        sides = zip(shape.size, windows, self.out_size(shape), strict=True)
        return [
            DeconvCrop(length, kernel, step, 1, pad, out)
            for length, (kernel, step, pad), out in sides
        ]


def _windows_over(crop: DeconvCrop) -> list[int]:
    """Return how many windows cover each pixel of an axis."""
    import numpy as np

    counts = np.zeros(max(crop.whole, crop.before + crop.out), np.int64)
    ends = (crop.length - 1) * crop.stride + 1
    for tap in range(crop.kernel):
        counts[tap : tap + ends : crop.stride] += 1
    kept: list[int] = counts[crop.before : crop.before + crop.out].tolist()
    return kept


def _has_gaps(crop: DeconvCrop) -> bool:
    """Whether no window covers some pixel."""
    return crop.stride > crop.kernel or crop.out > crop.whole - crop.before
