"""Which files can be written row by row, and how."""

from __future__ import annotations

from functools import partial

from updown_cli.files.formats import ARRAY_ENDING
from updown_cli.files.npy_rows import NpyTarget, rows_are_runs
from updown_cli.files.picture import Picture
from updown_cli.files.row_target import RowWriter
from updown_cli.files.write import result_layout


def row_writer(
    source: Picture, shape: tuple[int, ...], dtype: str, suffix: str, layout: str | None
) -> RowWriter | None:
    """Return how a result of a shape is written row by row; None if it must be whole.

    The shape is frames x channels x sides.
    """
    if suffix != ARRAY_ENDING:
        return None
    given = result_layout(source, shape, layout)
    if not rows_are_runs(shape, given):
        return None
    return RowWriter(open=partial(NpyTarget, shape=shape, dtype=dtype, layout=given))
