"""Cells on which an array is drawn: its values, what pads them, and what is put between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError
from updown_cli.op.shape import by_x

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: Plane, row and column. A plane is a channel of a frame; a row is all that 1-D data has.
Cell = tuple[int, int, int]

#: What a cell is: a value, beyond the edges, or a zero between values.
VALUE, AROUND, BETWEEN = range(3)


@dataclass(frozen=True)
class CellGrid:
    """Planes x rows x columns of cells.

    `numbers` are what is read there, NaN for nothing; `kinds` has rows x columns; `origin` is the
    row and column of the first value.
    """

    numbers: Numbers
    kinds: NDArray[np.int8]
    origin: tuple[int, int]

    @property
    def planes(self) -> int:
        """Number of planes."""
        return int(self.numbers.shape[0])

    @property
    def sides(self) -> tuple[int, int]:
        """Rows and columns."""
        return int(self.numbers.shape[1]), int(self.numbers.shape[2])

    def kind(self, cell: Cell) -> int:
        """Return what a cell is."""
        return int(self.kinds[cell[1:]])

    def at(self, plane: int, row: int, column: int) -> Cell:
        """Return the cell that is so far from the first value."""
        return plane, row + self.origin[0], column + self.origin[1]


def as_planes(array: NDArray[Any]) -> NDArray[Any]:
    """Return frames x channels x sides as planes x rows x columns; refuse three sides."""
    sides = array.shape[2:]
    if len(sides) > 2:
        raise InputError(
            f"a moving picture shows one or two sides, not {by_x(sides)}",
            hint="give an --input such as 4x4",
        )
    return array.reshape(-1, *(1,) * (2 - len(sides)), *sides)


def as_rows(numbers: Sequence[Any], missing: Any) -> list[Any]:
    """Return what each side has for rows and columns; `missing` for the rows of 1-D data."""
    return [missing] * (2 - len(numbers)) + list(numbers)


def cell_name(cell: Cell, shape: Sequence[int]) -> str:
    """Return a place of frames x channels x sides in words: `channel 1 (0, 2)`."""
    plane, *place = cell
    sides = len(shape) - 2
    return place_name((*divmod(plane, shape[1]), *place[2 - sides :]), shape)


def place_name(place: Sequence[int], shape: Sequence[int]) -> str:
    """Return such a place that is given by frame, channel and sides, one to three of them."""
    frame, channel, *sides = place
    frames = f"frame {frame} " if shape[0] > 1 else ""
    channels = f"channel {channel} " if shape[1] > 1 else ""
    return f"{frames}{channels}({', '.join(map(str, sides))})"


def grid_of_values(planes: Numbers) -> CellGrid:
    """Return a board of values and nothing else."""
    import numpy as np

    return CellGrid(planes, np.zeros(planes.shape[1:], np.int8), (0, 0))


def grid_with_surroundings(planes: Numbers, low: Sequence[int], high: Sequence[int]) -> CellGrid:
    """Return a board from `low` to before `high`, counted from the first value; NaN around it."""
    import numpy as np

    margins = [
        (-first, last - side) for first, last, side in zip(low, high, planes.shape[1:], strict=True)
    ]
    numbers = np.pad(planes, [(0, 0), *margins], constant_values=np.nan)
    kinds = np.pad(np.zeros(planes.shape[1:], np.int8), margins, constant_values=AROUND)
    return CellGrid(numbers, kinds, (margins[0][0], margins[1][0]))


def insert_zeros(planes: Numbers, strides: Sequence[int]) -> tuple[Numbers, NDArray[np.int8]]:
    """Return the values with stride - 1 zeros between them, and what each cell is."""
    import numpy as np

    down, right = strides
    rows, columns = planes.shape[1:]
    numbers = np.zeros((len(planes), (rows - 1) * down + 1, (columns - 1) * right + 1))
    kinds = np.full(numbers.shape[1:], BETWEEN, np.int8)
    numbers[:, ::down, ::right] = planes
    kinds[::down, ::right] = VALUE
    return numbers, kinds


def nonzero_cells(row: NDArray[Any], planes: Sequence[int]) -> list[tuple[Cell, Cell]]:
    """Return the cells where a flat row is not 0, and the place of each among them."""
    import numpy as np

    cells = np.stack(np.unravel_index(np.flatnonzero(row), tuple(planes)), axis=1)
    places = cells - cells.min(0, initial=max(planes))
    places[:, 0] = np.unique(cells[:, 0], return_inverse=True)[1]
    pairs = zip(cells.tolist(), places.tolist(), strict=True)
    return [(_cell(*cell), _cell(*place)) for cell, place in pairs]


def _cell(plane: int, row: int, column: int) -> Cell:
    return plane, row, column
