"""Some rows of what an operation makes, with the numbers of the whole, and its tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from updown_cli.errors import UpdownError
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.ops.upsample.like.side import FLOAT32
from updown_cli.ops.upsample.like.stored import Stored, kind_of
from updown_cli.ops.upsample.like.tabled import Tabled, tables_of
from updown_cli.pipeline.plan import Plan, Step
from updown_cli.pipeline.strip_inputs import StripInputs, strip_inputs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.op.base import Op
    from updown_cli.op.resampling import Table

    Pixels = NDArray[Any]
    Resize = Callable[[Pixels], Pixels | None]


@dataclass(frozen=True)
class RowMaker:
    """What makes rows of a result of the rows [first, last) of a source that it reads."""

    read: tuple[int, int]
    resize: Resize


def cut_rows(made: Pixels | None, wanted: tuple[int, int]) -> Pixels | None:
    """Return rows [first, last) of C x sides."""
    return None if made is None else made[:, slice(*wanted)]


def rows_of_an_operation(op: Op, source: Shape, wanted: tuple[int, int], white: float) -> RowMaker:
    """Return what makes rows [first, last) of a result, as strips are made."""
    op, everything = op.for_shape(source), (0, source.size[0])
    if isinstance(op, Tabled) and op.for_rows(everything, wanted, source) is None:
        return RowMaker(everything, lambda x: cut_rows(run_stored(op, x, white), wanted))
    part = _part(op, source, wanted)
    if part.by_table:
        from updown_cli.engine.table_strips import TableStrips

        strips = TableStrips(part.step, FLOAT32)
        return RowMaker(part.read, lambda x: _floats(x, lambda pixels: strips.rows(pixels, part)))
    skipped = (part.skipped, part.skipped + wanted[1] - wanted[0])
    return RowMaker(part.read, lambda x: cut_rows(run_stored(part.op, x, white), skipped))


def _part(op: Op, source: Shape, wanted: tuple[int, int]) -> StripInputs:
    step = Step(op, source, op.out_shape(source))
    if isinstance(op, Tabled) and op.why_whole:
        read = (0, source.size[0])  # all is filtered, but not all is interpolated
        rows = op.for_rows(read, wanted, source)
        assert rows is not None
        return StripInputs(step, rows, read, wanted)
    return strip_inputs(Plan((step,), 1), *wanted)[0]


def run_stored(op: Op, x: Pixels, white: float) -> Pixels | None:
    """Return what an operation gives of C x sides: a library tells stored numbers from floats."""
    shape = Shape(*x.shape)
    try:
        op = op.for_shape(shape)
        way = op.integer_way(shape, x.dtype) if isinstance(op, Stored) else None
        if way is not None:
            stored: Pixels = way.run(x[None])[0]
            return stored
        signal = partial(Signal, white=white, has_code_values=not isinstance(op, Stored))
        return _floats(x, lambda pixels: op.run(signal(pixels)).pixels)
    except UpdownError:
        return None


def _floats(x: Pixels, run: Callable[[Any], Any]) -> Pixels:
    import numpy as np
    import torch

    made: Pixels = run(torch.from_numpy(x.astype(np.float32, copy=False))[None])[0].numpy()
    return made


def tables_of_an_operation(op: Op, source: Shape, white: float) -> Sequence[Table] | None:
    """Return what each side is made of; None where that is not known, or much work."""
    op = op.for_shape(source)
    if not isinstance(op, Tabled):
        return op.tables(source)
    return None if op.why_whole else tables_of(op, source, kind_of(white))
