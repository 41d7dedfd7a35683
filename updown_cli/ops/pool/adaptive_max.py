"""Adaptive max pooling: the largest value of every bin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.op.call import for_dims
from updown_cli.ops.pool.adaptive import AdaptivePool
from updown_cli.ops.pool.kept_indices import KeepsIndices

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class AdaptiveMaxPool(KeepsIndices, AdaptivePool):
    """The largest value of every bin, as torch.nn.AdaptiveMaxPool2d."""

    mode = "adaptive-max"

    def maxima(self, x: Tensor, *, indices: bool) -> tuple[Tensor, Tensor | None]:
        """Return the maxima and their positions in one plane of x."""
        import torch.nn.functional as F

        result = for_dims(F, "adaptive_max_pool{}d", x)(x, self._size(), indices)
        return result if indices else (result, None)
