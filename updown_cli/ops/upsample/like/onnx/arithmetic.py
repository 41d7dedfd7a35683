"""How ONNX Runtime adds up what its Resize weighs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.op.resampling import Table
from updown_cli.ops.upsample.like.arithmetic import Arithmetic, Sums, truncated

if TYPE_CHECKING:
    from updown_cli.ops.upsample.like.arithmetic import Numbers

# Bits behind the point of the weights of bytes.
BITS = 22


@dataclass(frozen=True)
class Products:
    """Sums over both sides at once, of products of their weights in float32; bytes are cut off."""

    def resize(self, pixels: Numbers, down: Table, across: Table) -> Numbers:
        """Return the sums in the type of the pixels."""
        import numpy as np

        x = pixels.astype(np.float32)
        total = np.zeros((*x.shape[:2], down.sources.shape[1], across.sources.shape[1]), x.dtype)
        for row, by_row in zip(down.sources, down.weights.astype(np.float32), strict=True):
            rows = np.take(x, row, 2)
            for column, by_column in zip(
                across.sources, across.weights.astype(np.float32), strict=True
            ):
                weights = by_row[:, None] * by_column
                part = np.where(weights == 0, np.float32(0), np.take(rows, column, 3))
                total += weights * part
        if pixels.dtype.kind == "f":
            return total.astype(pixels.dtype, copy=False)
        return truncated(total, pixels.dtype.name)


@dataclass(frozen=True)
class Filled:
    """Another arithmetic, whose results have a value where a table has no weights."""

    inner: Arithmetic
    value: float

    def resize(self, pixels: Numbers, down: Table, across: Table) -> Numbers:
        """Return the sums with the value where nothing is read."""
        import numpy as np

        result = self.inner.resize(pixels, down, across)
        rows, columns = ((table.weights == 0).all(0) for table in (down, across))
        value = np.array(self.value)
        if pixels.dtype.kind != "f":
            value = np.clip(value, 0, np.iinfo(pixels.dtype).max)
        return np.where(rows[:, None] | columns, value.astype(pixels.dtype), result)


def whole_weights(table: Table) -> Table:
    """Return a table whose weights are whole numbers, 2^22 for 1, rounded half away from 0."""
    import numpy as np

    scaled = table.weights * (1 << BITS)
    return Table(table.sources, np.trunc(scaled + np.copysign(0.5, scaled)))


def _bytes(sums: Numbers) -> Numbers:
    """Return sums of whole weights as bytes, rounded half up."""
    import numpy as np

    rounded: Numbers = (sums + (1 << (BITS - 1))) >> BITS
    return np.clip(rounded, 0, 255)


def _stored(sums: Numbers, dtype: str) -> Numbers:
    return _bytes(sums).astype(dtype)


#: Bytes by whole weights, rounded after each side.
WHOLE = Sums(dtype="int64", between=_bytes, at_end=_stored)

#: Floats of single precision, columns first.
SINGLE = Sums(dtype="float32")
