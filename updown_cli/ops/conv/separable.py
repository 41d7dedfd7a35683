"""A depthwise convolution, then a pointwise one."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ShapeError
from updown_cli.op.anatomy import Anatomy
from updown_cli.op.array_names import METAVAR, names_file
from updown_cli.op.call import Call, TensorName, Term
from updown_cli.op.code import Lines, format_call, taps_last
from updown_cli.op.file_role import NUMBERS_OR_ARRAYS
from updown_cli.op.param_types import Text
from updown_cli.op.parameter import param
from updown_cli.op.shape import Shape, by_x
from updown_cli.op.worked_out import work_out_once
from updown_cli.ops.conv.depthwise import DepthwiseConv
from updown_cli.ops.conv.tensorflow_windows import depthwise_windows, filter_lines, padded_x
from updown_cli.ops.kernels.kernel_code import bias_lines, weight_lines
from updown_cli.ops.kernels.layer import tensor_like
from updown_cli.ops.kernels.named import rows_or_file
from updown_cli.ops.kernels.row_kernel import ConvWindows
from updown_cli.ops.kernels.row_sums import sum_by_rows
from updown_cli.ops.kernels.tensorflow_code import lines_with_bias
from updown_cli.tensors.array_code import NUMPY, OF_X, Arrays, cast

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class SeparableConv(DepthwiseConv):
    """A depthwise convolution, then a pointwise one of size 1; nothing is between them.

    As tf.nn.separable_conv2d: stride and dilation are the depthwise one's, bias is added last.
    """

    mode = "separable"
    convolves_alone = False

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

    @work_out_once
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

    def pointwise_call(self, shape: Shape, *bias: Term) -> Term:
        """Return the convolution of `spread`, what the depthwise one gives, with `pointwise`."""
        return Call(f"conv{shape.dims}d", (TensorName("spread"), TensorName("pointwise"), *bias))

    def apply(self, x: Tensor) -> Tensor:
        """Return the pointwise convolution of the depthwise one."""
        shape = Shape(*x.shape[1:])
        weight, groups = self.weight(shape)
        spread = self.convolved(x, tensor_like(x, weight), groups)
        mixing = tensor_like(x, self.mixing(shape))
        bias = self.bias_like(x, len(mixing))
        height, width = spread.shape[2:] if shape.dims == 2 else (0, 0)
        windows = ConvWindows(before=(0, 0), size=(height, width))
        summed = sum_by_rows(spread, mixing, windows, bias.get("bias"))
        if summed is not None:
            return summed
        pointwise = self.pointwise_call(shape, *map(TensorName, bias))
        result: Tensor = pointwise.run(spread=spread, pointwise=mixing, **bias)
        return result

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return a convolution by channel, then one that mixes them."""
        groups = shape.channels
        lines, bias, plus = bias_lines(self.bias, len(self.mixing(shape)))
        return [
            *weight_lines(self, shape, groups),
            f"pointwise = {self._pointwise_code(shape)}",
            *lines,
            f"spread = {self.convolution(shape, groups).code()}",
            f"y = {self.pointwise_call(shape, *map(TensorName, bias)).code()}{plus}",
        ]

    def _pointwise_code(self, shape: Shape) -> str:
        """Return the second weight, (out, channels * multiplier, 1...)."""
        array, rank = self._given(OF_X)
        if self.weight_layout != "oihw":
            array += ".T" if rank == 2 else taps_last(rank - 2, 1, 0)
        return array + (f"[..., {', '.join(['None'] * shape.dims)}]" if rank == 2 else "")

    def _given(self, arrays: Arrays) -> tuple[str, int]:
        """Return the pointwise weight as it was typed in code, and its rank."""
        text = self.pointwise or ""
        given = rows_or_file("--pointwise", text)
        code = arrays.loaded(text) if names_file(text) else arrays.of(given.tolist())
        return code, given.ndim

    def tensorflow_code(self, shape: Shape) -> Lines | None:
        """Return tf.nn.separable_conv2d."""
        windows = depthwise_windows(self, shape)
        if windows is None:
            return None
        x, padding = padded_x(self, shape)
        function = "tf.nn.separable_conv2d"
        convolved = format_call(function, x, "filters", "pointwise", **windows, padding=padding)
        mixing, rank = self._given(NUMPY)
        if self.weight_layout != "hwio":
            mixing += ".T" if rank == 2 else ".transpose(2, 3, 1, 0)"
        mixing += "[None, None]" if rank == 2 else ""
        lines = [*filter_lines(self, shape), f"pointwise = {cast(mixing)}"]
        return lines_with_bias(self, lines, convolved)
