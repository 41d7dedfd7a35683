"""Pooling: every output value from a window of the input."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from updown_cli.op.base import param
from updown_cli.op.family import Family
from updown_cli.op.param_types import Choice, Flag, Float, Int
from updown_cli.op.shape import Shape
from updown_cli.op.windows import GATHERED_VALUES, padded, reduce_windows
from updown_cli.ops.pool.blur import BlurPool
from updown_cli.ops.pool.sized import (
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    FractionalMaxPool,
)
from updown_cli.ops.pool.windows import (
    DilatedPool,
    KeepsSwitches,
    PaddedPool,
    WindowPool,
    for_dims,
)

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.pool_indices import Switches


@dataclass(frozen=True, kw_only=True)
class MaxPool(KeepsSwitches, DilatedPool):
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

    def _switches(self, x: Tensor, indices: Tensor | None) -> Switches:
        return replace(
            super()._switches(x, indices),
            kernel_size=self.kernel_size,
            stride=self.stride,
            padding=self.padding,
        )


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
        sums = self._pool(padded(x, self._pads(x), 0.0), (0,) * len(self.kernel_size), 1)
        if self.divisor_override is not None:
            return sums / self.divisor_override
        ones = padded(x.new_ones(1, 1, *x.shape[2:]), self._pads(x), 0.0)
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


@dataclass(frozen=True, kw_only=True)
class MedianPool(DilatedPool):
    """The median of every window, padding not counted."""

    mode = "median"

    median: str = param(
        "lower",
        "Of an even number of values: the lower middle one, as torch.median, or the mean of both.",
        Choice(("lower", "mean")),
    )

    def selects_values(self) -> bool:
        """Integers stay integers, but for the mean of two."""
        return self.median == "lower"

    def inner_values(self, shape: Shape) -> int:
        """Return the values of the windows that are gathered at once."""
        gathered = math.prod(self.out_shape(shape)) * math.prod(self.kernel_size)
        return min(gathered, GATHERED_VALUES) * 6 // 5

    def apply(self, x: Tensor) -> Tensor:
        """Return the medians; a window with a NaN has the median NaN."""
        import torch

        medians = reduce_windows(x, self.spans(), self._median, math.nan)
        missing = x.isnan()
        if missing.any():
            spoilt = reduce_windows(missing.float(), self.spans(), lambda v: v.amax(-1), 0.0) > 0
            medians = torch.where(spoilt, math.nan, medians)
        return medians

    def _median(self, values: Tensor) -> Tensor:
        lower = values.nanmedian(-1).values
        return lower if self.median == "lower" else (lower - (-values).nanmedian(-1).values) / 2


@dataclass(frozen=True, kw_only=True)
class LpPool(WindowPool):
    """The p-norm of every window, (sum of x^p)^(1/p), as torch.nn.LPPool2d: a sum, not a mean."""

    mode = "lp"
    linear = True
    why_nan = "torch takes powers of negative values as they are; --convention onnx takes |x|"

    norm_type: float = param(2.0, "The power p; inf gives the largest |x|.", Float(above=0))
    convention: str = param(
        "torch",
        "Whose formula: torch takes x^p without |x| and multiplies the mean of a partial window "
        "by its full size; onnx sums |x|^p of what is inside, without overflow.",
        Choice(("torch", "onnx")),
    )

    def inner_values(self, shape: Shape) -> int:
        """Return the powers, and their sums with and without a sign."""
        return math.prod(shape) + 2 * math.prod(self.out_shape(shape))

    def apply(self, x: Tensor) -> Tensor:
        """Return the norms."""
        import torch.nn.functional as F

        if self.convention == "onnx":
            return reduce_windows(x, self.spans(), self._norm, 0.0)
        assert self.stride is not None
        kernel, stride = (v if x.dim() > 3 else v[0] for v in (self.kernel_size, self.stride))
        return for_dims(F, "lp_pool{}d", x)(  # type: ignore[no-any-return]
            x, self.norm_type, kernel, stride, self.ceil_mode
        )

    def _norm(self, values: Tensor) -> Tensor:
        """Return (sum |x|^p)^(1/p) without overflow: the largest |x| is factored out."""
        import torch

        largest = values.abs().amax(-1)
        if self.norm_type == math.inf:
            return largest
        divisor = torch.where((largest > 0) & largest.isfinite(), largest, 1.0)
        powers = (values.abs() / divisor[..., None]) ** self.norm_type
        return powers.sum(-1) ** (1 / self.norm_type) * divisor

    def warnings(self, shape: Shape) -> list[str]:
        """Tell of torch's partial windows."""
        overhang = any(
            (span.count(side) - 1) * span.stride + span.reach > side
            for span, side in zip(self.spans(), shape.size, strict=True)
        )
        if self.convention == "onnx" or not overhang:
            return []
        return [
            "torch multiplies the mean of a partial window by the full window's size; "
            "--convention onnx sums what is inside"
        ]


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


POOL = Family(
    name="pool",
    help="Shrink by windows: every output value from a window of the input.",
    modes=(
        MaxPool,
        AvgPool,
        MinPool,
        MedianPool,
        LpPool,
        BlurPool,
        AdaptiveMaxPool,
        AdaptiveAvgPool,
        FractionalMaxPool,
    ),
    examples=(
        "updown pool -k 2 photo.jpg -o half.jpg",
        "updown pool -k 3 -s 2 -p 1 --save-indices photo.npz photo.png -o pooled.png",
        "updown pool --mode adaptive-avg --output-size 7x_ photo.png -o strips.png",
    ),
)
