"""Convolution of images with a kernel: plain, with gaps, by channel, and with whole numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ShapeError
from updown_cli.op.base import param, redeclared
from updown_cli.op.family import Family
from updown_cli.op.param_types import Int, Text
from updown_cli.op.shape import Shape, by_x
from updown_cli.op.windows import Span
from updown_cli.ops.conv.quantized import QuantizedConv
from updown_cli.ops.conv.windows import Conv, GroupedConv, convolved
from updown_cli.ops.kernels.layer import tensor_like
from updown_cli.ops.kernels.named import rows_or_file
from updown_cli.ops.pool.windows import LARGEST
from updown_cli.tensors.weights import METAVAR

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor


class PlainConv(GroupedConv):
    """The sum of every window times the kernel, not rotated, as torch.nn.Conv2d.

    out = floor((in + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1.
    """

    mode = "plain"


@dataclass(frozen=True, kw_only=True)
class DilatedConv(GroupedConv):
    """The same with gaps between the taps: atrous convolution, as tf.nn.atrous_conv2d."""

    mode = "dilated"

    dilation: tuple[int, ...] = redeclared(GroupedConv, "dilation", (2,))


@dataclass(frozen=True, kw_only=True)
class DepthwiseConv(Conv):
    """Kernels for each channel by itself, as torch.nn.Conv2d with a group per channel.

    Result m of channel c is channel c * multiplier + m (tf.nn.depthwise_conv2d).
    """

    mode = "depthwise"

    multiplier: int | None = param(
        None,
        "Results per channel; by default as many as there are kernels for one.",
        Int(min=1, max=LARGEST),
    )

    def in_torch_s_layout(self, weight: NDArray[Any]) -> NDArray[Any]:
        """Return TensorFlow's (taps, in, multiplier) as torch's (in * multiplier, 1, taps)."""
        if self.weight_layout == "oihw":
            return weight
        dims = weight.ndim - 2
        moved = weight.transpose(dims, dims + 1, *range(dims))
        return moved.reshape(-1, 1, *moved.shape[2:])

    def weight(self, shape: Shape) -> tuple[NDArray[Any], int]:
        """Return (channels * multiplier, 1, taps), and a group per channel."""
        weight = self.kernels(shape)
        if weight.ndim == shape.dims + 1:
            return self.on_each_channel(self._multiplied(weight), shape), shape.channels
        outs = weight.shape[0]
        multiplier = self.multiplier or max(outs // shape.channels, 1)
        expected = (shape.channels * multiplier, 1)
        if weight.shape[:2] != expected:
            raise self.misfit(
                f"has shape {by_x(weight.shape)}, expected {by_x((*expected, *weight.shape[2:]))} "
                f"for {shape.channels} channels times {multiplier}"
            )
        return weight, shape.channels

    def _multiplied(self, kernels: NDArray[Any]) -> NDArray[Any]:
        multiplier = self.multiplier or len(kernels)
        if len(kernels) not in (1, multiplier):
            raise self.misfit(f"{len(kernels)} kernels for --multiplier {multiplier}")
        return kernels.repeat(multiplier // len(kernels), axis=0)


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

    def operations(self, shape: Shape) -> int:
        """Return those of both convolutions."""
        mixing = int(self.mixing(shape).size) * math.prod(self.out_size(shape))
        return super().operations(shape) + mixing

    def apply(self, x: Tensor) -> Tensor:
        """Return the pointwise convolution of the depthwise one."""
        shape = Shape(*x.shape[1:])
        weight, groups = self.weight(shape)
        spread = convolved(x, tensor_like(x, weight), self.spans(shape), groups)
        mixing, bias = self.mixing(shape), self.bias_for(self.results(shape))
        return convolved(
            spread,
            tensor_like(x, mixing),
            [Span(1, 1)] * shape.dims,
            1,
            None if bias is None else tensor_like(x, bias),
        )


CONV = Family(
    name="conv",
    help="Convolution with a kernel, as networks have it: the kernel is not rotated.",
    modes=(PlainConv, DilatedConv, DepthwiseConv, SeparableConv, QuantizedConv),
    examples=(
        "updown conv --kernel sobel-h -p same photo.png -o edges.png --range abs",
        "updown conv --kernel gaussian -k 5 --stride 2 -p same photo.png -o half.png",
        "updown conv --kernel net.npz::weight --bias net.npz::bias photo.png -o maps.npy",
        "updown conv --mode separable --kernel box --pointwise '0.3 0.6 0.1' photo.png -o grey.png",
    ),
)
