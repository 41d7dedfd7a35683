"""Interpolation: new pixels between the old ones, or fewer of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.family import Family
from updown_cli.ops import SUMMARIES

if TYPE_CHECKING:
    from updown_cli.op.base import Op


def _modes() -> tuple[type[Op], ...]:
    """Import the modes; the first is the default."""
    from updown_cli.ops.upsample.area import Area
    from updown_cli.ops.upsample.area_exact import AreaExact
    from updown_cli.ops.upsample.bicubic import Bicubic
    from updown_cli.ops.upsample.bilinear import Bilinear
    from updown_cli.ops.upsample.lanczos import Lanczos
    from updown_cli.ops.upsample.like import library_modes
    from updown_cli.ops.upsample.linear import Linear
    from updown_cli.ops.upsample.mean import MeanUpsample
    from updown_cli.ops.upsample.median import MedianUpsample
    from updown_cli.ops.upsample.nearest import Nearest
    from updown_cli.ops.upsample.nearest_exact import NearestExact
    from updown_cli.ops.upsample.spline import SplineUpsample
    from updown_cli.ops.upsample.step import StepUpsample
    from updown_cli.ops.upsample.trilinear import Trilinear

    return (
        Nearest,
        NearestExact,
        Linear,
        Bilinear,
        Bicubic,
        Trilinear,
        Area,
        AreaExact,
        Lanczos,
        StepUpsample,
        SplineUpsample,
        MeanUpsample,
        MedianUpsample,
        *library_modes(),
    )


UPSAMPLE = Family(
    name="upsample",
    help=SUMMARIES["upsample"],
    load_modes=_modes,
    examples=(
        "updown upsample --mode bicubic --scale-factor 2 photo.jpg -o large.jpg",
        "updown upsample --mode bilinear --antialias --size 256x_ photo.jpg -o small.png",
        "updown upsample --mode linear --dims 1 --scale-factor 3 signal.npy -o finer.npy",
        "updown upsample --like pillow --mode bicubic --size short=256 photo.jpg -o small.png",
        "updown upsample --mode spline --boundary natural --size 512x_ photo.png -o smooth.png",
    ),
)
