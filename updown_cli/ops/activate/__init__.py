"""Activations: a function of each value alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.family import Family
from updown_cli.ops import SUMMARIES

if TYPE_CHECKING:
    from updown_cli.op.base import Op


def _modes() -> tuple[type[Op], ...]:
    """Import the modes; the first is the default."""
    from updown_cli.ops.activate.activations import Elu, LeakyRelu, Prelu, Relu, Sigmoid, Tanh

    return (Relu, LeakyRelu, Elu, Prelu, Tanh, Sigmoid)


ACTIVATE = Family(
    name="activate",
    help=SUMMARIES["activate"],
    load_modes=_modes,
    examples=(
        "updown activate --mode tanh --input-range unit photo.png -o soft.png",
        "updown chain 'conv --kernel sobel-h | activate --mode relu' photo.jpg -o edges.png",
    ),
)
