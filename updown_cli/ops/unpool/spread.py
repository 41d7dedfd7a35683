"""Unpooling without positions: every value spread over its window, or alone in it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.base import param, redeclared, shown
from updown_cli.op.input_span import Reach, spread
from updown_cli.op.param_types import Flag
from updown_cli.op.per_axis import Padding, Sizes
from updown_cli.op.shape import Shape, by_x
from updown_cli.op.windows import along, cropped, split_axis
from updown_cli.ops.pool.windows import LARGEST, Strided, for_dims

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Unpool(Strided):
    """What undoes a pool by windows.

    out = (in - 1) * stride - 2 * padding + kernel_size, or output_size, which must be less than a
    stride away from that.
    """

    command = "unpool"

    padding: tuple[int, ...] | str = param(
        (0,),
        "Padding of the pool, by name with grad only; for bed of nails the size, 'same' or "
        "'valid', as TensorFlow has it.",
        Padding(min=0, max=LARGEST, words=("same", "same-lower", "valid")),
    )
    output_size: tuple[int, ...] | None = param(
        None,
        "Size of the result; the remembered one or the formula's if not given.",
        Sizes(min=1, max=LARGEST),
    )

    def check(self) -> None:
        """Refuse a size by name."""
        if isinstance(self.padding, str):
            raise ParameterError(f"--padding {self.padding} goes with --mode zero or grad")

    def formula_size(self, shape: Shape) -> tuple[int, ...]:
        """Return (in - 1) * stride - 2 * padding + kernel_size."""
        assert self.kernel_size is not None
        assert self.stride is not None
        assert not isinstance(self.padding, str)
        axes = zip(shape.size, self.kernel_size, self.stride, self.padding, strict=True)
        return tuple((side - 1) * step - 2 * pad + kernel for side, kernel, step, pad in axes)

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the size asked for, or the formula's."""
        assert self.stride is not None
        formula = self.formula_size(shape)
        size = self.output_size or formula
        for side, expected, step in zip(size, formula, self.stride, strict=True):
            if abs(side - expected) >= step:
                raise ShapeError(
                    f"--output-size {by_x(size)} is a stride or more from {by_x(formula)}",
                    hint="choose a size nearer to it, or another --kernel-size or --stride",
                )
        return size


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

    def reach(self, shape: Shape) -> list[Reach]:
        """Return the windows that cover a pixel."""
        assert self.kernel_size is not None
        assert self.stride is not None
        assert not isinstance(self.padding, str)
        axes = zip(shape.size, self.kernel_size, self.stride, self.padding, strict=True)
        return [
            spread(side, start=-pad, reach=kernel, step=step, taps=kernel)
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
        kept = cropped(spread, self.padding, size)
        return split_axis(kept.squeeze(1), 0, tuple(x.shape[:2]))


@dataclass(frozen=True, kw_only=True)
class ZeroUnpool(Strided):
    """Every value at the top left of its block, zeros elsewhere ("bed of nails").

    out = in * stride with padding same, (in - 1) * stride + kernel_size with valid.
    """

    command = "unpool"
    mode = "zero"

    padding: str = redeclared(Unpool, "padding", "same")

    def check(self) -> None:
        """Refuse a number."""
        if self.padding not in ("same", "valid"):
            raise ParameterError(
                "must be same or valid with --mode zero",
                subject=f"--padding {shown(self.padding)}",
            )

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the size of the convention."""
        assert self.kernel_size is not None
        assert self.stride is not None
        if self.padding == "same":
            return tuple(side * step for side, step in zip(shape.size, self.stride, strict=True))
        axes = zip(shape.size, self.kernel_size, self.stride, strict=True)
        return tuple((side - 1) * step + kernel for side, kernel, step in axes)

    def reach(self, shape: Shape) -> list[Reach]:
        """Return the blocks that values are the first pixels of."""
        assert self.stride is not None
        steps = zip(shape.size, self.stride, strict=True)
        return [spread(side, start=0, reach=1, step=step, taps=1) for side, step in steps]

    def selects_values(self) -> bool:
        """Integers stay integers."""
        return True

    def apply(self, x: Tensor) -> Tensor:
        """Return the values between zeros."""
        assert self.stride is not None
        size = self.out_size(Shape(*x.shape[1:]))
        steps = zip(x.shape[2:], self.stride, strict=True)
        blocks = [slice(0, side * step, step) for side, step in steps]
        result = x.new_zeros(*x.shape[:2], *size)
        result[along(blocks)] = x
        return result
