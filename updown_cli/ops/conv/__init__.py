"""Convolution of images with a kernel: plain, with gaps, by channel, and with whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.family import Family
from updown_cli.ops import SUMMARIES

if TYPE_CHECKING:
    from updown_cli.op.base import Op
    from updown_cli.op.convention import Convention


def _modes() -> tuple[type[Op], ...]:
    """Import the modes; the first is the default."""
    from updown_cli.ops.conv.depthwise import DepthwiseConv
    from updown_cli.ops.conv.dilated import DilatedConv
    from updown_cli.ops.conv.plain import PlainConv
    from updown_cli.ops.conv.quantized import QuantizedConv
    from updown_cli.ops.conv.separable import SeparableConv

    return (PlainConv, DilatedConv, DepthwiseConv, SeparableConv, QuantizedConv)


def _conventions() -> tuple[Convention, ...]:
    """Import what other libraries do."""
    from updown_cli.ops.conv.conventions import CONVENTIONS

    return CONVENTIONS


CONV = Family(
    name="conv",
    help=SUMMARIES["conv"],
    load_modes=_modes,
    load_conventions=_conventions,
    examples=(
        "updown conv --kernel sobel-h -p same photo.png -o edges.png --range abs",
        "updown conv --kernel gaussian -k 5 --stride 2 -p same photo.png -o half.png",
        "updown conv --kernel net.npz::weight --bias net.npz::bias photo.png -o maps.npy",
        "updown conv --mode separable --kernel box --pointwise '0.3 0.6 0.1' photo.png -o grey.png",
    ),
)
