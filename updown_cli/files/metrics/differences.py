"""Measures of the difference between numbers in the same place."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.files.metrics.slabs import Both, Slab

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Products:
    """Sums over all numbers of a * a, b * b and a * b."""

    aa: float = 0.0
    bb: float = 0.0
    ab: float = 0.0

    def and_of(self, slab: Slab) -> Products:
        """Return the sums with those of more rows."""
        import numpy as np

        a, b = slab.a.ravel(), slab.b.ravel()
        with np.errstate(over="ignore", invalid="ignore"):
            return Products(self.aa + float(a @ a), self.bb + float(b @ b), self.ab + float(a @ b))

    @property
    def cosine(self) -> float:
        """The cosine of the angle between a and b; 1 where both are 0, 0 where one is."""
        if self.aa == 0 or self.bb == 0:
            return float(self.aa == self.bb)
        return self.ab / (math.sqrt(self.aa) * math.sqrt(self.bb))


@dataclass(frozen=True)
class Errors:
    """Mean squared, largest and mean absolute difference; pixels of which any channel differs.

    `max_relative` is the largest difference by the number of a, infinite where that is 0.

    `frame` and `at`, channel first, are where the largest difference is first found.
    """

    mse: float
    max: float
    mean: float
    differing: int
    pixels: int
    nans: tuple[int, int]
    products: Products
    max_relative: float
    frame: int | None = None
    at: tuple[int, ...] | None = None


def errors_of(both: Both) -> Errors:
    """Return the differences of two arrays, of which NaN in one alone makes all but counts NaN."""
    import numpy as np

    squares, total, largest, differing, nans = 0.0, 0.0, 0.0, 0, [0, 0]
    products, max_relative = Products(), 0.0
    place: tuple[int | None, tuple[int, ...] | None] = None, None
    for slab in both.slabs():
        differing += int(_differs(slab, exactly=both.as_stored).any(axis=0).sum())
        for which, stored in enumerate(slab.stored):
            nans[which] += int(np.isnan(stored).sum()) if stored.dtype.kind == "f" else 0
        with np.errstate(over="ignore"):  # of float64 itself: the measure is infinite then
            distance = np.abs(slab.a - slab.b)
            squares += float(np.square(distance).sum())
            total += float(distance.sum())
        products = products.and_of(slab)
        max_relative = float(np.fmax(max_relative, _relative(distance, slab.a)))
        if not (np.isnan(largest) or distance.max() <= largest):  # NaN is the largest
            largest, place = float(distance.max()), _place_of_largest(slab, distance)
    values = both.a.size
    counts = differing, both.pixels, (nans[0], nans[1])
    parts = products, math.nan if math.isnan(largest) else max_relative
    return Errors(squares / values, largest, total / values, *counts, *parts, *place)


def _relative(distance: NDArray[Any], a: NDArray[Any]) -> float:
    """Return the largest distance by the number of a; 0 by 0 is none."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return float(np.nanmax(np.where(distance == 0, 0.0, distance / np.abs(a)), initial=0.0))


def _place_of_largest(slab: Slab, distance: NDArray[Any]) -> tuple[int, tuple[int, ...]]:
    """Return the frame and the indices of the first of the largest numbers, or of NaN."""
    import numpy as np

    channel, row, *others = map(int, np.unravel_index(distance.argmax(), distance.shape))
    return slab.frame, (channel, slab.rows.start + row, *others)


def _differs(slab: Slab, *, exactly: bool) -> NDArray[Any]:
    a, b = slab.stored if exactly else (slab.a, slab.b)
    different: NDArray[Any] = a != b
    if a.dtype.kind == "f":
        different &= ~((a != a) & (b != b))
    return different
