"""What a layer of a network is: its size, its values, the way back; and ReLU and max pool."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from updown_cli.errors import ShapeError
from updown_cli.op.code import Lines, format_call, one_for_all_axes
from updown_cli.op.param_types import Flag, Name
from updown_cli.op.parameter import each_axis, param
from updown_cli.op.per_axis import Sizes
from updown_cli.op.shape import Shape, by_x
from updown_cli.op.strided import LARGEST
from updown_cli.op.windows import Span, split_axis
from updown_cli.ops.unpool.scatter import scatter, scatter_lines
from updown_cli.tensors.weights import Weights

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.ops.deconvnet.layer_code import LayerInCode

RULES = ("deconvnet", "gradient", "guided")


@dataclass(frozen=True)
class Way:
    """How a signal goes back: the rule for ReLU, and what several values in one place become."""

    rule: str
    duplicates: str


@dataclass(frozen=True)
class Passed:
    """What a layer remembers of its input: the shape, and a mask or positions if it needs them."""

    shape: Shape
    memory: Tensor | None = None


@dataclass(frozen=True, kw_only=True)
class NetworkLayer(ABC):
    """One layer, as the network's file declares it. Tensors are 1 x C x H x W."""

    type: ClassVar[str]

    name: str = param("", "How `--layer` names it.", Name("NAME"), required=True)

    def check(self) -> None:  # noqa: B027
        """Raise ValueError where fields contradict each other."""

    def channels(self, channels: int, weights: Weights) -> int:
        """Return the number of maps it gives; raise ParameterError if its weights do not fit."""
        return channels

    def spans(self, shape: Shape, weights: Weights) -> list[Span]:
        """Return the windows along each axis of an input of this shape."""
        return [Span(1, 1)] * shape.dims

    def out_shape(self, shape: Shape, weights: Weights) -> Shape:
        """Return the shape of the result; raise ShapeError if nothing is left of the input."""
        spans = self.spans(shape, weights)
        size = [span.count(side) for span, side in zip(spans, shape.size, strict=True)]
        if min(size) < 1:
            reach = by_x(span.reach for span in spans)
            raise ShapeError(
                f"layer {self.name}: nothing is left of {shape}",
                hint=f"its window is {reach}; use a larger image",
            )
        return Shape(self.channels(shape.channels, weights), *size)

    @abstractmethod
    def forward(self, x: Tensor, weights: Weights) -> tuple[Tensor, Passed]:
        """Return the layer's values, and what the way back needs."""

    @abstractmethod
    def backward(self, signal: Tensor, passed: Passed, weights: Weights, way: Way) -> Tensor:
        """Return the signal (of the shape of the layer's values) in the layer's input."""

    @abstractmethod
    def forward_lines(self, coded: LayerInCode) -> Lines:
        """Return code for the values, and for what the way back needs."""

    @abstractmethod
    def backward_lines(self, coded: LayerInCode, way: Way) -> Lines:
        """Return code that makes `signal` in the values one in the layer's input."""


class NetworkRelu(NetworkLayer):
    """max(x, 0).

    Back: gradient keeps what was positive forward, deconvnet what is positive in the signal
    (Zeiler and Fergus 2014), guided what is both (Springenberg et al. 2015).
    """

    type = "relu"

    def forward(self, x: Tensor, weights: Weights) -> tuple[Tensor, Passed]:
        """Return the positive values, and where they are."""
        return x.relu(), Passed(Shape(*x.shape[1:]), x > 0)

    def backward(self, signal: Tensor, passed: Passed, weights: Weights, way: Way) -> Tensor:
        """Return what the rule keeps of the signal."""
        assert passed.memory is not None
        if way.rule != "gradient":
            signal = signal.relu()
        return signal if way.rule == "deconvnet" else signal * passed.memory

    def forward_lines(self, coded: LayerInCode) -> Lines:
        """Return the positive values."""
        return [f"{coded.name} = {coded.given}.relu()"]

    def backward_lines(self, coded: LayerInCode, way: Way) -> Lines:
        """Return what the rule keeps of the signal."""
        signal = "signal" if way.rule == "gradient" else "signal.relu()"
        mask = "" if way.rule == "deconvnet" else f" * ({coded.given} > 0)"
        return [f"signal = {signal}{mask}"]


@dataclass(frozen=True, kw_only=True)
class NetworkPool(NetworkLayer):
    """The largest value of every window, as torch.nn.MaxPool2d; back by unpooling."""

    type = "pool"

    kernel_size: tuple[int, ...] = param(
        (2,), "Pixels of a window.", Sizes(min=1, max=LARGEST), required=True
    )
    stride: tuple[int, ...] | None = param(
        None, "Pixels between windows; kernel_size if not given.", Sizes(min=1, max=LARGEST)
    )
    padding: tuple[int, ...] = param(
        (0,), "Pixels added on each side, at most half of kernel_size.", Sizes(min=0, max=LARGEST)
    )
    ceil_mode: bool = param(False, "Keep a last window that is only partly inside.", Flag())

    def check(self) -> None:
        """Refuse what torch refuses."""
        if any(pad > kernel // 2 for kernel, pad in each_axis(self.kernel_size, self.padding)):
            raise ValueError("padding must be at most half of kernel_size")

    @property
    def overlaps(self) -> bool:
        """Whether a value can be the largest of several windows."""
        axes = each_axis(self.kernel_size, self.stride or self.kernel_size)
        return any(kernel > step for kernel, step in axes)

    def spans(self, shape: Shape, weights: Weights) -> list[Span]:
        """Return the windows."""
        stride = self.stride or self.kernel_size
        axes = [height_and_width(value) for value in (self.kernel_size, stride, self.padding)]
        return [
            Span(kernel, step, pad, ceil_mode=self.ceil_mode)
            for kernel, step, pad in zip(*axes, strict=True)
        ]

    def forward(self, x: Tensor, weights: Weights) -> tuple[Tensor, Passed]:
        """Return the maxima, and their positions."""
        import torch.nn.functional as F

        values, positions = F.max_pool2d_with_indices(
            x, self.kernel_size, self.stride, self.padding, ceil_mode=self.ceil_mode
        )
        return values, Passed(Shape(*x.shape[1:]), positions)

    def backward(self, signal: Tensor, passed: Passed, weights: Weights, way: Way) -> Tensor:
        """Return the values where the maxima were."""
        assert passed.memory is not None
        _, height, width = passed.shape
        where, values = passed.memory.flatten(2), signal.flatten(2)
        placed = scatter(height * width, where, values, way.duplicates)
        return split_axis(placed, 2, (height, width))

    def forward_lines(self, coded: LayerInCode) -> Lines:
        """Return the maxima, and their positions."""
        pooled = format_call(
            "F.max_pool2d",
            coded.given,
            kernel_size=one_for_all_axes(self.kernel_size),
            stride=self.stride and one_for_all_axes(self.stride),
            padding=one_for_all_axes(self.padding),
            ceil_mode=self.ceil_mode,
            return_indices=True,
        )
        return [f"{coded.name}, {coded.name}_places = {pooled}"]

    def backward_lines(self, coded: LayerInCode, way: Way) -> Lines:
        """Return the values where the maxima were."""
        planes, places = (coded.frames, coded.shape.channels), f"{coded.name}_places"
        size = coded.shape.size
        return scatter_lines("signal", places, size, way.duplicates, planes, "signal")


def height_and_width(value: tuple[int, ...]) -> tuple[int, ...]:
    """Return one number for height and one for width."""
    return value * 2 if len(value) == 1 else value
