"""Filters that widen when they shrink, as torch's antialias widens them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from updown_cli.op.input_span import InputSpan, wide_filter_span
from updown_cli.op.resampling import Table, widened_table

if TYPE_CHECKING:
    from updown_cli.op.resampling import Points
    from updown_cli.op.shape import Shape
    from updown_cli.ops.upsample.tables import Recomputed
    from updown_cli.ops.upsample.upsample import Upsample


def repeats_first_row(op: Upsample, shape: Shape) -> bool:
    """Whether torch gives the first row again and again: of results one pixel wide it does."""
    if shape.dims != 2:
        return False
    height, width = op.out_size(shape)
    return width == 1 and height not in (1, shape.size[0])


def column_warnings(op: Upsample, shape: Shape) -> list[str]:
    """Return what a user should know of such a result."""
    if not repeats_first_row(op, shape):
        return []
    return ["every row is the first one: torch's antialias fails where the result is 1 pixel wide"]


def widened_spans(op: Recomputed, shape: Shape) -> list[InputSpan]:
    """Return the pixels under the filter of each side."""
    sides = zip(shape.size, widened_steps(op, shape), strict=True)
    return [wide_filter_span(length, step, op.side) for length, step in sides]


def widened_tables(
    op: Recomputed, shape: Shape, kernel: Callable[[Points], Points]
) -> tuple[Table, ...]:
    """Return the weights of each side, by a kernel of the distance."""
    sides = zip(shape.size, op.out_size(shape), widened_steps(op, shape), strict=True)
    return tuple(
        widened_table(length, out, float(step), kernel, op.side) for length, out, step in sides
    )


def widened_steps(op: Recomputed, shape: Shape) -> list[Fraction]:
    """Return the input pixels from one output pixel to the next.

    Torch keeps the middle of the first at half a step, for aligned corners too, and leaves a side
    alone that keeps its length.
    """
    sides = zip(shape.size, op.out_size(shape), op.ratios(shape), strict=True)
    return [_widened_step(op.where(), *side) for side in sides]


def _widened_step(coordinates: str, length: int, out: int, ratio: tuple[float, float]) -> Fraction:
    if length == out:
        return Fraction(1)
    if coordinates == "align-corners":
        return Fraction(length - 1, out - 1) if out > 1 else Fraction(0)
    return Fraction(ratio[0]) / Fraction(ratio[1])
