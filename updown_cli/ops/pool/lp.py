"""LP pooling: the p-norm of every window."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.op.arithmetic_line import ArithmeticLine, factor_text, short_number
from updown_cli.op.call import Call, MethodCall, X, pad_call
from updown_cli.op.code import Lines, literal
from updown_cli.op.explainable import FROM
from updown_cli.op.param_types import Choice, Float
from updown_cli.op.parameter import as_typed, option_name, param
from updown_cli.op.shape import Shape, by_x
from updown_cli.op.windows import pads_to_the_last_window, reduce_windows
from updown_cli.ops.pool.integer_norms import norms_way
from updown_cli.ops.pool.windows import DilatedPool

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.integer_way import IntegerWay

# Powers above this of 16-bit values overflow float32.
HIGH_POWER = 4


@dataclass(frozen=True, kw_only=True)
class LpPool(DilatedPool):
    """The p-norm of every window, (sum of x^p)^(1/p), as torch.nn.LPPool2d: a sum, not a mean.

    torch's has no padding and no dilation, ONNX's has both.
    """

    mode = "lp"
    linear = True
    told_as = FROM
    around = NOTHING_AROUND
    why_nan = "torch takes powers of negative values as they are; --convention onnx takes |x|"

    norm_type: float = param(2.0, "The power p; inf gives the largest |x|.", Float(above=0))
    convention: str = param(
        "torch",
        "Whose formula holds. torch takes x^p without |x| and multiplies the mean of a partial "
        "window by its full size; onnx sums |x|^p of what is inside, without overflow.",
        Choice(("torch", "onnx")),
    )

    def check(self) -> None:
        """Refuse what torch's pool has not."""
        super().check()
        if self.convention == "torch":
            given = [n for n, none in (("padding", 0), ("dilation", 1)) if self._has(n, none)]
            for name in given:
                raise ParameterError(
                    "goes with --convention onnx: torch has none",
                    subject=f"{option_name(name)} {as_typed(getattr(self, name))}",
                )

    def _has(self, name: str, none: int) -> bool:
        """Whether an option says more than nothing."""
        value = getattr(self, name)
        return value != "valid" and any(part != none for part in value)

    def inner_values(self, shape: Shape) -> int:
        """Return the powers, and their sums with and without a sign."""
        return math.prod(shape) + 2 * math.prod(self.out_shape(shape))

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the number of windows; raise ShapeError where torch refuses a thin volume."""
        sides = zip(shape.size, self.kernel_size, strict=True)
        is_thin = shape.dims == 3 and any(side < kernel for side, kernel in sides)
        if is_thin and self.convention == "torch" and self.ceil_mode:
            reason = f"torch pools no volume of {by_x(shape.size)} by {by_x(self.kernel_size)}"
            raise ShapeError(reason, hint="--convention onnx does")
        return super().out_size(shape)

    def integer_way(self, shape: Shape, dtype: Any) -> IntegerWay | None:
        """Return the norms of bytes by torch's formula, where their powers stay exact."""
        if self.convention != "torch":
            return None
        return norms_way(self, shape, dtype, self.norm_type)

    def apply(self, x: Tensor) -> Tensor:
        """Return the norms."""
        if self.convention == "onnx":
            return reduce_windows(x, self.spans(), self._norm, 0.0)
        result: Tensor = self._torch_call(Shape(*x.shape[1:])).run(x=x)
        return result

    def _torch_call(self, shape: Shape) -> Call:
        assert self.stride is not None
        flat = shape.dims == 1  # lp_pool1d takes numbers
        options = {
            "norm_type": self.norm_type,
            "kernel_size": self.kernel_size[0] if flat else self.kernel_size,
            "stride": self.stride[0] if flat else self.stride,
            "ceil_mode": self.ceil_mode,
        }
        return Call(f"lp_pool{shape.dims}d", (X,), options)

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the norms, torch's or those that take |x|."""
        if self.convention == "torch":
            return [f"y = {self._torch_call(shape).code()}"]
        if self.norm_type == math.inf:
            return [f"y = {self.max_call(shape, MethodCall(X, 'abs')).code()}"]
        windows = self.unfolded(pad_call(X, pads_to_the_last_window(self.spans(), shape.size)))
        power = literal(self.norm_type)
        if self.norm_type <= HIGH_POWER:
            norms = f"torch.linalg.vector_norm(windows, {power}, dim=-1)"
            return [f"windows = {windows}", f"y = {norms}"]
        return [
            f"windows = {windows}",
            "# Powers of numbers up to 1 do not overflow.",
            "largest = windows.abs().amax(-1, keepdim=True).clamp(min=1e-30)",
            f"norms = torch.linalg.vector_norm(windows / largest, {power}, dim=-1)",
            "y = norms * largest.squeeze(-1)",
        ]

    def _norm(self, values: Tensor) -> Tensor:
        """Return (sum |x|^p)^(1/p) without overflow: the largest |x| is factored out."""
        import torch

        largest = values.abs().amax(-1)
        if self.norm_type == math.inf:
            return largest
        divisor = torch.where((largest > 0) & largest.isfinite(), largest, 1.0)
        powers = (values.abs() / divisor[..., None]) ** self.norm_type
        return powers.sum(-1) ** (1 / self.norm_type) * divisor

    def tell_value(self, values: Sequence[float], result: str) -> ArithmeticLine:
        """Return the root of the sum of powers."""
        if self.norm_type == math.inf:
            return super().tell_value(values, result)
        power = short_number(self.norm_type)
        bases = map(abs, values) if self.convention == "onnx" else values
        terms = tuple(f"{factor_text(base)}^{power}" for base in bases)
        return ArithmeticLine("(", terms, tail=f")^(1/{power}) = {result}")

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
