"""A shape as it is typed: with its channels, or a picture's sides."""

from __future__ import annotations

from typing import Any

from updown_cli.op.param_types import NotNumberError, ParamType, whole
from updown_cli.op.per_axis import MOST_AXES
from updown_cli.op.shape import Shape

#: Channels of a picture of which only the sides are told.
CHANNELS = 3

# Longest side that is planned for.
LONGEST_SIDE = 1 << 31


class ShapeType(ParamType):
    """Channels and sides: `3x480x640`."""

    metavar = "CxHxW"
    form = "channels and one to three sides, such as 3x480x640"

    def parse(self, text: str) -> Shape:
        """Read numbers between `x`."""
        return Shape(*self._numbers(text))

    def _numbers(self, text: str) -> list[int]:
        try:
            return [whole(part) for part in text.split("x")]
        except NotNumberError:
            raise NotNumberError(f"must be {self.form}") from None

    def check(self, value: Any) -> None:
        """Raise for no side, too many, or one below 1."""
        if not 2 <= len(value) <= MOST_AXES + 1:
            raise ValueError(f"must be {self.form}")
        if not 1 <= min(value) <= max(value) <= LONGEST_SIDE:
            raise ValueError(f"must be from 1 to {LONGEST_SIDE}")


class SizeType(ShapeType):
    """The sides of a picture in colour: `480x640`, or one number for both."""

    metavar = "N|HxW"
    form = "a whole number or HxW"

    def parse(self, text: str) -> Shape:
        """Read one number or two between `x`; a third would be channels."""
        sides = self._numbers(text)
        if len(sides) > 2:
            raise ValueError(f"must be {self.form}; channels go first in --shape {text}")
        return Shape(CHANNELS, *(sides * 2 if len(sides) == 1 else sides))
