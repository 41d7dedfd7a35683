"""Normalizing: the mean and the standard deviation that a network was trained with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.family import Family
from updown_cli.ops import SUMMARIES

if TYPE_CHECKING:
    from updown_cli.op.base import Op


def _modes() -> tuple[type[Op], ...]:
    """Import the operation."""
    from updown_cli.ops.normalize.normalize import Normalize

    return (Normalize,)


NORMALIZE = Family(
    name="normalize",
    help=SUMMARIES["normalize"],
    load_modes=_modes,
    examples=(
        "updown normalize --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225 photo.jpg -o photo.npy",
        "updown normalize --mean 0.5 --std 0.5 --inverse photo.npy -o photo.png",
    ),
)
