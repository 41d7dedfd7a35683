"""What the convolutions share: windows, padding, and torch's function."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from updown_cli.op.anatomy import Anatomy, PlaneKernel
from updown_cli.op.call import Call, TensorName, Term, X, pad_call
from updown_cli.op.code import Lines, format_call, symmetric
from updown_cli.op.input_span import InputSpan
from updown_cli.op.integer_way import BYTE
from updown_cli.op.learnable import AxisTaps, LinearForm
from updown_cli.op.parameter import Telling, param
from updown_cli.op.per_axis import Padding
from updown_cli.op.pointwise import InRange
from updown_cli.op.shape import Shape, by_x
from updown_cli.op.size_text import SizeText
from updown_cli.op.strided import LARGEST
from updown_cli.op.windows import Span, anatomy_of_windows, values_with_pads
from updown_cli.ops.conv.byte_windows import byte_way, has_few_taps
from updown_cli.ops.conv.tensorflow_windows import depthwise_windows, filter_lines, padded_x
from updown_cli.ops.kernels.byte_rows import rows_way
from updown_cli.ops.kernels.exact_tables import exact_tables
from updown_cli.ops.kernels.kernel_code import bias_lines, weight_lines
from updown_cli.ops.kernels.layer import KernelLayer, blocked_values, tensor_like
from updown_cli.ops.kernels.row_kernel import ConvWindows
from updown_cli.ops.kernels.row_sums import sum_by_rows
from updown_cli.ops.kernels.tensorflow_code import lines_with_bias, whole_filters

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.integer_way import IntegerWay
    from updown_cli.op.resampling import Table


@dataclass(frozen=True, kw_only=True)
class Conv(KernelLayer, abstract=True):
    """Windows times a kernel. Subclasses give `weight`."""

    command = "conv"
    axes = "out, in / groups"
    #: Nothing comes before or after the convolution but a bias.
    convolves_alone: ClassVar[bool] = True

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
        return kernels[[*range(len(kernels))] * shape.channels][:, None]

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

    def padded_values(self, shape: Shape) -> int:
        """Return the values with the padding, where it is not torch's own."""
        pads = self._pads(shape)
        return 0 if symmetric(pads) else values_with_pads(pads, shape)

    def _pads(self, shape: Shape) -> list[tuple[int, int]]:
        return [s.pads(side) for s, side in zip(self.spans(shape), shape.size, strict=True)]

    def notes(self, shape: Shape) -> list[str]:
        """Say which pixels no window reads."""
        spans = self.spans(shape)
        unread = [span.unread(side) for span, side in zip(spans, shape.size, strict=True)]
        return [f"the last {by_x(unread)} pixels are in no window"] if any(unread) else []

    def how_to_fit(self) -> str:
        """Name the padding."""
        return "the kernel with its gaps is larger; use --padding same"

    def convolution(self, shape: Shape, groups: int, *bias: Term, x: Term = X) -> Term:
        """Return torch's convolution with `weight`; padding that torch has not is added before."""
        spans = self.spans(shape)
        pads = self._pads(shape)
        by_torch = symmetric(pads)
        options: dict[str, Any] = {"stride": [span.stride for span in spans]}
        if by_torch:
            options["padding"] = [before for before, _ in pads]
        options |= {"dilation": [span.dilation for span in spans], "groups": groups}
        terms = (x if by_torch else pad_call(x, pads), TensorName("weight"), *bias)
        return Call(f"conv{shape.dims}d", terms, options)

    def tables(self, shape: Shape, dtype: str = "float32") -> tuple[Table, ...] | None:
        """Return the weights of each side, if sums over bytes are exact in any order, and many."""
        if not self._sees_bytes() or has_few_taps(self.weight(shape)[0]):
            return None
        sides = zip(self.spans(shape), shape.size, strict=True)
        taps = [(span.sources(side), side) for span, side in sides]
        return exact_tables(*self.weight(shape), taps)

    def windows_form(self, shape: Shape, *, shared: bool) -> LinearForm:
        """Return the windows as sums over the taps of kernels."""
        weight, groups = self.weight(shape)
        axes = tuple(
            AxisTaps(
                out=range(span.count(side)),
                first=-span.pads(side)[0],
                step=span.stride,
                gap=span.dilation,
                taps=tuple(range(span.kernel)),
            )
            for span, side in zip(self.spans(shape), shape.size, strict=True)
        )
        taps = tuple(weight.shape[2:])
        return LinearForm((axes,), taps, 1 if shared else groups, shared)

    def integer_way(self, shape: Shape, dtype: Any) -> IntegerWay | None:
        """Return sums of bytes, where tables are none: whole ones, or floats by rows."""
        if dtype != "uint8" or not self._only_sums() or self.tables(shape) is not None:
            return None
        weight, groups = self.weight(shape)
        way = byte_way(weight, groups, self.spans(shape)) if self._sees_bytes() else None
        windows = self._conv_windows(shape, groups)
        if way is not None or windows is None:
            return way
        return rows_way(weight, shape.channels, windows, None if self._sees_bytes() else BYTE)

    def _only_sums(self) -> bool:
        """Whether values are convolved, and nothing else is done but dividing by white."""
        return isinstance(self, InRange) and self.convolves_alone and self.bias is None

    def _sees_bytes(self) -> bool:
        """Whether code values are convolved, and nothing else is done."""
        in_code_values = isinstance(self, InRange) and self.input_range == "code"
        return in_code_values and self._only_sums()

    def apply(self, x: Tensor) -> Tensor:
        """Return the convolution plus bias."""
        shape = Shape(*x.shape[1:])
        weight, groups = self.weight(shape)
        bias = self.bias_like(x, len(weight))
        return self.convolved(x, tensor_like(x, weight), groups, **bias)

    def convolved(self, x: Tensor, weight: Tensor, groups: int, **bias: Tensor) -> Tensor:
        """Return x convolved with `weight`, by the way that is the fastest."""
        shape = Shape(*x.shape[1:])
        windows = self._conv_windows(shape, groups)
        summed = None if windows is None else sum_by_rows(x, weight, windows, bias.get("bias"))
        if summed is not None:
            return summed
        convolution = self.convolution(shape, groups, *map(TensorName, bias))
        result: Tensor = convolution.run(x=x, weight=weight, **bias)
        return result

    def _conv_windows(self, shape: Shape, groups: int) -> ConvWindows | None:
        """Return windows over rows and columns; None over other axes."""
        if shape.dims != 2:
            return None
        (top, _), (left, _) = self._pads(shape)
        (height, width), (down, across) = self.out_size(shape), self.stride
        gap, beside = self.dilation
        size, stride, dilation = (height, width), (down, across), (gap, beside)
        return ConvWindows(
            before=(top, left), size=size, stride=stride, dilation=dilation, groups=groups
        )

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the weight, and its convolution plus bias."""
        weight, groups = self.weight(shape)
        lines, bias, plus = bias_lines(self.bias, len(weight))
        convolved = self.convolution(shape, groups, *map(TensorName, bias)).code()
        return [*weight_lines(self, shape, groups), *lines, f"y = {convolved}{plus}"]

    def tensorflow_code(self, shape: Shape) -> Lines | None:
        """Return tf.nn.depthwise_conv2d, for kernels of each channel."""
        windows = depthwise_windows(self, shape)
        if windows is None:
            return None
        x, padding = padded_x(self, shape)
        convolved = format_call("tf.nn.depthwise_conv2d", x, "filters", **windows, padding=padding)
        return lines_with_bias(self, filter_lines(self, shape), convolved)

    def filters_code(self, shape: Shape) -> str:
        """Return those of a whole weight."""
        return whole_filters(self)
