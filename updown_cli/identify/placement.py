"""Where a result lies in all that was resized: cropped, or with pixels put around."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from updown_cli.identify.sizing import Sides

#: Pixels that may be missing at an edge, or be put around it.
MOST = 8

EDGES = (("above", "below"), ("at the left", "at the right"))


@dataclass(frozen=True)
class Placement:
    """How many pixels are cut off `before` and `after` each side; fewer than 0 were put there."""

    before: Sides = ()
    after: Sides = ()

    def full(self, size: Sides) -> Sides:
        """Return the size of all that was resized."""
        if not self.before:
            return size
        around = zip(size, self.before, self.after, strict=True)
        return tuple(side + before + after for side, before, after in around)

    def shared(self, size: Sides, unit: int) -> tuple[slice, ...]:
        """Return what of all is in a result of a size, from a multiple of a unit in that on."""
        if not self.before:
            return tuple(slice(0, side) for side in size)
        full = self.full(size)
        sides = zip(size, full, self.before, strict=True)
        return tuple(_shared(*side, unit) for side in sides)

    def in_result(self, place: tuple[slice, ...]) -> tuple[slice, ...]:
        """Return where in a result a place in all lies."""
        if not self.before:
            return place
        moves = zip(place, self.before, strict=True)
        return tuple(slice(part.start - off, part.stop - off) for part, off in moves)

    def words(self) -> Iterator[str]:
        """Yield what was cut off, and what was put around."""
        edges = [
            (name, count)
            for names, *counts in zip(EDGES, self.before, self.after, strict=bool(self.before))
            for name, count in zip(names, counts, strict=True)
        ]
        for word, sign in (("cropped by", 1), ("padded by", -1)):
            told = [f"{sign * count} {name}" for name, count in edges if sign * count > 0]
            if told:
                yield f"{word} {' and '.join(told)}"


def _shared(size: int, full: int, before: int, unit: int) -> slice:
    start = max(0, -before)
    return slice(before + -(-start // unit) * unit, min(full, before + size))
