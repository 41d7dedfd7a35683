"""Max pooling: the largest value of every window."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from updown_cli.op.shape import Shape
from updown_cli.ops.pool.kept_indices import KeepsIndices
from updown_cli.ops.pool.windows import DilatedPool

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.pool_indices import PoolIndices


@dataclass(frozen=True, kw_only=True)
class MaxPool(KeepsIndices, DilatedPool):
    """The largest value of every window, as torch.nn.MaxPool2d."""

    mode = "max"

    def inner_values(self, shape: Shape) -> int:
        """Return the positions, which torch finds whether anyone wants them or not."""
        return 2 * math.prod(self.out_shape(shape))

    def maxima(self, x: Tensor, *, indices: bool) -> tuple[Tensor, Tensor | None]:
        """Return the maxima and their positions in one plane of x."""
        import torch

        if not indices:
            return self._max_pool(x), None
        values, positions = self._max_pool(x, indices=True)
        if isinstance(self.padding, str):
            if x.isneginf().any():  # the padding is -inf too, and must not be found first
                _, positions = self._max_pool(x.clamp(min=torch.finfo(x.dtype).min), indices=True)
            positions = _without_padding(positions, self._pads(x), tuple(x.shape[2:]))
        return values, positions

    def _pool_indices(self, x: Tensor, indices: Tensor | None) -> PoolIndices:
        return replace(
            super()._pool_indices(x, indices),
            kernel_size=self.kernel_size,
            stride=self.stride,
            padding=self.padding,
        )


def _without_padding(indices: Tensor, pads: list[tuple[int, int]], size: tuple[int, ...]) -> Tensor:
    """Return flat indices into padded planes as flat indices into planes of `size`."""
    import torch

    padded_size = [before + side + after for (before, after), side in zip(pads, size, strict=True)]
    places = torch.unravel_index(indices, padded_size)
    flat = torch.zeros_like(indices)
    for place, (before, _), side in zip(places, pads, size, strict=True):
        # A window that sees nothing but padding has its nearest pixel as position.
        flat = flat * side + (place - before).clamp(0, side - 1)
    return flat
