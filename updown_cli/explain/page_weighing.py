"""The picture of what weights sum to, and of where their middle is, as plain numbers for a page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from updown_cli.explain.cell_grid_model import as_planes
from updown_cli.explain.weight_sums import is_even, weight_shifts, weight_sums
from updown_cli.op.arithmetic_line import number_text, short_number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from updown_cli.explain.traces import Trace

    Numbers = NDArray[np.float64]

# Shades of a picture, from its least number to its largest.
SHADES = 4


def weighing_of(trace: Trace) -> dict[str, Any] | None:
    """Return the pictures of a layer's sums and shifts; None where values have no weights."""
    sums = weight_sums(trace)
    if sums is None:
        return None
    shifts = weight_shifts(trace)
    pictures = [_picture("sums of the weights", sums)]
    pictures += [_picture(f"shift in {axis}", shift) for axis, shift in shifts.items()]
    told = [_told("the weights of an output value sum to", sums)]
    told += [
        _told(f"their middle is shifted in {axis} by", shift) for axis, shift in shifts.items()
    ]
    overlap = list(trace.anatomy.overlap)
    return {"pictures": pictures, "told": [*overlap, *told], "open": bool(overlap)}


def _picture(title: str, numbers: Numbers) -> dict[str, Any]:
    planes = as_planes(numbers)
    values = planes.ravel().tolist()
    count, rows, columns = planes.shape
    return {
        "title": title,
        "planes": count,
        "rows": rows,
        "columns": columns,
        "texts": [short_number(value) for value in values],
        "exact": [value if math.isfinite(value) else "nan" for value in values],
        "shades": _shades(numbers),
    }


def _shades(numbers: Numbers) -> list[int]:
    """Return how dark each number is: 0 for the least, and for all where they are equal."""
    import numpy as np

    if is_even(numbers):
        return [0] * numbers.size
    low, high = np.nanmin(numbers), np.nanmax(numbers)
    shades = np.nan_to_num((numbers.ravel() - low) / (high - low) * SHADES)
    return [int(shade) for shade in np.rint(shades).tolist()]


def _told(what: str, numbers: Numbers) -> str:
    import numpy as np

    finite = numbers[np.isfinite(numbers)]
    if not finite.size:
        return f"{what} nothing"
    low, high = (number_text(float(end)) for end in (finite.min(), finite.max()))
    return f"{what} {low}" if is_even(numbers) else f"{what} {low} to {high}"
