"""The points that an interpolation samples as Python, and the pixels at them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from updown_cli.op.code import SIDES, Lines, cross_index, literal

if TYPE_CHECKING:
    from updown_cli.op.shape import Shape
    from updown_cli.ops.upsample.tables import Recomputed


def points_code(
    op: Recomputed, coordinates: str, shape: Shape, counted: str = "torch.arange({}).double()"
) -> list[str]:
    """Return for each side where its output pixels lie in the input."""
    axes = zip(shape.size, op.out_size(shape), op.ratios(shape), strict=True)
    return [
        _point_code(coordinates, counted.format(out), length, out, *ratio)
        for length, out, ratio in axes
    ]


def _point_code(coordinates: str, i: str, length: int, out: int, step: float, per: float) -> str:
    if coordinates == "half-pixel":
        return f"({_scaled(f'(2 * {i} + 1)', step, per)} - 1) / 2"
    if coordinates == "align-corners":
        return _scaled(i, length - 1, max(out - 1, 1))
    return _scaled(i, step, per)


def _scaled(i: str, step: float, per: float) -> str:
    times = "" if step == 1 else f" * {literal(float(step))}"
    return i + times + ("" if per == 1 else f" / {literal(float(per))}")


def picked_lines(places: Sequence[str]) -> Lines:
    """Return the pixels at these places of each side."""
    names = SIDES[len(places)]
    return [
        *(f"{name} = {at}" for name, at in zip(names, places, strict=True)),
        f"y = x{cross_index(names)}",
    ]
