"""A part of an image: where it begins and how large it is, rows before columns."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from updown_cli.op.param_types import ParamType, whole
from updown_cli.op.per_axis import MOST_AXES
from updown_cli.op.place import middle, sides_of

FORM = "first row, first column and size: Y,X,HxW"


@dataclass(frozen=True)
class Box:
    """The first place and the size along each axis; a place may be before the image."""

    first: tuple[int, ...]
    size: tuple[int, ...]

    def __str__(self) -> str:
        return f"{','.join(map(str, self.first))},{'x'.join(map(str, self.size))}"


@dataclass(frozen=True)
class BoxType(ParamType):
    """A box as it is typed: `Y,X,HxW`."""

    metavar = "Y,X,HxW"
    json = (str,)

    max: int

    def parse(self, text: str) -> Box:
        """Read the numbers."""
        if not re.fullmatch(r"(-?[0-9]+,){1,3}[0-9]+(x[0-9]+){0,2}", text):
            raise ValueError(f"must be {FORM}")
        *first, size = text.split(",")
        return Box(
            tuple(whole(place) for place in first), tuple(whole(side) for side in size.split("x"))
        )

    def check(self, value: Any) -> None:
        """Raise for numbers that do not belong together, and for no pixels."""
        if len(value.first) != len(value.size) or len(value.size) > MOST_AXES:
            raise ValueError(f"must be {FORM}")
        if not all(1 <= side <= self.max for side in value.size):
            raise ValueError(f"must have sides from 1 to {self.max}")
        if any(abs(place) > self.max for place in value.first):
            raise ValueError(f"must have places from -{self.max} to {self.max}")

    def dump(self, value: Any) -> Any:
        """Return the text."""
        return None if value is None else str(value)

    def load(self, data: Any) -> Any:
        """Undo `dump`."""
        return self.parse(data)


def first_places(
    at: str | tuple[int, ...], size: tuple[int, ...], sides: tuple[int, ...], rounding: str
) -> tuple[int, ...]:
    """Return where a size begins in an image, by a word or numbers."""
    if not isinstance(at, str):
        return at
    axes = zip(sides_of(at, len(size)), size, sides, strict=True)
    return tuple(_first(where, side - length, rounding) for where, length, side in axes)


def _first(where: int, spare: int, rounding: str) -> int:
    """Return the first place along an axis that has so much to spare."""
    if where:
        return spare if where > 0 else 0
    return CENTERS[rounding](spare)


#: How half of what is to spare is rounded, if it is odd: as torchvision's CenterCrop does, and as
#: transformers does with arrays and with tensors.
CENTERS: dict[str, Callable[[int], int]] = {
    "half-even": middle,
    "floor": lambda spare: spare // 2,
    "trunc": lambda spare: int(spare / 2),
}


def pads_of(box: Box, size: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return how many zeros come before and after the image along each axis."""
    axes = zip(box.first, box.size, size, strict=True)
    return [(max(-at, 0), max(at + length - side, 0)) for at, length, side in axes]
