"""A picture of what the weights of each output value sum to: a checkerboard where they differ."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from updown_cli.figures.matrix_layout import MatrixLayout, Ticks
from updown_cli.figures.matrix_plot import SETTINGS, check_cells, draw_matrix
from updown_cli.op.arithmetic_line import short_number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


def overlap_plot(sums: Numbers, ending: str, *, title: str = "") -> bytes:
    """Return a .png or .webp of planes x rows x columns, the planes one below the other.

    Raises InputError for more rows or columns than can be shown.
    """
    planes, _, columns = sums.shape
    rows = sums.reshape(-1, columns)
    check_cells(rows)
    low, high = short_number(float(rows.min())), short_number(float(rows.max()))
    note = f"each sums to {low}" if low == high else f"sums from {low} to {high}; white is 0"
    sides = sums.shape[:2] if planes > 1 else sums.shape[1:2]
    layout = MatrixLayout(
        Ticks(sides, len(rows)), Ticks((columns,), columns), title, note, ("y", "x")
    )
    name, settings = SETTINGS[ending]
    file = io.BytesIO()
    draw_matrix(rows, layout).save(file, name, **settings)
    return file.getvalue()
