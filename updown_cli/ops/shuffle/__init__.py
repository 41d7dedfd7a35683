"""Channels to pixels and back: pixel shuffle, depth to space, sub-pixel phases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.family import Family
from updown_cli.ops import SUMMARIES

if TYPE_CHECKING:
    from updown_cli.op.base import Op


def _modes() -> tuple[type[Op], ...]:
    """Import the operation, which has no modes."""
    from updown_cli.ops.shuffle.shuffle import Shuffle

    return (Shuffle,)


SHUFFLE = Family(
    name="shuffle",
    help=SUMMARIES["shuffle"],
    load_modes=_modes,
    examples=(
        "updown shuffle --downscale-factor 2 --arrange grid photo.png -o phases.png",
        "updown shuffle --upscale-factor 2 --arrange grid phases.png -o photo.png",
        "updown shuffle --downscale-factor 2 photo.png -o phases.npy",
    ),
)
