"""Transposed convolution of images with a kernel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from updown_cli.errors import ParameterError
from updown_cli.op.anatomy import Anatomy, PlaneKernel
from updown_cli.op.input_span import InputSpan
from updown_cli.op.param_types import Choice, Flag, Int
from updown_cli.op.parameter import Telling, as_typed, each_axis, param
from updown_cli.op.per_axis import Padding, Sizes
from updown_cli.op.pointwise import InRange
from updown_cli.op.shape import Shape
from updown_cli.op.strided import LARGEST
from updown_cli.op.worked_out import work_out_once
from updown_cli.ops.deconv.crops import DeconvCrop, DeconvSizes, crop_axis
from updown_cli.ops.deconv.deconv_tensorflow import conv2d_transpose_lines
from updown_cli.ops.deconv.learned import LearnedDeconv
from updown_cli.ops.deconv.methods import METHODS
from updown_cli.ops.deconv.native import whole_values
from updown_cli.ops.deconv.overlap import overlap_report
from updown_cli.ops.deconv.size_formulas import size_texts
from updown_cli.ops.kernels.exact_tables import exact_tables
from updown_cli.ops.kernels.kernel_code import bias_lines, weight_lines
from updown_cli.ops.kernels.layer import (
    blocked_values,
    check_groups,
    layout_of_weight,
    tensor_like,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.code import Lines
    from updown_cli.op.resampling import Table
    from updown_cli.op.size_text import SizeText

# Samples of a signal that a run can hold.
LONGEST = 1 << 31


@dataclass(frozen=True, kw_only=True)
class Deconv(InRange, LearnedDeconv):
    """Add up the kernel, times every input value, stride pixels apart (torch.nn.ConvTranspose2d).

    out = (in - 1) * stride - 2 * padding + dilation * (kernel - 1) + output_padding + 1;
    in * stride with padding same; (in - 1) * stride + max(kernel, stride) with valid.
    """

    command = "deconv"
    scatters = True
    axes = "in, out / groups"

    weight_layout: str = layout_of_weight("iohw", "hwoi")
    padding: tuple[int, ...] | str = param(
        (0,),
        "Pixels cut off each side; 'same' and 'valid' give TensorFlow's sizes, 'same-lower' "
        "ONNX's, with the larger half cut off before.",
        Padding(min=0, max=LARGEST, words=("same", "same-lower", "valid")),
        letter="p",
        telling=Telling.DETAIL,
    )
    output_padding: tuple[int, ...] = param(
        (0,),
        "Pixels less cut off at the far end, below stride or dilation; with 'same' the size is "
        "(in - 1) * stride + kernel_size % 2 + this, as Keras has it.",
        Sizes(min=0, max=LARGEST - 1),
        telling=Telling.DETAIL,
    )
    groups: int = param(1, "Groups of channels, for a whole weight.", Int(min=1, max=LARGEST))
    output_size: tuple[int, ...] | None = param(
        None,
        "Size of the result, among those the stride allows.",
        Sizes(min=1, max=LONGEST),
        telling=Telling.SIZE,
    )
    method: str = param(
        "native", "How it is computed; the results are equal.", Choice(tuple(METHODS))
    )
    report_overlap: bool = param(
        False, "Say how many taps reach each output pixel, and whether evenly.", Flag()
    )

    def check(self) -> None:
        """Refuse what torch refuses and kernels that cannot be read."""
        for extra, stride, dilation in each_axis(self.output_padding, self.stride, self.dilation):
            if extra >= max(stride, dilation):
                raise ParameterError(
                    f"must be less than stride or dilation, {max(stride, dilation)}",
                    subject=f"--output-padding {as_typed(self.output_padding)}",
                )
        if any(self.output_padding) and (self.output_size or self.padding == "same-lower"):
            raise ParameterError(
                "--output-padding goes without --output-size and --padding same-lower"
            )
        super().check()

    def level(self) -> float:
        """Return the level at which kernels `stride` apart add up to 1."""
        return float(math.prod(self.stride))

    @work_out_once
    def weight(self, shape: Shape) -> tuple[NDArray[Any], int]:
        """Return torch's weight, (in, out / groups, taps), and the groups.

        Of several kernels for each channel by itself, each turn of that many channels is added
        up to one: what convolution with them does, transposed.
        """
        weight = self.kernels(shape)
        if weight.ndim == shape.dims + 1:
            check_groups(self.groups, shape.dims)
            turns, rest = divmod(shape.channels, len(weight))
            if rest:
                raise self.misfit(f"{len(weight)} kernels, the image has {shape.channels} channels")
            return weight[[*range(len(weight))] * turns][:, None], turns
        if weight.shape[0] != shape.channels or shape.channels % self.groups:
            raise self.misfit(
                f"the kernel is for {weight.shape[0]} channels in {self.groups} groups, "
                f"the image has {shape.channels}"
            )
        return weight, self.groups

    def out_channels(self, shape: Shape) -> int:
        """Return out / groups * groups of the weight."""
        weight, groups = self.weight(shape)
        channels = int(weight.shape[1]) * groups
        self.bias_for(channels)
        return channels

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return what is kept of each axis."""
        return tuple(crop.out for crop in self.crops(shape))

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Return the formula of the padding of each axis."""
        return size_texts(self, self.crops(shape))

    def resized(self, size: tuple[int, ...]) -> Self:
        """Ask for that size, if one was asked for."""
        return self if self.output_size is None else self.derived(output_size=size)

    def crops(self, shape: Shape) -> list[DeconvCrop]:
        """Return what is kept of each axis of the whole result."""
        taps = self.weight(shape)[0].shape[2:]
        sizes = self.output_size or (None,) * shape.dims
        paddings = (self.padding,) * shape.dims if isinstance(self.padding, str) else self.padding
        axes = zip(
            shape.size,
            taps,
            self.stride,
            self.dilation,
            paddings,
            self.output_padding,
            sizes,
            strict=True,
        )
        return [crop_axis(*axis) for axis in axes]

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return what is added up to an output pixel."""
        return [crop.reached_from() for crop in self.crops(shape)]

    def anatomy(self, shape: Shape) -> Anatomy:
        """Return the windows over zeros between the values, and where kernels are stamped."""
        (weight, groups), crops = self.weight(shape), self.crops(shape)
        return Anatomy(
            windows=tuple(crop.windows() for crop in crops),
            steps=tuple(crop.stride for crop in crops),
            kernel=PlaneKernel(weight=weight, groups=groups, transposed=True),
            stamps=tuple(crop.stamps() for crop in crops),
            weight=weight,
            matrix="D",
            transpose_of="C",
            overlap=tuple(overlap_report(crops, weight)),
        )

    def operations(self, shape: Shape) -> int:
        """Return a multiply-add for every tap of every input value."""
        return int(self.weight(shape)[0].size) * math.prod(shape.size)

    def inner_values(self, shape: Shape) -> int:
        """Return the result as torch's convolution lays it out, and before it is cropped."""
        channels = self.out_channels(shape)
        whole = whole_values(self.crops(shape), channels)
        return blocked_values(channels, self.out_size(shape)) + whole

    def answers(self, shape: Shape) -> list[str]:
        """Tell of the overlap, if asked."""
        if not self.report_overlap:
            return []
        return overlap_report(self.crops(shape), self.weight(shape)[0])

    def how_to_fit(self) -> str:
        """Name the padding."""
        return f"--padding {as_typed(self.padding)} cuts everything off"

    def tables(self, shape: Shape, dtype: str = "float32") -> tuple[Table, ...] | None:
        """Return the weights of each side, if sums over bytes are exact in any order."""
        if self.bias is not None or self.input_range != "code":
            return None
        taps = [(crop.sources(), crop.length) for crop in self.crops(shape)]
        return exact_tables(*self.weight(shape), taps)

    def apply(self, x: Tensor) -> Tensor:
        """Return the transposed convolution plus bias."""
        shape = Shape(*x.shape[1:])
        numbers, groups = self.weight(shape)
        result = METHODS[self.method].run(x, tensor_like(x, numbers), groups, self.crops(shape))
        bias = self.bias_for(result.shape[1])
        if bias is None:
            return result
        return result + tensor_like(x, bias).reshape(-1, *[1] * shape.dims)

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the weight, and the transposed convolution plus bias by the method."""
        weight, groups = self.weight(shape)
        sizes = DeconvSizes(self.crops(shape), weight.shape[0], weight.shape[1], groups, frames)
        lines, bias, plus = bias_lines(self.bias, self.out_channels(shape))
        computed = METHODS[self.method].lines(sizes, bias, plus)
        return [*weight_lines(self, shape, groups), *lines, *computed]

    def tensorflow_code(self, shape: Shape) -> Lines | None:
        """Return tf.nn.conv2d_transpose where it is equal."""
        return conv2d_transpose_lines(self, shape)
