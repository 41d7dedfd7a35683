"""The layers of a network that have weights: convolution, and all values at once."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.call import Call, TensorName, Term, X
from updown_cli.op.code import Lines, literal
from updown_cli.op.param_types import Int
from updown_cli.op.param_types import Name as NameType
from updown_cli.op.parameter import param
from updown_cli.op.per_axis import Sizes
from updown_cli.op.shape import Shape, by_x
from updown_cli.op.strided import LARGEST
from updown_cli.op.windows import Span
from updown_cli.ops.deconvnet.layers import NetworkLayer, Passed, Way, height_and_width
from updown_cli.ops.kernels.layer import tensor_like
from updown_cli.tensors.weights import Expected, Weights

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.ops.deconvnet.layer_code import LayerInCode


@dataclass(frozen=True, kw_only=True)
class Weighted(NetworkLayer):
    """A layer of weighted sums; back by the same weights, as a transposed convolution."""

    weight: str = param("", "Key of the weight in the file.", NameType("KEY"), required=True)
    bias: str | None = param(None, "Key of the bias; none if not given.", NameType("KEY"))

    @abstractmethod
    def kernel(self, shape: Shape, weights: Weights) -> NDArray[Any]:
        """Return the weight as (out, in / groups, height, width)."""

    @abstractmethod
    def expected(self, channels: int) -> Expected:
        """Return the shape that the weight must have; None stands for any length."""

    def window(self) -> dict[str, Any]:
        """Return torch's arguments for the windows."""
        return {}

    def channels(self, channels: int, weights: Weights) -> int:
        """Return the first side of the weight."""
        out = weights.checked_shape(self.weight, self.expected(channels), self._gets(channels))[0]
        if self.bias is not None:
            weights.checked_shape(self.bias, (out,), f"layer {self.name} has {out} maps")
        return out

    def _gets(self, channels: int) -> str:
        return f"layer {self.name} gets {channels} channels"

    def forward(self, x: Tensor, weights: Weights) -> tuple[Tensor, Passed]:
        """Return the sums of every window times the kernel."""
        shape = Shape(*x.shape[1:])
        tensors = {"weight": tensor_like(x, self.kernel(shape, weights))}
        if self.bias is not None:
            tensors["bias"] = tensor_like(x, weights.array(self.bias))
        return self._call(X, *map(TensorName, tensors)).run(x=x, **tensors), Passed(shape)

    def _call(self, *terms: Term) -> Term:
        """Return the convolution of a tensor with a weight, plus a bias if there is one."""
        return Call("conv2d", terms, self.window())

    def forward_lines(self, coded: LayerInCode) -> Lines:
        """Return the weight, the bias and the convolution."""
        arrays = {f"{coded.name}_weight": self.kernel_code(coded)}
        if self.bias is not None:
            arrays[f"{coded.name}_bias"] = coded.array(self.bias)
        call = self._call(TensorName(coded.given), *map(TensorName, arrays))
        lines = [f"{name} = {array}" for name, array in arrays.items()]
        return [*lines, f"{coded.name} = {call.code()}"]

    def kernel_code(self, coded: LayerInCode) -> str:
        """Return the weight as (out, in / groups, height, width)."""
        return coded.array(self.weight)

    def unread(self, shape: Shape, weights: Weights) -> list[int]:
        """Return for each side how many pixels of the input no window reads."""
        return [
            (side + sum(span.pads(side)) - span.reach) % span.stride
            for span, side in zip(self.spans(shape, weights), shape.size, strict=True)
        ]

    def backward(self, signal: Tensor, passed: Passed, weights: Weights, way: Way) -> Tensor:
        """Return the transposed convolution, as large as the layer's input was."""
        kernel = tensor_like(signal, self.kernel(passed.shape, weights))
        call = self._transposed(passed.shape, weights, TensorName("weight"))
        result: Tensor = call.run(signal=signal, weight=kernel)
        return result

    def _transposed(self, shape: Shape, weights: Weights, weight: Term) -> Term:
        """Return the transposed convolution of `signal` for an input of a shape."""
        options = self.window() | {"output_padding": self.unread(shape, weights)}
        return Call("conv_transpose2d", (TensorName("signal"), weight), options)

    def backward_lines(self, coded: LayerInCode, way: Way) -> Lines:
        """Return the transposed convolution."""
        weight = TensorName(f"{coded.name}_weight")
        return [f"signal = {self._transposed(coded.shape, coded.weights, weight).code()}"]


