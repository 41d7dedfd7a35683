"""The steps of a moving picture: what is read, what is written, and the arithmetic."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from updown_cli.errors import InputError
from updown_cli.explain.cell_grid_model import Cell, CellGrid
from updown_cli.op.arithmetic_line import ArithmeticLine
from updown_cli.op.shape import by_x

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from updown_cli.explain.traces import Trace

    Numbers = NDArray[np.float64]

#: Planes of a board that are drawn.
MOST_PLANES = 16

#: Steps of a scene.
MOST_STEPS = 400


@dataclass(frozen=True)
class AnimationStep:
    """Cells that are read and, of them, the chosen one; cells that are written, and their values.

    `windows` are drawn between the boards, planes x rows x columns each; `winner` is the chosen
    cell's place in the first. `where` and `line` are texts.
    """

    read: tuple[Cell, ...]
    written: tuple[Cell, ...]
    values: tuple[float, ...]
    windows: tuple[Numbers, ...]
    where: str
    line: ArithmeticLine
    chosen: Cell | None = None
    winner: Cell | None = None


@dataclass(frozen=True)
class Animation:
    """The boards of input and output as they are at first, and the steps between them."""

    source: CellGrid
    target: CellGrid
    titles: tuple[str, str]
    window_titles: tuple[str, ...]
    note: str
    steps: tuple[AnimationStep, ...]


def cells_to_draw(planes: Sequence[int], what: str) -> list[Cell]:
    """Return the cells of the planes that are drawn; raise InputError for too many."""
    count, rows, columns = planes
    drawn = min(count, MOST_PLANES)
    if drawn * rows * columns > MOST_STEPS:
        raise InputError(
            f"{drawn * rows * columns} {what} values are more than the {MOST_STEPS} steps of a "
            "moving picture",
            hint="give a smaller --input, such as 8x8",
        )
    return list(product(range(drawn), range(rows), range(columns)))


def flat_number(cell: Cell, planes: Sequence[int]) -> int:
    """Return the number of a cell in planes x rows x columns."""
    plane, row, column = cell
    return (plane * planes[1] + row) * planes[2] + column


def within_drawn_planes(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """Return the cells of planes that are drawn."""
    return tuple(cell for cell in cells if cell[0] < MOST_PLANES)


def titles_of(trace: Trace) -> tuple[str, str]:
    """Return what the boards are called."""
    first, second = (
        f"{name} {by_x(array.shape[2:])}{_planes(array.shape)}"
        for name, array in (("input", trace.input), ("output", trace.output))
    )
    return first, second


def _planes(shape: Sequence[int]) -> str:
    frames, channels = shape[:2]
    planes = frames * channels
    if planes == 1:
        return ""
    what = "channels" if frames == 1 else "frames" if channels == 1 else "planes"
    return f", {planes} {what}" if planes <= MOST_PLANES else f", {MOST_PLANES} of {planes} {what}"


def array_of(cells: Sequence[Cell], numbers: Sequence[float]) -> Numbers:
    """Return numbers at their places, NaN elsewhere; a single blank without any."""
    import numpy as np

    sides = np.array(cells).max(0) + 1 if cells else (1, 1, 1)
    array = np.full(tuple(sides), math.nan)
    for cell, number in zip(cells, numbers, strict=True):
        array[cell] = number
    return array[:MOST_PLANES]
