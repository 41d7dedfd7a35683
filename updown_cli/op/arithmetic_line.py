"""Numbers and arithmetic in a few letters."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

# Digits that a whole number may have.
WHOLE_DIGITS = 5

# What rounding leaves of 0.
NOTHING = 1e-12


@lru_cache(1 << 12)  # a page has the same numbers over and over
def short_number(value: float, digits: int = 3) -> str:
    """Return a whole number as it is and another with few digits; nothing for NaN."""
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if abs(value) < NOTHING:
        return "0"
    is_whole = value == round(value) or abs(value) >= 10**digits
    if is_whole and abs(value) < 10**WHOLE_DIGITS:
        return str(round(value))
    text = f"{value:.{digits}g}"
    if digits < 3:  # there is little room
        text = min(text, f"{value:.{digits - 1}e}", key=lambda t: len(_without_zeros(t)))
    return _without_zeros(text)


def _without_zeros(text: str) -> str:
    """Return 1e-5 for 1e-05."""
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}{e}{int(exponent)}" if e else mantissa


def number_text(number: float) -> str:
    """Return a number shortly, `nan` for NaN."""
    return short_number(number) or "nan"


def factor_text(number: float) -> str:
    """Return a number that something is done to, in parentheses if it is negative."""
    return f"({number_text(number)})" if number < 0 else number_text(number)


@dataclass(frozen=True)
class ArithmeticLine:
    """Arithmetic on one line, which can leave terms out of its middle."""

    head: str = ""
    terms: tuple[str, ...] = ()
    joint: str = " + "
    tail: str = ""

    def fitted(self, fits: Callable[[str], bool]) -> str:
        """Return the line with as many terms as fit."""
        if fits(whole := self._with(len(self.terms))):
            return whole
        kept = bisect_left(range(len(self.terms)), True, key=lambda n: not fits(self._with(n)))
        return self._with(max(kept - 1, 0))

    def _with(self, kept: int) -> str:
        terms = list(self.terms)
        if kept < len(terms):
            front = (kept + 1) // 2
            terms[front : len(terms) - (kept - front)] = ["..."]
        return self.head + self.joint.join(terms) + self.tail


def function_line(name: str, values: Iterable[float], result: str) -> ArithmeticLine:
    """Return a function of values: `max(1, 2) = 2`."""
    return ArithmeticLine(f"{name}(", tuple(map(number_text, values)), ", ", f") = {result}")


def source_line(values: Iterable[float], result: str) -> ArithmeticLine:
    """Return of which values a result is made, where no function tells how: `from 1, 2: 5`."""
    return ArithmeticLine("from ", tuple(map(number_text, values)), ", ", f": {result}")
