"""OpenCV's arithmetic with bytes: weights of 11 bits, and what its vector code does otherwise.

A row is a row of values, channels side by side. Vector code takes so many values at once, and what
is left at the end of a row is computed by other code, which may round otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.op.resampling import Table
from updown_cli.ops.upsample.like.arithmetic import rounded_half_even, weighted
from updown_cli.ops.upsample.like.side import FLOAT32, FLOAT64, UINT8, UINT16, Side

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[Any]

BITS = 11
ONE = 1 << BITS

# Values that vector code of 128 bits takes at once: integers of 16 bits, or floats.
SHORTS, FLOATS = 8, 4

# Bits that are left out before the rows are weighed, and behind that.
BEFORE, BEHIND = 4, 16


def as_weights(side: Side, weights: Numbers) -> Numbers:
    """Return weights as they are for a kind: of bytes, parts of 2048, halves to even."""
    import numpy as np

    if side.kind != UINT8:
        return weights.astype(np.float64)
    parts: Numbers = np.rint(weights.astype(np.float32) * np.float32(ONE))
    return parts.astype(np.float64) / ONE


def parts_of(table: Table) -> Table:
    """Return a table with weights as whole parts of 2048."""
    import numpy as np

    return Table(table.sources, np.rint(table.weights * ONE))


@dataclass(frozen=True)
class FixedPoint:
    """Bytes across in whole numbers, then `down` of rows of them; `in_vectors` for most values."""

    down: Callable[[Numbers, Table], Numbers]
    in_vectors: Callable[[Numbers, Table], Numbers] | None = None

    def resize(self, pixels: Numbers, down: Table, across: Table) -> Numbers:
        """Return the bytes."""
        import numpy as np

        sums = weighted(pixels.astype(np.int64), 3, parts_of(across))
        if self.in_vectors is None:
            return _bytes(self.down(sums, parts_of(down)))
        by_vectors = self.in_vectors(sums, parts_of(down))
        return with_tail(by_vectors, sums, SHORTS, lambda part: self.down(part, parts_of(down)))


def _bytes(values: Numbers) -> Numbers:
    import numpy as np

    return np.clip(values, 0, 255).astype(np.uint8)


def with_tail(
    values: Numbers, source: Numbers, at_once: int, tail: Callable[[Numbers], Numbers]
) -> Numbers:
    """Return values with those at the end of rows as `tail` makes them of the source's columns."""
    import numpy as np

    channels, width = values.shape[1], values.shape[3]
    whole = width * channels // at_once * at_once
    first = whole // channels
    if first == width:
        return values
    places = np.arange(first, width) * channels + np.arange(channels)[:, None]
    others = tail(source[..., first:])
    ends = np.where((places >= whole)[:, None, :], others, values[..., first:])
    return np.concatenate([values[..., :first], ends.astype(values.dtype)], 3)


def _linear_down(sums: Numbers, table: Table) -> Numbers:
    """Return (b0 * (S0 >> 4) >> 16) + (b1 * (S1 >> 4) >> 16), less two bits."""
    import numpy as np

    short, weights = sums >> BEFORE, table.weights.astype(np.int64)[..., None]
    rows = (
        np.take(short, source, 2) * weight
        for source, weight in zip(table.sources, weights, strict=True)
    )
    first, second = (row >> BEHIND for row in rows)
    done: Numbers = (first + second + 2) >> 2
    return done


def _whole_down(sums: Numbers, table: Table) -> Numbers:
    """Return whole sums, without their 22 bits behind the point, rounded half up."""
    return (weighted(sums, 2, table) + (1 << (2 * BITS - 1))) >> (2 * BITS)


def _cubic_in_vectors(sums: Numbers, table: Table) -> Numbers:
    """Return sums in single precision, the last row first, rounded half to even."""
    import numpy as np

    scaled = table.weights / (ONE * ONE)  # exact in single precision
    done = weighted(sums.astype(np.float32), 2, backwards(Table(table.sources, scaled)))
    return rounded_half_even(done, UINT8)


def backwards(table: Table) -> Table:
    """Return the table with its taps from the last to the first, in which order they are added."""
    return Table(table.sources[::-1], table.weights[::-1])


LINEAR_BYTES = FixedPoint(_linear_down)
LANCZOS_BYTES = FixedPoint(_whole_down)
CUBIC_BYTES = FixedPoint(lambda sums, table: _bytes(_whole_down(sums, table)), _cubic_in_vectors)


@dataclass(frozen=True)
class CubicFloats:
    """Single precision, in which vector code adds the last row first; double for doubles."""

    kind: str

    def resize(self, pixels: Numbers, down: Table, across: Table) -> Numbers:
        """Return the sums in the type of the pixels."""
        dtype = FLOAT64 if self.kind == FLOAT64 else FLOAT32
        sums = weighted(pixels.astype(dtype), 3, across)
        if self.kind == FLOAT64:
            return weighted(sums, 2, down)
        done = weighted(sums, 2, backwards(down))
        at_once = SHORTS if self.kind == UINT16 else FLOATS
        done = with_tail(done, sums, at_once, lambda part: weighted(part, 2, down))
        return done if self.kind == FLOAT32 else rounded_half_even(done, self.kind)
