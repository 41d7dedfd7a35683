"""Channels to pixels and back: pixel shuffle, depth to space, sub-pixel phases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.family import Family
from updown_cli.ops import SUMMARIES

if TYPE_CHECKING:
    from updown_cli.op.base import Op
    from updown_cli.op.convention import Convention


def _modes() -> tuple[type[Op], ...]:
    """Import the operation, which has no modes."""
    from updown_cli.ops.shuffle.shuffle import Shuffle

    return (Shuffle,)


def _conventions() -> tuple[Convention, ...]:
    """Import what other libraries do."""
    from updown_cli.ops.shuffle.conventions import CONVENTIONS

    return CONVENTIONS


SHUFFLE = Family(
    name="shuffle",
    help=SUMMARIES["shuffle"],
    load_modes=_modes,
    load_conventions=_conventions,
    examples=(
        "updown shuffle --downscale-factor 2 --arrange grid photo.png -o phases.png",
        "updown shuffle --upscale-factor 2 --arrange grid phases.png -o photo.png",
        "updown shuffle --downscale-factor 2 photo.png -o phases.npy",
    ),
)
