"""A shape as it is typed."""

from __future__ import annotations

from typing import Any

from updown_cli.op.param_types import ParamType, whole
from updown_cli.op.per_axis import MOST_AXES
from updown_cli.op.shape import Shape

# Longest side that is planned for.
LONGEST_SIDE = 1 << 31


class ShapeType(ParamType):
    """Channels and sides: `3x480x640`."""

    metavar = "CxHxW"

    def parse(self, text: str) -> Shape:
        """Read numbers between `x`."""
        return Shape(*(whole(part) for part in text.split("x")))

    def check(self, value: Any) -> None:
        """Raise for no side, too many, or one below 1."""
        if not 2 <= len(value) <= MOST_AXES + 1:
            raise ValueError("must be channels and one to three sides between 'x'")
        if not 1 <= min(value) <= max(value) <= LONGEST_SIDE:
            raise ValueError(f"must be from 1 to {LONGEST_SIDE}")
