"""Transposed convolution of images with a kernel."""

from __future__ import annotations

from updown_cli.op.family import Family
from updown_cli.ops import SUMMARIES
from updown_cli.ops.deconv.deconv import Deconv

DECONV = Family(
    name="deconv",
    help=SUMMARIES["deconv"],
    modes=(Deconv,),
    examples=(
        "updown deconv --kernel bilinear --stride 2 --padding 1 photo.png -o large.png",
        "updown deconv --kernel '1 2 1; 2 4 2; 1 2 1' -s 2 -p same photo.png -o blurred.npy",
    ),
)
