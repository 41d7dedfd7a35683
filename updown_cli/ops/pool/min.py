"""Min pooling: the smallest value of every window."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from updown_cli.op.shape import Shape
from updown_cli.ops.pool.windows import DilatedPool

if TYPE_CHECKING:
    from torch import Tensor


class MinPool(DilatedPool):
    """The smallest value of every window: -max(-x)."""

    mode = "min"

    def selects_values(self) -> bool:
        """Integers stay integers."""
        return True

    def inner_values(self, shape: Shape) -> int:
        """Return the image with the other sign, and positions."""
        return math.prod(shape) + 2 * math.prod(self.out_shape(shape))

    def apply(self, x: Tensor) -> Tensor:
        """Return the minima."""
        minima: Tensor = -self._max_pool(-x)
        return minima
