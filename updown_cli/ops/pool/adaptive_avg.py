"""Adaptive average pooling: the mean of every bin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.call import for_dims
from updown_cli.ops.pool.adaptive import AdaptivePool

if TYPE_CHECKING:
    from torch import Tensor


class AdaptiveAvgPool(AdaptivePool):
    """The mean of every bin, as torch.nn.AdaptiveAvgPool2d."""

    mode = "adaptive-avg"
    linear = True

    def apply(self, x: Tensor) -> Tensor:
        """Return the means."""
        import torch.nn.functional as F

        result: Tensor = for_dims(F, "adaptive_avg_pool{}d", x)(x, self._size())
        return result
