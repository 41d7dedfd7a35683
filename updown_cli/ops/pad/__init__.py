"""Padding: what stands around the image in front of a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.family import Family
from updown_cli.ops import SUMMARIES

if TYPE_CHECKING:
    from updown_cli.op.base import Op


def _modes() -> tuple[type[Op], ...]:
    """Import the modes; the first is the default."""
    from updown_cli.ops.pad.circular import CircularPad
    from updown_cli.ops.pad.constant import ConstantPad
    from updown_cli.ops.pad.reflect import ReflectPad
    from updown_cli.ops.pad.replicate import ReplicatePad
    from updown_cli.ops.pad.symmetric import SymmetricPad

    return (ConstantPad, ReflectPad, ReplicatePad, CircularPad, SymmetricPad)


PAD = Family(
    name="pad",
    help=SUMMARIES["pad"],
    load_modes=_modes,
    examples=(
        "updown pad --to-multiple 32 photo.jpg -o padded.jpg",
        "updown pad --mode reflect --padding 1,2,3,4 photo.jpg -o mirrored.jpg",
        "updown pad --size 640 --at center --value 114 photo.jpg -o letterbox.jpg",
    ),
)
