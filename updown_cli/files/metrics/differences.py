"""Measures of the difference between numbers in the same place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.files.metrics.slabs import Both, Slab

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Errors:
    """Mean squared, largest and mean absolute difference; pixels of which any channel differs.

    `frame` and `at`, channel first, are where the largest difference is first found.
    """

    mse: float
    max: float
    mean: float
    differing: int
    pixels: int
    nans: tuple[int, int]
    frame: int | None = None
    at: tuple[int, ...] | None = None


def errors_of(both: Both) -> Errors:
    """Return the differences of two arrays, of which NaN in one alone makes all but counts NaN."""
    import numpy as np

    squares, total, largest, differing, nans = 0.0, 0.0, 0.0, 0, [0, 0]
    place: tuple[int | None, tuple[int, ...] | None] = None, None
    for slab in both.slabs():
        differing += int(_differs(slab, exactly=both.as_stored).any(axis=0).sum())
        for which, stored in enumerate(slab.stored):
            nans[which] += int(np.isnan(stored).sum()) if stored.dtype.kind == "f" else 0
        with np.errstate(over="ignore"):  # of float64 itself: the measure is infinite then
            distance = np.abs(slab.a - slab.b)
            squares += float(np.square(distance).sum())
            total += float(distance.sum())
        if not (np.isnan(largest) or distance.max() <= largest):  # NaN is the largest
            largest, place = float(distance.max()), _place_of_largest(slab, distance)
    values = both.a.size
    counts = differing, both.pixels, (nans[0], nans[1])
    return Errors(squares / values, largest, total / values, *counts, *place)


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
