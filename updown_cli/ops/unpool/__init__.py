"""Unpooling: put what a pool left back where it came from, or spread it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.family import Family
from updown_cli.ops import SUMMARIES

if TYPE_CHECKING:
    from updown_cli.op.base import Op


def _modes() -> tuple[type[Op], ...]:
    """Import the modes; the first is the default."""
    from updown_cli.ops.unpool.avg import AvgUnpool
    from updown_cli.ops.unpool.grad import GradUnpool
    from updown_cli.ops.unpool.max import MaxUnpool
    from updown_cli.ops.unpool.zero import ZeroUnpool

    return (MaxUnpool, AvgUnpool, ZeroUnpool, GradUnpool)


UNPOOL = Family(
    name="unpool",
    help=SUMMARIES["unpool"],
    load_modes=_modes,
    examples=(
        "updown unpool --indices photo.npz pooled.png -o unpooled.png",
        "updown unpool --mode avg -k 2 half.png -o blocks.png",
        "updown unpool --mode zero -k 3 half.png -o nails.png",
        "updown unpool --mode grad --source photo.png -k 3 -s 2 values.npy -o placed.npy",
    ),
)
