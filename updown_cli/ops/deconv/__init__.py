"""Transposed convolution of images with a kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.family import Family
from updown_cli.ops import SUMMARIES

if TYPE_CHECKING:
    from updown_cli.op.base import Op


def _modes() -> tuple[type[Op], ...]:
    """Import the operation, which has no modes."""
    from updown_cli.ops.deconv.deconv import Deconv

    return (Deconv,)


DECONV = Family(
    name="deconv",
    help=SUMMARIES["deconv"],
    load_modes=_modes,
    examples=(
        "updown deconv --kernel bilinear --stride 2 --padding 1 photo.png -o large.png",
        "updown deconv --kernel '1 2 1; 2 4 2; 1 2 1' -s 2 -p same photo.png -o blurred.npy",
    ),
)
