"""Adaptive max pooling: the largest value of every bin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.op.call import Call, Sides, X
from updown_cli.op.code import Lines
from updown_cli.op.shape import Shape
from updown_cli.ops.pool.adaptive import AdaptivePool
from updown_cli.ops.pool.integer_bins import adaptive_maxima_way
from updown_cli.ops.pool.kept_indices import KeepsIndices

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.integer_way import IntegerWay


@dataclass(frozen=True, kw_only=True)
class AdaptiveMaxPool(KeepsIndices, AdaptivePool):
    """The largest value of every bin, as torch.nn.AdaptiveMaxPool2d."""

    mode = "adaptive-max"

    def integer_way(self, shape: Shape, dtype: Any) -> IntegerWay | None:
        """Return the maxima of integers, if nobody wants their positions."""
        return None if self.keeps else adaptive_maxima_way(shape.size, self._size())

    def maxima(self, x: Tensor, *, indices: bool) -> tuple[Tensor, Tensor | None]:
        """Return the maxima and their positions in one plane of x."""
        result = self._call(Shape(*x.shape[1:]), indices=indices).run(x=x)
        return result if indices else (result, None)

    def _call(self, shape: Shape, *, indices: bool) -> Call:
        options = {"return_indices": indices}
        return Call(f"adaptive_max_pool{shape.dims}d", (X, Sides(self._size())), options)

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the maxima and, if they are kept, their positions."""
        return self.kept_lines(self._call(shape, indices=self.keeps), shape, frames)

    def tensorflow_code(self, shape: Shape) -> Lines | None:
        """Return a max pool where all bins have one size and do not overlap."""
        return None if self.keeps else self.equal_bins("max", shape)
