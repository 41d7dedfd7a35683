"""One layer on one input as the page of `explain` has it: plain numbers, texts and places.

The page computes nothing: whatever it shows stands here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError
from updown_cli.explain.animation_steps import MOST_PLANES, MOST_STEPS, titles_of
from updown_cli.explain.cell_grid_model import (
    AROUND,
    BETWEEN,
    CellGrid,
    as_planes,
    cell_name,
    grid_of_values,
)
from updown_cli.explain.gathering import animate_gathering
from updown_cli.explain.page_cells import (
    DIGITS,
    cell_places,
    flat_index,
    grid_cells,
    number_among,
    window_texts,
)
from updown_cli.explain.page_weighing import weighing_of
from updown_cli.explain.sampling import alike_as_one, sampled_axes
from updown_cli.explain.scattering import animate_scattering
from updown_cli.op.arithmetic_line import number_text, short_number
from updown_cli.op.shape import by_x

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from updown_cli.explain.animation_steps import Animation
    from updown_cli.explain.join_traces import JoinTrace
    from updown_cli.explain.traces import Trace

    Numbers = NDArray[np.float64]

#: Values on a side of the page, input or output, and layers' pairs of them.
MOST_CELLS = MOST_STEPS

#: What indices count, by the number of sides.
INDICES = {1: "indices", 2: "indices, y * width + x"}

# Shades of a matrix, either way from 0.
SHADES = 4


def panel_of(trace: Trace) -> dict[str, Any]:
    """Return a layer at work; raise InputError for more than a page shows."""
    _check_size(trace)
    gathered = animate_gathering(trace)
    windows: list[dict[str, Any]] = []
    scatters, sampled = trace.op.scatters and trace.weights is not None, sampled_axes(trace)
    return {
        "titles": gathered.titles,
        "note": _note(trace, gathered.source),
        "input": grid_cells(gathered.source, trace.input),
        "output": grid_cells(gathered.target, trace.output),
        "window": gathered.window_titles[0],
        "steps": _steps(trace, gathered, windows),
        "windows": windows,
        "reach": _every_reach(trace),
        "stamps": _stamps(trace) if scatters else None,
        "sampling": sampled and [axis.to_json() for axis in alike_as_one(sampled)],
        "phases": _phases(trace),
        "indices": _indices(trace),
        "weighing": weighing_of(trace),
    }


def join_panel(joined: JoinTrace) -> dict[str, Any]:
    """Return a join at work: a panel of its image, with the kept result beside it."""
    _check_size(joined.kept)
    panel, kept = panel_of(joined.image), joined.kept
    for row, step in enumerate(panel["steps"]):
        reads = kept.reads[row].nonzero()[0].tolist()
        step["kept"] = reads
        step["keptTexts"] = _weight_texts(kept, row, reads)
        step["line"] = joined.line(row).fitted(lambda _: True)
    grid = grid_cells(grid_of_values(as_planes(kept.input)), kept.input)
    beside = {"title": f"{joined.name} {titles_of(kept)[0].removeprefix('input ')}"}
    return panel | {"kept": grid | beside | {"reach": _every_reach(kept)}, "weighing": None}


def _check_size(trace: Trace) -> None:
    if trace.input.ndim > 4:
        sides = by_x(trace.input.shape[2:])
        raise InputError(f"a page shows one or two sides, not {sides}", hint="say --dims 2")
    most = max(trace.input.size, trace.output.size)
    if most > MOST_CELLS or max(map(_planes, (trace.input, trace.output))) > MOST_PLANES:
        raise InputError(
            f"{most} values are more than the {MOST_CELLS} in {MOST_PLANES} planes that a page "
            "shows",
            hint="give a smaller --input, such as 4x4",
        )


def _note(trace: Trace, board: CellGrid) -> str:
    """Return what cells are that are no values."""
    notes = {AROUND: f"dashed: {trace.op.surroundings().name}", BETWEEN: "pale: zeros put between"}
    return ", ".join(text for kind, text in notes.items() if (board.kinds == kind).any())


def _planes(values: Numbers) -> int:
    return int(values.shape[0] * values.shape[1])


def _steps(
    trace: Trace, gathered: Animation, windows: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return for each output value what it reads, with the weights, and how it comes about."""
    found = []
    for row, step in enumerate(gathered.steps):
        reads = trace.reads[row].nonzero()[0].tolist()
        weights = _weights(trace, row, reads)
        found.append(
            {
                "cells": [flat_index(cell, gathered.source) for cell in step.read],
                "reads": reads,
                "weights": weights,
                "texts": _weight_texts(trace, row, reads),
                "shades": _shades(trace, weights),
                "window": number_among(window_texts(step.windows[0]), windows),
                "chosen": -1 if step.chosen is None else flat_index(step.chosen, gathered.source),
                "line": step.line.fitted(lambda _: True),
                "where": step.where,
            }
        )
    return found


