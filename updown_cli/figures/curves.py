"""Curves in a plot: their values, and the numbers that its sides stand for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Lines of the grid, about.
LINES = 5


@dataclass(frozen=True)
class Curve:
    """Values at places, from left to right, and what they are called."""

    name: str
    places: Sequence[float] | NDArray[Any]
    values: Sequence[float] | NDArray[Any]


def heights(curves: Sequence[Curve], span: tuple[float, float]) -> tuple[float, float]:
    """Return the values of the lower and the upper side: 0 and 1 are always there."""
    shown = [
        v
        for c in curves
        for p, v in zip(c.places, c.values, strict=True)
        if span[0] <= p <= span[1]
    ]
    low, high = min([0.0, *shown]), max([1.0, *shown])
    return low - 0.05 * (high - low), high + 0.05 * (high - low)


def round_numbers(low: float, high: float) -> list[float]:
    """Return a few round numbers between two others."""
    rough = (high - low) / LINES
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * part for part in (1, 2, 5, 10) if power * part >= rough)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]