@dataclass(frozen=True, kw_only=True)
class NetworkConv(Weighted):
    """A convolution, as torch.nn.Conv2d; the weight is (out, in / groups, height, width)."""

    type = "conv"

    stride: tuple[int, ...] = param((1,), "Pixels between windows.", Sizes(min=1, max=LARGEST))
    padding: tuple[int, ...] = param((0,), "Zeros added on each side.", Sizes(min=0, max=LARGEST))
    dilation: tuple[int, ...] = param(
        (1,), "Pixels from one tap of the kernel to the next.", Sizes(min=1, max=LARGEST)
    )
    groups: int = param(
        1, "Parts of the channels that are convolved by themselves.", Int(min=1, max=LARGEST)
    )

    def expected(self, channels: int) -> Expected:
        """Return (any, channels / groups, any, any)."""
        if channels % self.groups:
            raise ParameterError(
                f"layer {self.name}: groups {self.groups} do not divide {channels} channels"
            )
        return None, channels // self.groups, None, None

    def channels(self, channels: int, weights: Weights) -> int:
        """Return the first side of the weight, which the groups must divide."""
        out = super().channels(channels, weights)
        if out % self.groups:
            raise ParameterError(
                f"layer {self.name}: groups {self.groups} do not divide {out} maps"
            )
        return out

    def spans(self, shape: Shape, weights: Weights) -> list[Span]:
        """Return the windows."""
        kernel = weights.shape(self.weight)[2:]
        axes = (kernel, *map(height_and_width, (self.stride, self.padding, self.dilation)))
        return [Span(*axis) for axis in zip(*axes, strict=True)]

    def kernel(self, shape: Shape, weights: Weights) -> NDArray[Any]:
        """Return the weight."""
        return weights.array(self.weight)

    def window(self) -> dict[str, Any]:
        """Return torch's arguments for the windows."""
        return {
            "stride": height_and_width(self.stride),
            "padding": height_and_width(self.padding),
            "dilation": height_and_width(self.dilation),
            "groups": self.groups,
        }


class NetworkLinear(Weighted):
    """Every value of the input, weighted, as torch.nn.Flatten and torch.nn.Linear: one window.

    The weight is (out, channels * height * width); the result is out x 1 x 1.
    """

    type = "linear"

    def expected(self, channels: int) -> Expected:
        """Return (any, any): how many values there are is known with the image."""
        return None, None

    def spans(self, shape: Shape, weights: Weights) -> list[Span]:
        """Return one window, the whole input; raise ShapeError where the weight is for another."""
        given = weights.shape(self.weight)
        if given[1] != math.prod(shape):
            raise ShapeError(
                f"layer {self.name}: {self.weight} of {by_x(given)} takes {given[1]} values, "
                f"but {shape} are {math.prod(shape)}",
                hint="give the network an input size",
            )
        return [Span(side, 1) for side in shape.size]

    def kernel(self, shape: Shape, weights: Weights) -> NDArray[Any]:
        """Return the weight as a kernel as large as the input."""
        return weights.array(self.weight).reshape(-1, *shape)

    def kernel_code(self, coded: LayerInCode) -> str:
        """Return the weight as a kernel as large as the input."""
        return f"{super().kernel_code(coded)}.unflatten(1, {literal(tuple(coded.shape))})"
