"""Operations that are a layer of torch: one call is what they run and what is printed of them."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from updown_cli.op.base import Op
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.call import Term
    from updown_cli.op.code import Lines


class TorchLayer(Op, abstract=True):
    """An operation whose arithmetic is a call of torch."""

    @abstractmethod
    def call(self, shape: Shape) -> Term:
        """Return what torch computes from `x` of a shape."""

    def apply(self, x: Tensor) -> Tensor:
        """Return what torch gives."""
        result: Tensor = self.call(Shape(*x.shape[1:])).run(x=x)
        return result

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the call."""
        return [f"y = {self.call(shape).code()}"]
