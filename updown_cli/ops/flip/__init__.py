"""Flips: the same values in another order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.family import Family
from updown_cli.ops import SUMMARIES

if TYPE_CHECKING:
    from updown_cli.op.base import Op


def _modes() -> tuple[type[Op], ...]:
    """Import the modes; the first is the default."""
    from updown_cli.ops.flip.channels import FlipChannels
    from updown_cli.ops.flip.sides import FlipHorizontal, FlipVertical
    from updown_cli.ops.flip.turn import Turn

    return (FlipHorizontal, FlipVertical, Turn, FlipChannels)


FLIP = Family(
    name="flip",
    help=SUMMARIES["flip"],
    load_modes=_modes,
    examples=(
        "updown flip photo.jpg -o mirrored.jpg",
        "updown flip --mode turn --like-size 2560x1920 page.jpg -o upright.jpg",
        "updown flip --mode channels photo.png -o bgr.npy",
    ),
)
