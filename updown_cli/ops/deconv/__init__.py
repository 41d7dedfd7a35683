"""Transposed convolution of images with a kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.family import Family
from updown_cli.ops import SUMMARIES

if TYPE_CHECKING:
    from updown_cli.op.base import Op
    from updown_cli.op.convention import Convention


def _modes() -> tuple[type[Op], ...]:
    """Import the operation, which has no modes."""
    from updown_cli.ops.deconv.deconv import Deconv

    return (Deconv,)


def _conventions() -> tuple[Convention, ...]:
    """Import what other libraries do."""
    from updown_cli.ops.deconv.conventions import CONVENTIONS

    return CONVENTIONS


DECONV = Family(
    name="deconv",
    help=SUMMARIES["deconv"],
    load_modes=_modes,
    load_conventions=_conventions,
    examples=(
        "updown deconv --kernel bilinear --stride 2 --padding 1 photo.png -o large.png",
        "updown deconv --kernel '1 2 1; 2 4 2; 1 2 1' -s 2 -p same photo.png -o blurred.npy",
    ),
)
