"""Convolution with gaps between the taps."""

from __future__ import annotations

from dataclasses import dataclass

from updown_cli.op.parameter import redeclare
from updown_cli.ops.conv.windows import GroupedConv


@dataclass(frozen=True, kw_only=True)
class DilatedConv(GroupedConv):
    """The same with gaps between the taps: atrous convolution, as tf.nn.atrous_conv2d."""

    mode = "dilated"

    dilation: tuple[int, ...] = redeclare(GroupedConv, "dilation", (2,))
