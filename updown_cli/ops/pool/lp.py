"""LP pooling: the p-norm of every window."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.op.call import for_dims
from updown_cli.op.param_types import Choice, Float
from updown_cli.op.parameter import param
from updown_cli.op.shape import Shape
from updown_cli.op.windows import reduce_windows
from updown_cli.ops.pool.windows import WindowPool

if TYPE_CHECKING:
    from torch import Tensor


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
