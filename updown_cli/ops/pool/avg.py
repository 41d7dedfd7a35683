"""Average pooling: the mean of every window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.op.call import for_dims
from updown_cli.op.param_types import Flag, Int
from updown_cli.op.parameter import param
from updown_cli.op.windows import pad
from updown_cli.ops.pool.windows import PaddedPool

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class AvgPool(PaddedPool):
    """The mean of every window, as torch.nn.AvgPool2d."""

    mode = "avg"
    linear = True

    count_include_pad: bool = param(
        True, "Count padding as zeros; padding by name is never counted.", Flag()
    )
    divisor_override: int | None = param(
        None, "Divide every sum by this; 1 gives sums.", Int(min=1, max=1 << 31)
    )

    def apply(self, x: Tensor) -> Tensor:
        """Return the means."""
        if isinstance(self.padding, str):
            return self._average_of_what_is_inside(x)
        return self._pool(x, self.padding, self.divisor_override)

    def _average_of_what_is_inside(self, x: Tensor) -> Tensor:
        sums = self._pool(pad(x, self._pads(x), 0.0), (0,) * len(self.kernel_size), 1)
        if self.divisor_override is not None:
            return sums / self.divisor_override
        ones = pad(x.new_ones(1, 1, *x.shape[2:]), self._pads(x), 0.0)
        return sums / self._pool(ones, (0,) * len(self.kernel_size), 1)

    def _pool(self, x: Tensor, padding: tuple[int, ...], divisor: int | None) -> Tensor:
        """Pool with torch; 1-D data as rows of height 1, for want of a divisor in avg_pool1d."""
        import torch.nn.functional as F

        assert self.stride is not None
        if x.dim() > 3:
            return for_dims(F, "avg_pool{}d", x)(  # type: ignore[no-any-return]
                x,
                self.kernel_size,
                self.stride,
                padding,
                self.ceil_mode,
                self.count_include_pad,
                divisor,
            )
        return F.avg_pool2d(
            x.unsqueeze(2),
            (1, *self.kernel_size),
            (1, *self.stride),
            (0, *padding),
            self.ceil_mode,
            self.count_include_pad,
            divisor,
        ).squeeze(2)
