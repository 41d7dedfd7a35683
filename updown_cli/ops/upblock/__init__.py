"""Learned blocks with which networks enlarge their maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.family import Family
from updown_cli.ops import SUMMARIES

if TYPE_CHECKING:
    from updown_cli.op.base import Op


def _modes() -> tuple[type[Op], ...]:
    """Import the modes; the first is the default."""
    from updown_cli.ops.upblock.fast_up_conv import FastUpConv
    from updown_cli.ops.upblock.fast_up_proj import FastUpProj
    from updown_cli.ops.upblock.meta import Meta
    from updown_cli.ops.upblock.nn_conv import NNConv
    from updown_cli.ops.upblock.subpixel import SubPixel
    from updown_cli.ops.upblock.up_conv import UpConv
    from updown_cli.ops.upblock.up_proj import UpProj

    return (UpConv, FastUpConv, UpProj, FastUpProj, NNConv, SubPixel, Meta)


UPBLOCK = Family(
    name="upblock",
    help=SUMMARIES["upblock"],
    load_modes=_modes,
    examples=(
        "updown upblock --init bilinear photo.png -o large.png",
        "updown upblock --weights net.npz::up1 maps.npy -o large.npy",
        "updown upblock --mode meta --scale-factor 1.7 --init bilinear photo.png -o large.png",
        "updown upblock --init random --seed 7 --show-steps steps photo.png -o large.png",
    ),
)
