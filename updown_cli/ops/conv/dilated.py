"""Convolution with gaps between the taps."""

from __future__ import annotations

from dataclasses import dataclass

from updown_cli.op.code import format_call, one_for_all_axes
from updown_cli.op.parameter import redeclare
from updown_cli.op.pointwise import InRange
from updown_cli.op.shape import Shape
from updown_cli.ops.conv.grouped import GroupedConv
from updown_cli.ops.conv.tensorflow_windows import padded_x


@dataclass(frozen=True, kw_only=True)
class DilatedConv(InRange, GroupedConv):
    """The same with gaps between the taps: atrous convolution, as tf.nn.atrous_conv2d."""

    mode = "dilated"

    dilation: tuple[int, ...] = redeclare(GroupedConv, "dilation", (2,))

    def tensorflow_call(self, shape: Shape) -> str:
        """Return tf.nn.atrous_conv2d where stride is 1 and dilation one number."""
        gaps = one_for_all_axes(self.dilation)
        if max(self.stride) > 1 or not isinstance(gaps, int):
            return super().tensorflow_call(shape)
        x, padding = padded_x(self, shape)
        return format_call("tf.nn.atrous_conv2d", x, "filters", rate=gaps, padding=padding)
