"""How an output value comes of what it reads, in a line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from updown_cli.explain.cell_grid_model import as_planes, cell_name
from updown_cli.op.arithmetic_line import ArithmeticLine, factor_text, number_texts, short_number

if TYPE_CHECKING:
    from updown_cli.explain.traces import Trace


def arithmetic(trace: Trace, row: int) -> ArithmeticLine:
    """Return how an output value comes from what it reads."""
    import numpy as np

    result = short_number(trace.output.ravel()[row]) or "nan"
    places = trace.reads[row].nonzero()[0]
    values = [float(value) for value in trace.input.ravel()[places]]
    if trace.weights is None:
        return trace.op.tell_value(values, result)
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
            return ArithmeticLine(terms=number_texts(values), tail=tail)
        if parts > 1 and math.isclose(parts, round(parts)):
            return ArithmeticLine("(", number_texts(values), tail=f") / {round(parts)}{tail}")
    products = zip(values, weights, strict=True)
    terms = tuple(f"{short_number(value)}*{factor_text(weight)}" for value, weight in products)
    return ArithmeticLine(terms=terms, tail=tail)


def _signed(number: float) -> str:
    return f" {'-' if number < 0 else '+'} {short_number(abs(number))}"
