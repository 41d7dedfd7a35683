"""Numbers and arithmetic in a few letters."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.explain.cell_grid_model import as_planes, cell_name
from updown_cli.ops.pool.lp import LpPool

if TYPE_CHECKING:
    from updown_cli.explain.traces import Trace
    from updown_cli.op.base import Op

# Digits that a whole number may have.
WHOLE_DIGITS = 5

# What rounding leaves of 0.
NOTHING = 1e-12

# The functions that are no weighted sums, by mode.
NAMES = {
    "max": "max",
    "adaptive-max": "max",
    "fractional-max": "max",
    "min": "min",
    "median": "median",
}


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


def arithmetic(trace: Trace, row: int) -> ArithmeticLine:
    """Return how an output value comes from what it reads."""
    import numpy as np

    result = short_number(trace.output.ravel()[row]) or "nan"
    places = trace.reads[row].nonzero()[0]
    values = [float(value) for value in trace.input.ravel()[places]]
    if trace.weights is None:
        return _function(trace.op, values, result)
    offset = float(trace.offset[row])
    added = _signed(offset) if offset else ""
    if not values:
        return ArithmeticLine(f"nothing is read: {result}")
    weights = [float(weight) for weight in trace.weights[row][places]]
    if not added and weights == [1.0]:
        place = np.unravel_index(places[0], as_planes(trace.input).shape)
        return ArithmeticLine(
            f"{short_number(values[0])}, from input {cell_name(place, trace.input.shape)}"
        )
    return _sum(values, weights, f"{added} = {result}")


def _sum(values: list[float], weights: list[float], tail: str) -> ArithmeticLine:
    """Return a weighted sum; a mean where the weights are equal parts."""
    one = weights[0]
    if all(math.isclose(weight, one) for weight in weights):
        parts = 1 / one if one else 0.0
        if math.isclose(parts, 1):
            return ArithmeticLine(terms=_texts(values), tail=tail)
        if parts > 1 and math.isclose(parts, round(parts)):
            return ArithmeticLine("(", _texts(values), tail=f") / {round(parts)}{tail}")
    products = zip(values, weights, strict=True)
    terms = tuple(f"{short_number(value)}*{_factor(weight)}" for value, weight in products)
    return ArithmeticLine(terms=terms, tail=tail)


def _factor(number: float) -> str:
    return f"({short_number(number)})" if number < 0 else short_number(number)


def _function(op: Op, values: list[float], result: str) -> ArithmeticLine:
    if isinstance(op, LpPool) and op.norm_type != math.inf:
        power = short_number(op.norm_type)
        absolute = op.convention == "onnx"
        terms = tuple(f"{_base(value, absolute=absolute)}^{power}" for value in values)
        return ArithmeticLine("(", terms, tail=f")^(1/{power}) = {result}")
    if name := NAMES.get(op.mode):
        return ArithmeticLine(f"{name}(", _texts(values), ", ", f") = {result}")
    return ArithmeticLine("from ", _texts(values), ", ", f": {result}")


def _base(number: float, *, absolute: bool) -> str:
    """Return a number that is raised to a power."""
    return short_number(abs(number)) if absolute else _factor(number)


def _texts(numbers: Iterable[float]) -> tuple[str, ...]:
    return tuple(short_number(number) or "nan" for number in numbers)


def _signed(number: float) -> str:
    return f" {'-' if number < 0 else '+'} {short_number(abs(number))}"
