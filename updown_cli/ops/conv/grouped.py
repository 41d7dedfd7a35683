"""Convolutions that mix the channels of a group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.op.code import Lines, format_call, one_for_all_axes
from updown_cli.op.learnable import LinearForm
from updown_cli.op.param_types import Int
from updown_cli.op.parameter import param
from updown_cli.op.shape import Shape
from updown_cli.op.strided import LARGEST
from updown_cli.op.worked_out import work_out_once
from updown_cli.ops.conv.conv import Conv
from updown_cli.ops.conv.tensorflow_windows import filter_lines, padded_x
from updown_cli.ops.kernels.layer import check_groups
from updown_cli.ops.kernels.learned import LearnedKernel
from updown_cli.ops.kernels.tensorflow_code import lines_with_bias

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class GroupedConv(LearnedKernel, Conv, abstract=True):
    """A convolution that mixes the channels of a group."""

    groups: int = param(1, "Groups of channels, for a whole weight.", Int(min=1, max=LARGEST))

    @work_out_once
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

    def weight_shape(self, ins: int, outs: int) -> tuple[int, ...]:
        """Return (out, in / groups)."""
        return outs, ins // self.groups

    def linear_form(self, shape: Shape) -> LinearForm | None:
        """Return the windows."""
        return self.windows_form(shape, shared=not self.is_whole(shape))

    def tensorflow_code(self, shape: Shape) -> Lines | None:
        """Return tf.nn.conv2d for a whole weight, else a depthwise one."""
        if not self.is_whole(shape):
            return super().tensorflow_code(shape)
        if shape.dims != 2 or self.groups > 1:
            return None
        return lines_with_bias(self, filter_lines(self, shape), self.tensorflow_call(shape))

    def tensorflow_call(self, shape: Shape) -> str:
        """Return TensorFlow's convolution with a whole weight."""
        x, padding = padded_x(self, shape)
        gaps = one_for_all_axes(self.dilation)
        return format_call(
            "tf.nn.conv2d",
            x,
            "filters",
            strides=one_for_all_axes(self.stride),
            padding=padding,
            dilations=gaps if gaps != 1 else None,
        )
