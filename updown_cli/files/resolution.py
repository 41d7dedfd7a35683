"""How many pixels stand in an inch, for both axes, exactly; or only the ratio of their sides."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

# Factors of both sides that differ by less come from rounded sizes, and are taken as one.
SAME_FACTOR = 1.1

CENTIMETRES = Fraction(254, 100)
METRES = CENTIMETRES / 100


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """Pixels per inch, across and down; if `ratio` only x to y means something.

    `metric` is whether the file counts in centimetres.
    """

    x: Fraction
    y: Fraction
    ratio: bool = False
    metric: bool = False


def resolution(x: Any, y: Any, *, ratio: bool = False, metric: bool = False) -> Resolution | None:
    """Return a resolution; None for numbers that are none: 0, 0/0, 1/0."""
    try:
        numbers = [Fraction(number).limit_denominator(1 << 20) for number in (x, y)]
    except (ValueError, OverflowError, ZeroDivisionError, TypeError):
        return None
    if min(numbers) <= 0:
        return None
    return Resolution(x=numbers[0], y=numbers[1], ratio=ratio, metric=metric)


def turn_resolution(stated: Resolution) -> Resolution:
    """Return the resolution of a picture that is turned by a quarter."""
    return replace(stated, x=stated.y, y=stated.x)


def scale_resolution(
    stated: Resolution, before: tuple[int, int], after: tuple[int, int]
) -> Resolution:
    """Return the resolution of a result; sizes are (width, height).

    It stays as it is, but where one side is scaled by more than the other: that one keeps its
    resolution, the other's gets less in proportion, so that the picture keeps its shape on paper.
    """
    factors = [new / old for new, old in zip(after, before, strict=True)]
    if max(factors) / min(factors) < SAME_FACTOR:
        return stated
    shares = [Fraction(new, old) for new, old in zip(after, before, strict=True)]
    most = max(shares)
    x, y = stated.x * shares[0] / most, stated.y * shares[1] / most
    if stated.ratio:
        common = Fraction(math.gcd(x.numerator * y.denominator, y.numerator * x.denominator))
        return replace(
            stated, x=x.numerator * y.denominator / common, y=y.numerator * x.denominator / common
        )
    return replace(stated, x=x, y=y)
