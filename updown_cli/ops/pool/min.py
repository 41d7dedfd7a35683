"""Min pooling: the smallest value of every window."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from updown_cli.op.anatomy import Surroundings
from updown_cli.op.call import X
from updown_cli.op.shape import Shape
from updown_cli.op.torch_layer import TorchLayer
from updown_cli.ops.pool.integer_pool import extremes_way
from updown_cli.ops.pool.tensorflow import pool_lines
from updown_cli.ops.pool.windows import DilatedPool

if TYPE_CHECKING:
    from updown_cli.op.call import Term
    from updown_cli.op.code import Lines
    from updown_cli.op.integer_way import IntegerWay


class MinPool(TorchLayer, DilatedPool):
    """The smallest value of every window: -max(-x)."""

    mode = "min"
    told_as = "min"
    around = Surroundings(value=math.inf)

    def selects_values(self) -> bool:
        """Integers stay integers."""
        return True

    def inner_values(self, shape: Shape) -> int:
        """Return the image with the other sign, and positions."""
        return math.prod(shape) + 2 * math.prod(self.out_shape(shape))

    def call(self, shape: Shape) -> Term:
        """Return the maxima of the negative, negative."""
        return -self.max_call(shape, -X)

    def integer_way(self, shape: Shape, dtype: Any) -> IntegerWay | None:
        """Return the minima of integers."""
        return extremes_way(self, shape, dtype, "minimum")

    def tensorflow_code(self, shape: Shape) -> Lines | None:
        """Return the maxima of the negative, negative."""
        return pool_lines("max", self, shape, sign="-")
