"""A depthwise convolution, then a pointwise one."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ShapeError
from updown_cli.op.anatomy import Anatomy
from updown_cli.op.array_names import METAVAR
from updown_cli.op.file_role import NUMBERS_OR_ARRAYS
from updown_cli.op.param_types import Text
from updown_cli.op.parameter import param
from updown_cli.op.shape import Shape, by_x
from updown_cli.op.windows import Span
from updown_cli.ops.conv.depthwise import DepthwiseConv
from updown_cli.ops.conv.windows import convolve
from updown_cli.ops.kernels.layer import tensor_like
from updown_cli.ops.kernels.named import rows_or_file

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class SeparableConv(DepthwiseConv):
    """A depthwise convolution, then a pointwise one of size 1, with nothing between them.

    As tf.nn.separable_conv2d: stride and dilation are the depthwise one's, bias is added last.
    """

    mode = "separable"

    pointwise: str | None = param(
        None,
        "Weights of the results, (out, channels * multiplier), with or without taps of size 1; "
        "or rows, one for each output channel.",
        Text(f"ROWS|{METAVAR}"),
        file=NUMBERS_OR_ARRAYS,
        required=True,
    )

    def check(self) -> None:
        """Refuse weights that cannot be read."""
        super().check()
        rows_or_file("--pointwise", self.pointwise or "")

    def mixing(self, shape: Shape) -> NDArray[Any]:
        """Return the pointwise weight, (out, channels * multiplier, 1...)."""
        weight = rows_or_file("--pointwise", self.pointwise or "")
        given, middle = weight.shape, self.weight(shape)[0].shape[0]
        if self.weight_layout != "oihw" and weight.ndim >= 2:
            weight = weight.transpose(weight.ndim - 1, weight.ndim - 2, *range(weight.ndim - 2))
        expected = (weight.shape[0], middle, *[1] * (weight.ndim - 2))
        if weight.ndim not in (2, shape.dims + 2) or weight.shape != expected:
            raise ShapeError(
                f"has shape {by_x(given)}, expected OUTx{middle}",
                subject=f"--pointwise {self.pointwise}",
                hint=f"the depthwise part gives {middle} channels",
            )
        return weight.reshape(*weight.shape[:2], *[1] * shape.dims)

    def results(self, shape: Shape) -> int:
        """Return the rows of the pointwise weight."""
        return int(self.mixing(shape).shape[0])

    def anatomy(self, shape: Shape) -> Anatomy:
        """Return the windows and the kernel that both convolutions are together."""
        anatomy = super().anatomy(shape)
        assert anatomy.kernel is not None
        mixing = self.mixing(shape).reshape(-1, len(anatomy.kernel.weight))
        return replace(anatomy, kernel=replace(anatomy.kernel, mixing=mixing))

    def operations(self, shape: Shape) -> int:
        """Return those of both convolutions."""
        mixing = int(self.mixing(shape).size) * math.prod(self.out_size(shape))
        return super().operations(shape) + mixing

    def apply(self, x: Tensor) -> Tensor:
        """Return the pointwise convolution of the depthwise one."""
        shape = Shape(*x.shape[1:])
        weight, groups = self.weight(shape)
        spread = convolve(x, tensor_like(x, weight), self.spans(shape), groups)
        mixing, bias = self.mixing(shape), self.bias_for(self.results(shape))
        return convolve(
            spread,
            tensor_like(x, mixing),
            [Span(1, 1)] * shape.dims,
            1,
            None if bias is None else tensor_like(x, bias),
        )
