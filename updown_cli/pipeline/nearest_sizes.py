"""Sizes of inputs that would work, near one that does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

from updown_cli.op.shape import Shape

# Sides that are tried where one does not work.
MOST_TRIED = 4096

#: Whatever must divide a side divides one of these, or leaves 1.
ROUND_SIDES = (1, 2, 3, 4, 6, 8, 12, 16, 32, 64, 128, 720, 5040, 1 << 14)


def nearest_input_sizes(fits: Callable[[Shape], bool], shape: Shape) -> Iterator[tuple[int, ...]]:
    """Yield the nearest smaller and larger sides that fit, where there are any.

    What an operation asks of one side does not depend on the others, so one size at which all
    works lets each side be looked for alone.
    """

    def works(size: tuple[int, ...]) -> bool:
        return fits(Shape(shape.channels, *size))

    rounded = (
        tuple(-(-side // step) * step + odd for side in shape.size)
        for step in ROUND_SIDES
        for odd in (0, 1)
    )
    reference = next((size for size in rounded if works(size)), None)
    if reference is None:
        return
    for sign in (-1, 1):
        sides = []
        for axis, side in enumerate(shape.size):
            tried = (side + sign * number for number in count())
            for near, _ in zip(tried, range(MOST_TRIED), strict=False):
                if near < 1 or works((*reference[:axis], near, *reference[axis + 1 :])):
                    sides.append(near)
                    break
        if len(sides) == shape.dims and min(sides) >= 1:
            yield tuple(sides)