def _weights(trace: Trace, row: int, reads: list[int]) -> list[float]:
    weights: list[float] = [] if trace.weights is None else trace.weights[row][reads].tolist()
    return weights


def _weight_texts(trace: Trace, row: int, reads: list[int]) -> list[str]:
    return [number_text(weight) for weight in _weights(trace, row, reads)]


def _shades(trace: Trace, weights: list[float]) -> list[int]:
    """Return how dark each weight is in the matrix; less than 0 for a negative one."""
    assert trace.weights is not None or not weights
    largest = 0.0 if trace.weights is None else float(abs(trace.weights).max(initial=0.0))
    return [
        int(math.copysign(math.ceil(abs(weight) / largest * SHADES), weight)) if weight else 0
        for weight in weights
    ]


def _every_reach(trace: Trace) -> list[str]:
    """Return for each input value which output values read it, and how it is weighed there."""
    planes = as_planes(trace.output).shape
    names = [cell_name(place, trace.output.shape) for place in cell_places(planes)]
    return [_reach(trace, number, names) for number in range(trace.input.size)]


def _reach(trace: Trace, number: int, names: Sequence[str]) -> str:
    rows = trace.reads[:, number].nonzero()[0].tolist()
    value = number_text(float(trace.input.ravel()[number]))
    if not rows:
        return f"{value} is read by none"
    weights = [1.0] * len(rows) if trace.weights is None else trace.weights[rows, number].tolist()
    readers = [
        names[row] if weight == 1 else f"{names[row]} * {number_text(weight)}"
        for row, weight in zip(rows, weights, strict=True)
    ]
    return f"{value} is read by output {', '.join(readers)}"


def _indices(trace: Trace) -> dict[str, Any] | None:
    """Return where each value of a pool was in its plane, as torch counts it."""
    if not trace.op.finds_indices or trace.chosen is None:
        return None
    places = (trace.chosen % math.prod(trace.input.shape[2:])).reshape(trace.output.shape)
    return {"title": INDICES[trace.input.ndim - 2], **window_texts(as_planes(places))}


def _stamps(trace: Trace) -> dict[str, Any]:
    """Return the same from the input's side: where each value is added, and the sums so far."""
    assert trace.weights is not None
    scattered = animate_scattering(trace, trace.weights)
    windows: list[dict[str, Any]] = []
    return {
        "note": scattered.note,
        "input": grid_cells(scattered.source, trace.input),
        "output": grid_cells(scattered.target, trace.output),
        "window": scattered.window_titles[-1],
        "windows": windows,
        "steps": [
            {
                "cells": [flat_index(cell, scattered.target) for cell in step.written],
                "texts": [short_number(value, DIGITS) for value in step.values],
                "window": number_among(window_texts(step.windows[-1]), windows),
                "line": step.line.fitted(lambda _: True),
                "where": step.where,
            }
            for step in scattered.steps
        ],
    }


def _phases(trace: Trace) -> list[int] | None:
    """Return the phase of each output value of a shuffle: which of the r^2 it is."""
    factor = getattr(trace.op, "factor", 0) if trace.op.command == "shuffle" else 0
    if factor < 2:
        return None
    large = trace.output if trace.op.goes_up else trace.input  # type: ignore[attr-defined]
    by_place = [
        sum(part % factor * factor**axis for axis, part in enumerate(reversed(place[1:])))
        for place in cell_places(as_planes(large).shape)
    ]
    if large is trace.output:
        return by_place
    assert trace.chosen is not None
    return [by_place[number] for number in trace.chosen.tolist()]
