"""What a unit of a network saw: its activation sent back to the input (Zeiler and Fergus 2014)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.family import Family
from updown_cli.ops import SUMMARIES

if TYPE_CHECKING:
    from updown_cli.op.base import Op


def _modes() -> tuple[type[Op], ...]:
    """Import the operation, which has no modes."""
    from updown_cli.ops.deconvnet.deconvnet import Deconvnet

    return (Deconvnet,)


DECONVNET = Family(
    name="deconvnet",
    help=SUMMARIES["deconvnet"],
    load_modes=_modes,
    examples=(
        "updown deconvnet --net network.json --weights weights.pt --layer relu3 photo.png "
        "-o seen.png",
        "updown deconvnet --net network.json --weights weights.pt --layer conv3 --unit 5,20,30 "
        "--rule guided photo.png -o seen.npy",
        "updown deconvnet --net network.json --weights weights.pt --layer relu3 --unit top:9 "
        "--sheet sheet.png photo.png -o seen.png",
    ),
)
