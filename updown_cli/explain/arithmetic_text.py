"""How an output value comes of what it reads, in a line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from updown_cli.explain.cell_grid_model import place_name
from updown_cli.op.arithmetic_line import ArithmeticLine, factor_text, number_text, short_number

if TYPE_CHECKING:
    from updown_cli.explain.traces import Trace


def arithmetic(trace: Trace, row: int) -> ArithmeticLine:
    """Return how an output value comes from what it reads."""
    import numpy as np

    result = number_text(trace.output.ravel()[row])
    places = trace.reads[row].nonzero()[0]
    values = [float(value) for value in trace.input.ravel()[places]]
    if trace.weights is None:
        return trace.op.tell_value(values, result)
    offset = float(trace.offset[row])
    added = _signed(offset) if offset else ""
    if not values:
        return ArithmeticLine(f"nothing is read: {result}")
    weights = [float(weight) for weight in trace.weights[row][places]]
    if math.isnan(trace.output.ravel()[row]) and not _gives_nan(values, weights):
        added += " + 0*nan"  # of a weight of 0, which no other value notices
    if not added and weights == [1.0]:
        shape = trace.input.shape
        place = place_name(np.unravel_index(places[0], shape), shape)
        return ArithmeticLine(f"{number_text(values[0])}, from input {place}")
    return _sum(values, weights, f"{added} = {result}")


def _gives_nan(values: list[float], weights: list[float]) -> bool:
    products = (value * weight for value, weight in zip(values, weights, strict=True))
    return math.isnan(sum(products))


def _sum(values: list[float], weights: list[float], tail: str) -> ArithmeticLine:
    """Return a weighted sum; a mean where the weights are equal parts."""
    one, texts = weights[0], tuple(map(number_text, values))
    if all(math.isclose(weight, one) for weight in weights):
        parts = 1 / one if one else 0.0
        if math.isclose(parts, 1):
            return ArithmeticLine(terms=texts, tail=tail)
        if 1 < abs(parts) < math.inf and math.isclose(parts, round(parts)):
            return ArithmeticLine("(", texts, tail=f") / {factor_text(round(parts))}{tail}")
    products = zip(texts, weights, strict=True)
    terms = tuple(f"{text}*{factor_text(weight)}" for text, weight in products)
    return ArithmeticLine(terms=terms, tail=tail)


def _signed(number: float) -> str:
    return f" {'-' if number < 0 else '+'} {short_number(abs(number))}"
