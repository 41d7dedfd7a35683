"""How many pixels are added before and after each axis, as they are typed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Any

from updown_cli.op.param_types import Limited, NotNumberError, whole
from updown_cli.op.per_axis import MOST_AXES
from updown_cli.op.shape import by_x

Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Margins:
    """Pixels before and after each axis, height first; `each_axis` is one pair for all of them."""

    pairs: Pairs
    each_axis: bool = False

    def __str__(self) -> str:
        if all(before == after for before, after in self.pairs):
            return by_x(before for before, _ in self.pairs)
        return ",".join(map(str, chain.from_iterable(reversed(self.pairs))))

    def of(self, dims: int) -> Pairs | None:
        """Return a pair for each of so many axes; None where there are others."""
        pairs = self.pairs * dims if self.each_axis else self.pairs
        return pairs if len(pairs) == dims else None


@dataclass(frozen=True)
class MarginsType(Limited):
    """`N`, `HxW`, or before and after as torch's F.pad has them: LEFT,RIGHT,TOP,BOTTOM."""

    metavar = "N|HxW|L,R,T,B"
    json = (str,)

    def parse(self, text: str) -> Margins:
        """Read the numbers."""
        try:
            if "," not in text:
                sides = [whole(part) for part in text.split("x")]
                return Margins(tuple((side, side) for side in sides), each_axis=len(sides) == 1)
            numbers = [whole(part) for part in text.split(",")]
        except NotNumberError as error:
            raise NotNumberError(f"{error}, HxW, or LEFT,RIGHT,TOP,BOTTOM") from None
        if len(numbers) % 2:
            raise ValueError("must have two numbers per axis: LEFT,RIGHT,TOP,BOTTOM")
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        return Margins(tuple(pairs)[::-1])

    def check(self, value: Any) -> None:
        """Raise for too many axes or a number outside the range."""
        if len(value.pairs) > MOST_AXES:
            raise ValueError("must be one number, one per axis, or two per axis")
        for number in chain.from_iterable(value.pairs):
            self.check_number(number)

    def dump(self, value: Any) -> Any:
        """Return the text."""
        return None if value is None else str(value)

    def load(self, data: Any) -> Any:
        """Undo `dump`."""
        return self.parse(data)
