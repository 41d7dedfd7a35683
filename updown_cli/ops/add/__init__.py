"""Addition: the image and what an earlier step of the chain keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.family import Family
from updown_cli.ops import SUMMARIES

if TYPE_CHECKING:
    from updown_cli.op.base import Op


def _modes() -> tuple[type[Op], ...]:
    """Import the operation."""
    from updown_cli.ops.add.add import Add

    return (Add,)


ADD = Family(
    name="add",
    help=SUMMARIES["add"],
    load_modes=_modes,
    examples=(
        "updown chain 'conv --kernel identity -p same @x | conv --kernel sobel-h -p same | add @x' "
        "photo.jpg -o relief.png",
    ),
)
