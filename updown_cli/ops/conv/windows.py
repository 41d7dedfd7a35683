"""What the convolutions share: windows, padding, groups, and torch's function."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.op.anatomy import Anatomy, PlaneKernel
from updown_cli.op.call import for_dims
from updown_cli.op.input_span import InputSpan
from updown_cli.op.param_types import Int
from updown_cli.op.parameter import Telling, param
from updown_cli.op.per_axis import Padding
from updown_cli.op.shape import Shape, by_x
from updown_cli.op.size_text import SizeText
from updown_cli.op.strided import LARGEST
from updown_cli.op.windows import Span, anatomy_of_windows, pad
from updown_cli.ops.kernels.layer import KernelLayer, blocked_values, check_groups, tensor_like

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Conv(KernelLayer, abstract=True):
    """Windows times a kernel. Subclasses give `weight`."""

    command = "conv"
    axes = "out, in / groups"

    padding: tuple[int, ...] | str = param(
        (0,),
        "Zeros added on each side; 'same' and 'same-lower' give ceil(in / stride) as TensorFlow "
        "and ONNX do.",
        Padding(min=0, max=LARGEST, words=("same", "same-lower", "valid")),
        letter="p",
        telling=Telling.DETAIL,
    )

    @abstractmethod
    def weight(self, shape: Shape) -> tuple[NDArray[Any], int]:
        """Return torch's weight, (out, in / groups, taps), and the groups."""

    def on_each_channel(self, kernels: NDArray[Any], shape: Shape) -> NDArray[Any]:
        """Return the weight for which result c * kernels + m is kernel m on channel c."""
        import numpy as np

        return np.concatenate([kernels[:, None]] * shape.channels)

    def spans(self, shape: Shape) -> list[Span]:
        """Return the windows along each axis."""
        taps = self.weight(shape)[0].shape[2:]
        named = isinstance(self.padding, str)
        paddings: Any = (self.padding,) * shape.dims if named else self.padding
        return [
            Span(kernel, stride, padding, dilation)
            for kernel, stride, padding, dilation in zip(
                taps, self.stride, paddings, self.dilation, strict=True
            )
        ]

    def results(self, shape: Shape) -> int:
        """Return the number of kernels."""
        return int(self.weight(shape)[0].shape[0])

    def out_channels(self, shape: Shape) -> int:
        """Return the number of results, to which bias must fit."""
        channels = self.results(shape)
        self.bias_for(channels)
        return channels

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the number of windows along each axis."""
        spans = self.spans(shape)
        return tuple(span.count(side) for span, side in zip(spans, shape.size, strict=True))

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Return the number of windows along each axis as a formula."""
        sides = zip(self.spans(shape), shape.size, strict=True)
        return [span.size_formula(side) for span, side in sides]

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the windows."""
        return [span.over(side) for span, side in zip(self.spans(shape), shape.size, strict=True)]

    def anatomy(self, shape: Shape) -> Anatomy:
        """Return the windows and the kernel."""
        weight, groups = self.weight(shape)
        return anatomy_of_windows(
            self.spans(shape),
            shape.size,
            kernel=PlaneKernel(weight=weight, groups=groups),
            weight=weight,
            matrix="C",
        )

    def operations(self, shape: Shape) -> int:
        """Return a multiply-add for every tap of every output value."""
        weight = self.weight(shape)[0]
        return int(weight.size) * math.prod(self.out_size(shape))

    def inner_values(self, shape: Shape) -> int:
        """Return the image and the result as torch's convolution lays them out."""
        results = max(self.out_channels(shape), 2)
        return blocked_values(shape.channels, shape.size) + blocked_values(
            results, self.out_size(shape)
        )

    def notes(self, shape: Shape) -> list[str]:
        """Say which pixels no window reads."""
        spans = self.spans(shape)
        unread = [span.unread(side) for span, side in zip(spans, shape.size, strict=True)]
        return [f"the last {by_x(unread)} pixels are in no window"] if any(unread) else []

    def how_to_fit(self) -> str:
        """Name the padding."""
        return "the kernel with its gaps is larger; use --padding same"

    def apply(self, x: Tensor) -> Tensor:
        """Return the convolution plus bias."""
        shape = Shape(*x.shape[1:])
        weight, groups = self.weight(shape)
        bias = self.bias_for(len(weight))
        return convolve(
            x,
            tensor_like(x, weight),
            self.spans(shape),
            groups,
            None if bias is None else tensor_like(x, bias),
        )


@dataclass(frozen=True, kw_only=True)
class GroupedConv(Conv, abstract=True):
    """A convolution that mixes the channels of a group."""

    groups: int = param(1, "Groups of channels, for a whole weight.", Int(min=1, max=LARGEST))

    def weight(self, shape: Shape) -> tuple[NDArray[Any], int]:
        """Return the whole weight, or the kernels on each channel by itself."""
        weight = self.kernels(shape)
        if weight.ndim == shape.dims + 1:
            check_groups(self.groups, shape.dims)
            return self.on_each_channel(weight, shape), shape.channels
        outs, ins = weight.shape[:2]
        if ins * self.groups != shape.channels:
            raise self.misfit(
                f"the kernel is for {ins * self.groups} channels in {self.groups} groups, "
                f"the image has {shape.channels}"
            )
        if outs % self.groups:
            raise self.misfit(f"{outs} results do not divide into {self.groups} groups")
        return weight, self.groups


def convolve(
    x: Tensor, weight: Tensor, spans: list[Span], groups: int, bias: Tensor | None = None
) -> Tensor:
    """Return torch's convolution; the padding of a convention is added before."""
    import torch.nn.functional as F

    padding: Any = [span.padding for span in spans]
    if any(isinstance(number, str) for number in padding):
        pads = [span.pads(side) for span, side in zip(spans, x.shape[2:], strict=True)]
        x, padding = pad(x, pads, 0.0), 0
    stride, dilation = [span.stride for span in spans], [span.dilation for span in spans]
    function = for_dims(F, "conv{}d", x)
    return function(x, weight, bias, stride, padding, dilation, groups)  # type: ignore[no-any-return]
