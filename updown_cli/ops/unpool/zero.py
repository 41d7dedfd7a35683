"""Bed of nails: every value at the top left of its block, zeros elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.errors import ParameterError
from updown_cli.op.input_span import InputSpan, undone_span
from updown_cli.op.parameter import as_typed, redeclare
from updown_cli.op.shape import Shape
from updown_cli.op.strided import Strided
from updown_cli.op.windows import side_slices
from updown_cli.ops.unpool.undo import Unpool

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class ZeroUnpool(Strided):
    """Every value at the top left of its block, zeros elsewhere ("bed of nails").

    out = in * stride with padding same, (in - 1) * stride + kernel_size with valid.
    """

    command = "unpool"
    mode = "zero"

    padding: str = redeclare(Unpool, "padding", "same")

    def check(self) -> None:
        """Refuse a number."""
        if self.padding not in ("same", "valid"):
            raise ParameterError(
                "must be same or valid with --mode zero",
                subject=f"--padding {as_typed(self.padding)}",
            )

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the size of the convention."""
        assert self.kernel_size is not None
        assert self.stride is not None
        if self.padding == "same":
            return tuple(side * step for side, step in zip(shape.size, self.stride, strict=True))
        axes = zip(shape.size, self.kernel_size, self.stride, strict=True)
        return tuple((side - 1) * step + kernel for side, kernel, step in axes)

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the blocks that values are the first pixels of."""
        assert self.stride is not None
        steps = zip(shape.size, self.stride, strict=True)
        return [undone_span(side, start=0, reach=1, step=step, taps=1) for side, step in steps]

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
        result[side_slices(blocks)] = x
        return result
