"""Interpolation of bytes by tables that only double precision does justice, a strip at a time.

Columns are summed in double precision, rows in single, whose error is bounded: a value so near to
where rounding changes that the error could decide is summed once more in double precision. So
every byte is that of double precision, rounded to single as all results are, and then to a byte.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.engine.byte_columns import Batch
from updown_cli.engine.byte_strips import put_strips, reach_of
from updown_cli.engine.checked_tables import MIDDLE, WHITE, CheckedTables
from updown_cli.engine.quantize import Clamped
from updown_cli.engine.room import Room
from updown_cli.engine.rows import RowSource, RowTarget
from updown_cli.op.integer_way import HALF

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.engine.byte_strips import Strip

# Values that are looked at to tell the extremes: where so many are alike, so are all.
MOST_EXTREME = 256


def interpolate_checked(source: RowSource, target: RowTarget, tables: CheckedTables) -> Clamped:
    """Put one frame of bytes interpolated, clamped and rounded half up into a target.

    Its rooms have channels side by side. Returns what was clamped.
    """
    return put_strips(source, target, tables.strips, _Workspace(tables).interpolate)


class _Workspace(threading.local):
    """Where strips are made; every thread has its own room."""

    def __init__(self, tables: CheckedTables) -> None:
        import torch

        self.tables, self.bytes = tables, _CheckedBytes(tables)
        self.pixels, self.exact = Room(torch.float64), Room(torch.float64)
        self.single, self.blocks = Room(), Room()

    def interpolate(self, strip: Strip, read: Tensor, result: Tensor) -> Clamped:
        """Store a strip, some columns after the other; `read` are the rows that it reads."""
        import torch

        start, first, last = reach_of(strip)[0], strip[0][0].first, strip[-1][0].last
        self.bytes.outside = 0
        for columns in self.tables.columns:
            left, right = self.tables.read_by(columns)
            part = read[:, left:right]
            floats = self.pixels.of(*part.shape).copy_(part).sub_(MIDDLE)
            exact = self.exact.of(last - first, right - left)
            for block, matrix in strip:
                lines = floats[block.start - start : block.end - start]
                torch.mm(matrix, lines, out=exact[block.first - first : block.last - first])
            single = self.single.of(*exact.shape, behind=columns.behind).copy_(exact)
            for batch in columns.batches:
                values = batch.applied(single, left, self.blocks)
                self.bytes.put(_Made(values, batch, exact.numpy(), left), result)
        return self.bytes.clamped


@dataclass(frozen=True)
class _Made:
    """Values of a batch, blocks x rows x made, less `MIDDLE`, and the rows that they are sums of.

    These are of double precision and begin with value `left`.
    """

    values: Tensor
    batch: Batch
    exact: NDArray[Any]
    left: int

    def places(self, which: Tensor) -> NDArray[Any]:
        """Return where something is true, in order of the values."""
        import numpy as np

        return np.flatnonzero(which.numpy())

    def rows_and_columns(self, places: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return where in the result places are."""
        import numpy as np

        _, rows, made = self.values.shape
        lines, value = np.divmod(places, made)
        block, row = np.divmod(lines, rows)
        return row, self.batch.first + block * made + value


class _CheckedBytes:
    """Floats on their way to bytes, and a memory of what had to be clamped.

    Extremes are those of all strips so far: they are looked for where there may be others.
    """

    def __init__(self, tables: CheckedTables) -> None:
        import torch

        self.tables, self.room, self.unsure = tables, Room(), Room(torch.bool)
        self.outside, self.low, self.high = 0, math.inf, -math.inf

    def put(self, made: _Made, result: Tensor) -> None:
        """Store values, which are used up, rounded half up and clamped."""
        import torch

        values = made.values
        low, high = self._look_for_extremes(made)
        values.add_(MIDDLE + HALF)
        off = torch.round(values, out=self.room.of(*values.shape)).sub_(values).abs_()
        unsure = torch.lt(off, self.tables.error, out=self.unsure.of(*values.shape))
        places = made.places(unsure)
        self._clamp(values, places, low, high)
        made.batch.place_in(result, 0).copy_(values)
        rows, columns = made.rows_and_columns(places)
        sums = self.tables.summed(made.exact, made.left, rows, columns)
        self.outside += _outside(sums, -0.5, WHITE + 0.5)
        result.numpy()[rows, columns] = _rounded(sums)

    def _clamp(self, values: Tensor, places: NDArray[Any], low: float, high: float) -> None:
        """Clamp values that are half of 1 too large, and count those of which it is sure.

        Before, they were from `low` to `high`.
        """
        import torch

        ones = self.room.of(*values.shape)  # floats, as these are summed the fastest
        outside = 0
        if low < 0:
            outside += int(torch.lt(values, 0, out=ones).sum())
        if high > WHITE:
            outside += int(torch.ge(values, WHITE + 1, out=ones).sum())
        if outside:
            self.outside += outside - _outside(values.numpy().take(places), 0, WHITE + 1)
        if low < 0 or high > WHITE:
            values.clamp_(0, WHITE + 0.5)

    def _look_for_extremes(self, made: _Made) -> tuple[float, float]:
        """Return the extremes, and remember them as double precision has them."""
        error = self.tables.error
        low, high = (float(extreme) + MIDDLE for extreme in made.values.aminmax())
        if low <= self.low + error:
            places = made.places(made.values <= min(low, self.low) + 2 * error - MIDDLE)[
                :MOST_EXTREME
            ]
            self.low = min(self.low, float(self._summed(made, places).min(initial=math.inf)))
        if high >= self.high - error:
            places = made.places(made.values >= max(high, self.high) - 2 * error - MIDDLE)[
                :MOST_EXTREME
            ]
            self.high = max(self.high, float(self._summed(made, places).max(initial=-math.inf)))
        return low, high

    def _summed(self, made: _Made, places: NDArray[Any]) -> NDArray[Any]:
        return self.tables.summed(made.exact, made.left, *made.rows_and_columns(places))

    @property
    def clamped(self) -> Clamped:
        """What was outside."""
        return Clamped(self.outside, self.low, self.high)


def _outside(values: NDArray[Any], low: float, high: float) -> int:
    """Return how many values are below or not below limits."""
    import numpy as np

    return int(np.count_nonzero((values < low) | (values >= high)))


def _rounded(values: NDArray[Any]) -> NDArray[Any]:
    """Return values as bytes, as all results are rounded."""
    import numpy as np

    rounded: NDArray[Any] = (np.clip(values, 0, WHITE) + np.float32(HALF)).astype(np.uint8)
    return rounded
