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
from updown_cli.explain.kernel_planes import connected_planes, input_shape
from updown_cli.op.base import Op
from updown_cli.op.shape import Shape
from updown_cli.ops.conv.quantized import QuantizedConv
from updown_cli.ops.conv.windows import Conv
from updown_cli.ops.deconv.deconv import Deconv
from updown_cli.ops.pool.avg import AvgPool
from updown_cli.ops.pool.blur import BlurPool, reflect_positions
from updown_cli.ops.pool.max import MaxPool
from updown_cli.ops.pool.min import MinPool
from updown_cli.ops.pool.windows import WindowPool

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from updown_cli.explain.traces import Trace
    from updown_cli.op.windows import Span

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


@dataclass(frozen=True)
class Axis:
    """One axis: the places that each window reads, and padding before and after."""

    length: int
    places: tuple[tuple[int, ...], ...]
    before: int
    after: int

    @property
    def low(self) -> int:
        """The first place that is drawn."""
        return min(-self.before, 0, *(places[0] for places in self.places))

    @property
    def high(self) -> int:
        """The place after the last that is drawn."""
        last = max(places[-1] for places in self.places)
        return max(self.length + self.after, self.length, last + 1)


def windows_of(trace: Trace) -> Windows:
    """Return what every output value sees: windows as the operation declares them, or its reads."""
    op, shape = trace.op, input_shape(trace)
    if isinstance(op, Deconv):
        return _over_zeros(trace, op)
    axes = _axes(op, shape)
    if axes is None:
        return _as_read(trace)
    board = _padded(trace, axes)
    return Windows(board, _slid(board, axes, connected_planes(trace)))


def _axes(op: Op, shape: Shape) -> list[Axis] | None:
    """Return the axes of sliding windows; None where windows do not slide."""
    if isinstance(op, BlurPool):
        return as_rows([_blurred(*sides) for sides in _blur(op, shape)], SINGLE)
    if isinstance(op, WindowPool):
        spans = op.spans()
    elif isinstance(op, Conv):
        spans = op.spans(shape)
    else:
        return None
    sides = zip(spans, shape.size, strict=True)
    return as_rows([_sliding(span, side) for span, side in sides], SINGLE)


# The rows of 1-D data.
SINGLE = Axis(1, ((0,),), 0, 0)


def _sliding(span: Span, length: int) -> Axis:
    before, after = span.pads(length)
    starts = range(-before, span.count(length) * span.stride - before, span.stride)
    places = tuple(tuple(range(at, at + span.reach, span.dilation)) for at in starts)
    return Axis(length, places, before, after)


def _blur(op: BlurPool, shape: Shape) -> list[tuple[int, int, int]]:
    return list(zip(shape.size, op.kernel_size, op.stride, strict=True))


def _blurred(length: int, taps: int, stride: int) -> Axis:
    starts = range(-((taps - 1) // 2), length - (taps - 1) // 2, stride)
    return Axis(length, tuple(tuple(range(at, at + taps)) for at in starts), 0, 0)


def _padded(trace: Trace, axes: Sequence[Axis]) -> CellGrid:
    """Return the input's board with what the operation reads around it."""
    import numpy as np

    planes = as_planes(trace.input)
    low, high = [axis.low for axis in axes], [axis.high for axis in axes]
    board = grid_with_surroundings(planes, low, high)
    if isinstance(trace.op, BlurPool):
        rows, columns = (
            reflect_positions(np.arange(axis.low, axis.high), axis.length) for axis in axes
        )
        board.numbers[:] = planes[:, rows[:, None], columns]
        return board
    inside = [np.arange(axis.low, axis.high) < axis.length + axis.after for axis in axes]
    beyond = (board.kinds == AROUND) & np.logical_and.outer(*inside)
    board.numbers[:, beyond] = _beyond_the_edge(trace.op)
    return board


def _beyond_the_edge(op: Op) -> float:
    """Return what padding is read as; NaN where it is not counted."""
    if isinstance(op, QuantizedConv):
        return float(op.x_zero_point)
    if isinstance(op, MaxPool):
        return float("-inf")
    if isinstance(op, MinPool):
        return float("inf")
    counted = isinstance(op, AvgPool) and op.count_include_pad and not isinstance(op.padding, str)
    return 0.0 if isinstance(op, Conv) or counted else float("nan")


def _slid(
    board: CellGrid, axes: Sequence[Axis], connected: list[list[int]]
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


def _over_zeros(trace: Trace, op: Deconv) -> Windows:
    """Return the windows of the convolution over the input with zeros between its values."""
    crops = op.crops(input_shape(trace))
    strides = as_rows([crop.stride for crop in crops], 1)
    numbers, kinds = insert_zeros(as_planes(trace.input), strides)
    axes = []
    for crop in crops:
        first = crop.before - (crop.reach - 1)
        length = (crop.length - 1) * crop.stride + 1
        places = tuple(
            tuple(range(at, at + crop.reach, crop.dilation))
            for at in range(first, first + crop.out)
        )
        axes.append(Axis(length, places, 0, 0))
    both = as_rows(axes, SINGLE)
    board = grid_with_surroundings(
        numbers, [axis.low for axis in both], [axis.high for axis in both]
    )
    board.numbers[:, board.kinds == AROUND] = 0.0
    (top, left), (rows, columns) = board.origin, kinds.shape
    board.kinds[top : top + rows, left : left + columns] = kinds
    return Windows(board, _slid(board, both, connected_planes(trace)))


def _as_read(trace: Trace) -> Windows:
    """Return the values that are read, each where it is among those of its output value."""
    planes = as_planes(trace.input)
    taps = (tuple(Tap(*pair) for pair in nonzero_cells(row, planes.shape)) for row in trace.reads)
    return Windows(grid_of_values(planes), tuple(taps))
