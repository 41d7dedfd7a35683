"""A layer seen from its input: a step for every input value, and what it adds where."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from updown_cli.explain.animation_steps import (
    Animation,
    AnimationStep,
    array_of,
    cells_to_draw,
    flat_number,
    titles_of,
    within_drawn_planes,
)
from updown_cli.explain.cell_grid_model import (
    AROUND,
    Cell,
    CellGrid,
    as_planes,
    as_rows,
    cell_name,
    grid_of_values,
    grid_with_surroundings,
    nonzero_cells,
)
from updown_cli.explain.kernel_planes import whole_kernel
from updown_cli.op.anatomy import SINGLE_STAMP, StampAxis
from updown_cli.op.arithmetic_line import ArithmeticLine, number_text, short_number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from updown_cli.explain.traces import Trace

    Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Stamp:
    """A cell of the output's board that an input value is added to, times a weight.

    `place` is where the cell is among all cells of that value.
    """

    cell: Cell
    place: Cell
    weight: float


def animate_scattering(trace: Trace, weights: Numbers) -> Animation:
    """Return the steps, one for every input value, of a layer with these weights."""
    import numpy as np

    planes = as_planes(trace.input)
    cells = cells_to_draw(planes.shape, "input")
    if trace.anatomy.stamps:
        assert trace.anatomy.kernel is not None
        axes = as_rows(trace.anatomy.stamps, SINGLE_STAMP)
        kernels = whole_kernel(trace.anatomy.kernel).swapaxes(0, 1)
        target = _whole_result(trace, axes)
        all_stamps = [_kernel_stamps(kernels, axes, target, cell) for cell in cells]
        titles: tuple[str, ...] = ("kernel", "value * kernel")
    else:
        target = grid_of_values(_begun(trace))
        columns = [weights[:, flat_number(cell, planes.shape)] for cell in cells]
        all_stamps = [_column_stamps(column, target) for column in columns]
        single = all(len(stamps) == 1 for stamps in all_stamps)
        titles = ("value",) if single else ("what it adds",)
    sums = target.numbers.copy()
    with np.errstate(invalid="ignore"):  # of infinities
        steps = tuple(
            _step(trace, float(planes[cell]), cell, stamps, sums)
            for cell, stamps in zip(cells, all_stamps, strict=True)
        )
    note = "dashed: cut off" if (target.kinds == AROUND).any() else ""
    return Animation(grid_of_values(planes), target, titles_of(trace), titles, note, steps)


def _begun(trace: Trace) -> Numbers:
    """Return planes of the output before anything is added."""
    planes: Numbers = as_planes(trace.offset.reshape(trace.output.shape)).copy()
    return planes


def _step(
    trace: Trace, value: float, cell: Cell, stamps: list[Stamp], sums: Numbers
) -> AnimationStep:
    """Return a step, and add what it adds to the sums."""
    for stamp in stamps:
        sums[stamp.cell] += value * stamp.weight
    written = within_drawn_planes([stamp.cell for stamp in stamps])
    places = [stamp.place for stamp in stamps]
    kernel = array_of(places, [stamp.weight for stamp in stamps])
    return AnimationStep(
        read=(cell,),
        written=written,
        values=tuple(float(sums[place]) for place in written),
        windows=(kernel, value * kernel) if trace.anatomy.stamps else (value * kernel,),
        where=f"input {cell_name(cell, trace.input.shape)}",
        line=_told(trace, value, stamps),
    )


def _told(trace: Trace, value: float, stamps: list[Stamp]) -> ArithmeticLine:
    """Return where a value goes, and how much of it."""
    if trace.anatomy.stamps:
        return ArithmeticLine(f"{number_text(value)} * kernel is added to the output")
    if not stamps:
        return ArithmeticLine(f"{number_text(value)} goes nowhere")
    places = [cell_name(stamp.cell, trace.output.shape) for stamp in stamps]
    one = stamps[0].weight
    if all(math.isclose(stamp.weight, one) for stamp in stamps):
        part = "" if math.isclose(one, 1) else f"{short_number(one)} * "
        return ArithmeticLine(f"{part}{number_text(value)} goes to output ", tuple(places), ", ")
    parts = zip(stamps, places, strict=True)
    terms = tuple(f"{short_number(stamp.weight)} of it to {place}" for stamp, place in parts)
    return ArithmeticLine(f"{number_text(value)} goes to output: ", terms, ", ")


def _column_stamps(column: Numbers, target: CellGrid) -> list[Stamp]:
    """Return where a layer with this column of weights adds a value."""
    cells = nonzero_cells(column, target.numbers.shape)
    weights = column[column != 0].tolist()
    return [Stamp(*pair, weight) for pair, weight in zip(cells, weights, strict=True)]


def _whole_result(trace: Trace, axes: list[StampAxis]) -> CellGrid:
    """Return the board of the result with what is cut off it, and bias where it is kept."""
    board = grid_with_surroundings(
        _begun(trace), [axis.low for axis in axes], [axis.high for axis in axes]
    )
    board.numbers[:, board.kinds == AROUND] = 0.0
    return board


def _kernel_stamps(
    kernels: Numbers, axes: list[StampAxis], target: CellGrid, cell: Cell
) -> list[Stamp]:
    """Return where kernels (in, out, taps) go that an input value is multiplied with."""
    ins, outs = kernels.shape[:2]
    frame, channel = divmod(cell[0], ins)
    connected = [out for out in range(outs) if not math.isnan(kernels[channel, out, 0, 0])]
    return [
        Stamp(
            target.at(frame * outs + out, row, column),
            (number, y, x),
            float(kernels[channel, out, y, x]),
        )
        for number, out in enumerate(connected)
        for (y, row), (x, column) in product(*map(_taps, axes, cell[1:]))
    ]


def _taps(axis: StampAxis, place: int) -> Iterator[tuple[int, int]]:
    """Return every tap's number and where it goes along one axis."""
    return enumerate(axis.starts[place] + tap for tap in axis.taps)
