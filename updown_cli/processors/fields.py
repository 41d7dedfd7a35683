"""The fields of a configuration: what is given, else the default of its class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from updown_cli.op.relative_size import RelativeSize
from updown_cli.op.schema import Given

#: The longest side that a configuration may ask for.
LONGEST = 1 << 16

Size = tuple[int | None, ...] | RelativeSize

# Names of both sides in an object, and the rule of each that keeps the proportions.
EXACT, FIT, DETR = ("height", "width"), ("max_height", "max_width"), "longest_edge"


@dataclass(frozen=True)
class Fields:
    """The members of a configuration; null is as good as nothing."""

    given: Mapping[str, Given]
    defaults: Mapping[str, Any]

    def get(self, name: str) -> Given:
        """Return a field, by its default where it is not given."""
        if name in self.given and self.given[name].value is not None:
            return self.given[name]
        return Given(self.defaults.get(name), name)

    def has(self, name: str) -> bool:
        """Whether there is a value."""
        return self.get(name).value is not None

    def flag(self, name: str) -> bool:
        """Return whether something is to be done; nothing said is no."""
        return self.has(name) and self.get(name).flag()

    def number(self, name: str, least: float, most: float) -> float:
        """Return a number in a range."""
        return self.get(name).number(least, most)

    def numbers(self, name: str) -> tuple[float, ...]:
        """Return one number, or one for each channel."""
        given = self.get(name)
        if not isinstance(given.value, list):
            return (given.number(-1e6, 1e6),)
        return tuple(part.number(-1e6, 1e6) for part in given.entries("numbers", 1, 4))

    def deviations(self, name: str) -> tuple[float, ...]:
        """Return numbers to divide by."""
        numbers = self.numbers(name)
        if 0.0 in numbers:
            raise self.get(name).error("must not be 0")
        return numbers

    def exact_size(self, name: str) -> tuple[int, int]:
        """Return height and width; raise SchemaError for a size in proportion."""
        size = self.size(name)
        if isinstance(size, RelativeSize) or len(size) != 2 or None in size:
            raise self.get(name).error("must have height and width")
        height, width = size
        assert height is not None
        assert width is not None
        return height, width

    def size(self, name: str, *, square: bool = True) -> Size:
        """Return a size as transformers has it: a number, two, or an object with names.

        One number is both sides if `square`, else the shorter.
        """
        given = self.get(name)
        if isinstance(given.value, dict):
            return _by_names(given)
        if isinstance(given.value, list):
            return tuple(part.whole(1, LONGEST) for part in given.entries("numbers", 2, 2))
        side = given.whole(1, LONGEST)
        return (side, side) if square else RelativeSize("short", (side,))


def _by_names(given: Given) -> Size:
    members = given.table((*EXACT, "shortest_edge", DETR, *FIT))
    sides = {
        name: side.whole(1, LONGEST) for name, side in members.items() if side.value is not None
    }
    if sides.keys() == set(EXACT):
        return sides["height"], sides["width"]
    if sides.keys() == {"shortest_edge"}:
        return RelativeSize("short", (sides["shortest_edge"],))
    if sides.keys() == {"shortest_edge", DETR}:
        return RelativeSize("detr", (sides["shortest_edge"],), sides[DETR])
    if sides.keys() == set(FIT):
        return RelativeSize("fit", (sides["max_height"], sides["max_width"]))
    raise given.error("must have height and width, shortest_edge, or max_height and max_width")
