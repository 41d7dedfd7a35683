"""A layer seen from its output: a step for every output value, and what it reads."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from updown_cli.explain.animation_steps import (
    MOST_PLANES,
    Animation,
    AnimationStep,
    array_of,
    cells_to_draw,
    flat_number,
    titles_of,
    within_drawn_planes,
)
from updown_cli.explain.arithmetic_text import arithmetic
from updown_cli.explain.cell_grid_model import (
    AROUND,
    BETWEEN,
    Cell,
    as_planes,
    cell_name,
    grid_of_values,
)
from updown_cli.explain.kernel_planes import sliding_kernels
from updown_cli.explain.window_cells import Tap, windows_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from updown_cli.explain.cell_grid_model import CellGrid
    from updown_cli.explain.traces import Trace

    Numbers = NDArray[np.float64]

    #: What is drawn between the boards for an output cell, its number, and its taps.
    Shows = Callable[[Cell, int, tuple[Tap, ...]], Numbers]


def animate_gathering(trace: Trace) -> Animation:
    """Return the steps, one for every output value."""
    output = as_planes(trace.output)
    windows = windows_of(trace)
    title, shows = _between(trace, windows.board)
    steps = []
    for cell in cells_to_draw(output.shape, "output"):
        row = flat_number(cell, output.shape)
        taps = windows.taps[row]
        chosen = _chosen(trace, row, taps, windows.board)
        steps.append(
            AnimationStep(
                read=within_drawn_planes([tap.cell for tap in taps]),
                written=(cell,),
                values=(float(output[cell]),),
                windows=(shows(cell, row, taps),),
                where=f"output {cell_name(cell, trace.output.shape)}",
                line=arithmetic(trace, row),
                chosen=chosen.cell if chosen else None,
                winner=chosen.place if chosen else None,
            )
        )
    empty = replace(grid_of_values(output), numbers=output * math.nan)
    return Animation(
        windows.board, empty, titles_of(trace), (title,), _note(trace, windows.board), tuple(steps)
    )


def _note(trace: Trace, board: CellGrid) -> str:
    """Return what cells are that are no values."""
    notes = {AROUND: f"dashed: {trace.op.surroundings().name}", BETWEEN: "white: zeros put between"}
    return ", ".join(text for kind, text in notes.items() if (board.kinds == kind).any())


def _between(trace: Trace, board: CellGrid) -> tuple[str, Shows]:
    """Return the kernel, or the weights where they differ, or what the window sees."""
    weights, kernel, kernels = trace.weights, trace.anatomy.kernel, sliding_kernels(trace)
    if kernel is not None and kernels is not None:
        title = "kernel, rotated" if kernel.transposed else "kernel"
        return title, lambda cell, row, taps: kernels[cell[0]][:MOST_PLANES]
    if weights is not None and _differ(weights):
        return "weights", lambda cell, row, taps: array_of(
            [tap.place for tap in taps], weights[row][weights[row] != 0].tolist()
        )
    title = "window" if (trace.reads.sum(1) > 1).any() else "value"
    return title, lambda cell, row, taps: array_of(
        [tap.place for tap in taps], [float(board.numbers[tap.cell]) for tap in taps]
    )


def _differ(weights: Numbers) -> bool:
    """Whether any output value weighs what it reads differently."""
    import numpy as np

    read = weights != 0
    low = np.where(read, weights, np.inf).min(1, initial=np.inf)
    high = np.where(read, weights, -np.inf).max(1, initial=-np.inf)
    return bool((read.any(1) & ~np.isclose(low, high)).any())


def _chosen(trace: Trace, row: int, taps: tuple[Tap, ...], board: CellGrid) -> Tap | None:
    """Return the tap whose value is chosen among others."""
    import numpy as np

    if trace.chosen is None or len(taps) < 2 or trace.chosen[row] < 0:
        return None
    plane, y, x = np.unravel_index(trace.chosen[row], as_planes(trace.input).shape)
    cell = board.at(int(plane), int(y), int(x))
    return next((tap for tap in taps if tap.cell == cell), None)
