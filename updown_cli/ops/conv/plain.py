"""Convolution as networks have it."""

from __future__ import annotations

from dataclasses import dataclass

from updown_cli.op.pointwise import InRange
from updown_cli.ops.conv.grouped import GroupedConv


@dataclass(frozen=True, kw_only=True)
class PlainConv(InRange, GroupedConv):
    """The sum of every window times the kernel, not rotated, as torch.nn.Conv2d.

    out = floor((in + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1.
    """

    mode = "plain"
