"""Cropping: a part of the image, or more than it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.family import Family
from updown_cli.ops import SUMMARIES

if TYPE_CHECKING:
    from updown_cli.op.base import Op


def _modes() -> tuple[type[Op], ...]:
    """Import the operation."""
    from updown_cli.ops.crop.crop import Crop

    return (Crop,)


CROP = Family(
    name="crop",
    help=SUMMARIES["crop"],
    load_modes=_modes,
    examples=(
        "updown crop --size 224 photo.jpg -o middle.jpg",
        "updown crop --size 100x200 --at top-left photo.jpg -o corner.jpg",
        "updown chain 'pad --to-multiple 32 | pool | upsample --scale-factor 2 | crop --undo' "
        "photo.jpg -o same.jpg",
    ),
)
