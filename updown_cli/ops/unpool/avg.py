"""Average unpooling: every value over the window that it came from."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from updown_cli.op.call import for_dims
from updown_cli.op.input_span import InputSpan, undone_span
from updown_cli.op.param_types import Flag
from updown_cli.op.parameter import param
from updown_cli.op.shape import Shape
from updown_cli.op.windows import crop, split_axis
from updown_cli.ops.unpool.undo import Unpool

if TYPE_CHECKING:
    from torch import Tensor


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
        return self if self.output_size is None else replace(self, output_size=size)

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
        """Return the sums before they are cropped, and divided."""
        return 2 * math.prod(self.out_shape(shape))

    def apply(self, x: Tensor) -> Tensor:
        """Return every value over its window."""
        sums = self._summed(x)
        if self.adjoint:
            assert self.kernel_size is not None
            return sums / math.prod(self.kernel_size)
        covering = self._summed(x.new_ones(1, 1, *x.shape[2:]))
        return sums / covering.clamp(min=1)

    def _summed(self, x: Tensor) -> Tensor:
        """Return the sum of the values whose windows cover each pixel."""
        import torch.nn.functional as F

        assert self.kernel_size is not None
        planes = x.flatten(0, 1).unsqueeze(1)
        ones = x.new_ones(1, 1, *self.kernel_size)
        spread = for_dims(F, "conv_transpose{}d", x)(planes, ones, stride=self.stride)
        size = self.out_size(Shape(*x.shape[1:]))
        assert not isinstance(self.padding, str)
        kept = crop(spread, self.padding, size)
        return split_axis(kept.squeeze(1), 0, tuple(x.shape[:2]))
