"""The layers of a network one after the other: sizes, values, the way back, what a unit sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from updown_cli.errors import ShapeError
from updown_cli.op.shape import Shape
from updown_cli.op.windows import Span
from updown_cli.ops.deconvnet.description import Input
from updown_cli.ops.deconvnet.findings import Box
from updown_cli.ops.deconvnet.layer_code import INPUT, LayerInCode, names_in_code
from updown_cli.ops.deconvnet.layers import NetworkLayer, NetworkPool, Passed, Way
from updown_cli.tensors.weights import Weights

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Chain:
    """Layers with their weights, up to the one that is looked at."""

    input: Input
    layers: tuple[NetworkLayer, ...]
    weights: Weights

    @cached_property
    def channels(self) -> int:
        """Maps of the last layer; raise ParameterError where weights do not fit their layer."""
        channels = self.input.channels
        for layer in self.layers:
            channels = layer.channels(channels, self.weights)
        return channels

    @property
    def overlapping(self) -> list[str]:
        """Names of the pools that can find one value in several windows."""
        return [
            layer.name for layer in self.layers if isinstance(layer, NetworkPool) and layer.overlaps
        ]

    def sizes(self, shape: Shape) -> list[Shape]:
        """Return the shapes of the first layer's input and of what each layer gives.

        Raises ShapeError for an image that does not fit.
        """
        if shape.dims != 2 or shape.channels != self.input.channels:
            raise ShapeError(
                f"the network takes {self.input.channels} channels of height x width, "
                f"but this is {shape}",
                hint="use --alpha drop" if shape.channels == self.input.channels + 1 else "",
            )
        shapes = [Shape(shape.channels, *self.input.sides(shape.size))]
        for layer in self.layers:
            shapes.append(layer.out_shape(shapes[-1], self.weights))
        return shapes

    def forward(self, x: Tensor) -> tuple[Tensor, list[Passed]]:
        """Return the values of the last layer, and what each remembers of its input."""
        passed = []
        for layer in self.layers:
            x, memory = layer.forward(x, self.weights)
            passed.append(memory)
        return x, passed

    def backward(self, signal: Tensor, passed: list[Passed], way: Way) -> Tensor:
        """Return a signal in the last layer's values as one in the first layer's input."""
        for layer, memory in zip(reversed(self.layers), reversed(passed), strict=True):
            signal = layer.backward(signal, memory, self.weights, way)
        return signal

    def in_code(self, shapes: list[Shape], frames: int) -> list[LayerInCode]:
        """Return the layers as they are called in code, told what `sizes` gives."""
        names = names_in_code([layer.name for layer in self.layers])
        steps = zip(self.layers, names, [INPUT, *names], shapes, strict=False)
        return [
            LayerInCode(layer, self.weights, name, given, shape, frames)
            for layer, name, given, shape in steps
        ]

    def field(self, place: Iterable[int], shapes: list[Shape]) -> Box:
        """Return the rows and columns of the input that a place of the last layer sees."""
        sides = [(at, at) for at in place]
        for layer, shape in zip(reversed(self.layers), reversed(shapes[:-1]), strict=True):
            spans = layer.spans(shape, self.weights)
            sides = [_seen(*axis) for axis in zip(sides, spans, shape.size, strict=True)]
        rows, columns = (slice(first, last + 1) for first, last in sides)
        return rows, columns


def _seen(side: tuple[int, int], span: Span, length: int) -> tuple[int, int]:
    """Return the first and the last pixel in windows from the first to the last of `side`."""
    before, _ = span.pads(length)
    first, last = (window * span.stride - before for window in side)
    return max(first, 0), min(last + span.reach, length) - 1
