"""Cells of a page: grids with their values, windows of numbers, and places among them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from updown_cli.explain.cell_grid_model import VALUE, CellGrid, as_planes, cell_name
from updown_cli.op.arithmetic_line import short_number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: Digits of a number that is shown in a cell.
DIGITS = 3


def grid_cells(board: CellGrid, values: Numbers) -> dict[str, Any]:
    """Return the cells, which of them are values, and the values themselves."""
    kinds = board.kinds.ravel().tolist()
    numbers = values.ravel() if (board.kinds == VALUE).all() else None
    shown = board.numbers.ravel() if numbers is None else numbers
    return {
        "planes": board.planes,
        "rows": board.sides[0],
        "columns": board.sides[1],
        "kinds": "".join(map(str, kinds)),
        "texts": [short_number(number, DIGITS) for number in shown.tolist()],
        "exact": _exact(values),
        "names": [cell_name(place, values.shape) for place in cell_places(as_planes(values).shape)],
    }


def cell_places(planes: Sequence[int]) -> Iterable[tuple[int, int, int]]:
    """Return the plane, row and column of every cell in order."""
    count, rows, columns = planes
    return ((p, y, x) for p in range(count) for y in range(rows) for x in range(columns))


def _exact(values: Numbers) -> list[float | str]:
    """Return numbers as --json has them."""
    return [n if math.isfinite(n) else str(n) for n in values.ravel().tolist()]


def flat_index(cell: Sequence[int], grid: CellGrid) -> int:
    """Return the number of a cell in that order."""
    plane, row, column = cell
    return (plane * grid.sides[0] + row) * grid.sides[1] + column


def window_texts(numbers: Numbers) -> dict[str, Any]:
    """Return a window's numbers as texts."""
    planes, rows, columns = numbers.shape
    texts = [short_number(number, DIGITS) for number in numbers.ravel().tolist()]
    return {"planes": planes, "rows": rows, "columns": columns, "texts": texts}


def number_among(array: dict[str, Any], windows: list[dict[str, Any]]) -> int:
    """Return the number of an array among those that are kept once."""
    if array not in windows[-1:]:
        windows.append(array)
    return len(windows) - 1
