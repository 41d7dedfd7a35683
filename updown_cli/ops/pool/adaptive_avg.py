"""Adaptive average pooling: the mean of every bin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.op.call import Call, Sides, X
from updown_cli.op.explainable import SUM
from updown_cli.op.torch_layer import TorchLayer
from updown_cli.ops.pool.adaptive import AdaptivePool
from updown_cli.ops.pool.integer_bins import adaptive_means_way

if TYPE_CHECKING:
    from updown_cli.op.code import Lines
    from updown_cli.op.integer_way import IntegerWay
    from updown_cli.op.shape import Shape


class AdaptiveAvgPool(TorchLayer, AdaptivePool):
    """The mean of every bin, as torch.nn.AdaptiveAvgPool2d."""

    mode = "adaptive-avg"
    linear = True
    told_as = SUM

    def call(self, shape: Shape) -> Call:
        """Return torch's adaptive pool."""
        return Call(f"adaptive_avg_pool{shape.dims}d", (X, Sides(self._size())))

    def integer_way(self, shape: Shape, dtype: Any) -> IntegerWay | None:
        """Return the means of bytes."""
        return adaptive_means_way(shape.size, self._size(), dtype)

    def tensorflow_code(self, shape: Shape) -> Lines | None:
        """Return an average pool where all bins have one size and do not overlap."""
        return self.equal_bins("avg", shape)
