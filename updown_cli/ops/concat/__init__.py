"""Concatenation: the image and what an earlier step of the chain keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.family import Family
from updown_cli.ops import SUMMARIES

if TYPE_CHECKING:
    from updown_cli.op.base import Op


def _modes() -> tuple[type[Op], ...]:
    """Import the operation."""
    from updown_cli.ops.concat.concat import Concat

    return (Concat,)


CONCAT = Family(
    name="concat",
    help=SUMMARIES["concat"],
    load_modes=_modes,
    examples=(
        "updown chain 'conv --kernel box -p same @e1 | pool -k 2 | upsample --scale-factor 2 | "
        "concat @e1 --fit pad' photo.jpg -o both.npy",
    ),
)
