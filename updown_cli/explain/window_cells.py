"""Where the windows of a layer are: the cells, padding and all, that every output value sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from updown_cli.explain.cell_grid_model import (
    AROUND,
    Cell,
    CellGrid,
    as_planes,
    as_rows,
    grid_of_values,
    grid_with_surroundings,
    insert_zeros,
    nonzero_cells,
)
from updown_cli.explain.kernel_planes import connected_planes
from updown_cli.op.anatomy import SINGLE_ROW, WindowAxis

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from updown_cli.explain.traces import Trace

    Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Tap:
    """A cell of the input's board that a window sees, and where in the window it is."""

    cell: Cell
    place: Cell


@dataclass(frozen=True)
class Windows:
    """The input's board and, for every output value in flat order, what it sees of it."""

    board: CellGrid
    taps: tuple[tuple[Tap, ...], ...]


def windows_of(trace: Trace) -> Windows:
    """Return what every output value sees: windows as the operation declares them, or its reads."""
    if not trace.anatomy.windows:
        return _as_read(trace)
    axes = as_rows(trace.anatomy.windows, SINGLE_ROW)
    board = _over_zeros(trace, axes) if trace.anatomy.steps else _padded(trace, axes)
    return Windows(board, _slid(board, axes, connected_planes(trace)))


def _padded(trace: Trace, axes: Sequence[WindowAxis]) -> CellGrid:
    """Return the input's board with what the operation reads around it."""
    import numpy as np

    planes, around = as_planes(trace.input), trace.op.surroundings()
    places = [np.arange(axis.low, axis.high) for axis in axes]
    board = _with_surroundings(planes, axes)
    if around.fold is not None:
        rows, columns = (
            around.fold(along, axis.length) for along, axis in zip(places, axes, strict=True)
        )
        board.numbers[:] = planes[:, rows[:, None], columns]
        return board
    inside = [along < axis.length + axis.after for along, axis in zip(places, axes, strict=True)]
    beyond = (board.kinds == AROUND) & np.logical_and.outer(*inside)
    board.numbers[:, beyond] = around.value
    return board


def _with_surroundings(planes: Numbers, axes: Sequence[WindowAxis]) -> CellGrid:
    return grid_with_surroundings(planes, [axis.low for axis in axes], [axis.high for axis in axes])


def _slid(
    board: CellGrid, axes: Sequence[WindowAxis], connected: list[list[int]]
) -> tuple[tuple[Tap, ...], ...]:
    """Return the taps of windows that slide over the planes that an output plane is made of."""
    down, right = axes
    return tuple(
        tuple(
            Tap(board.at(plane, row, column), (number, y, x))
            for number, plane in enumerate(planes)
            for y, row in enumerate(rows)
            for x, column in enumerate(columns)
        )
        for planes in connected
        for rows, columns in product(down.places, right.places)
    )


def _over_zeros(trace: Trace, axes: Sequence[WindowAxis]) -> CellGrid:
    """Return the input's board with zeros between its values, and around them."""
    numbers, kinds = insert_zeros(as_planes(trace.input), as_rows(trace.anatomy.steps, 1))
    board = _with_surroundings(numbers, axes)
    board.numbers[:, board.kinds == AROUND] = trace.op.surroundings().value
    (top, left), (rows, columns) = board.origin, kinds.shape
    board.kinds[top : top + rows, left : left + columns] = kinds
    return board


def _as_read(trace: Trace) -> Windows:
    """Return the values that are read, each where it is among those of its output value."""
    planes = as_planes(trace.input)
    taps = (tuple(Tap(*pair) for pair in nonzero_cells(row, planes.shape)) for row in trace.reads)
    return Windows(grid_of_values(planes), tuple(taps))
