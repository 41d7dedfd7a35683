"""How libraries add up what tables weigh: types, the order of the sides, roundings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from updown_cli.op.resampling import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[Any]


class Arithmetic(Protocol):
    """What a library does with N x C x H x W and a table for each side."""

    def resize(self, pixels: Numbers, down: Table, across: Table) -> Numbers:
        """Return the result, in the type of the pixels."""
        ...


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Weighted sums in a float type, one side after the other, tap after tap.

    `between` acts on what the first side gives, `at_end` makes integers of the result.
    """

    dtype: str
    across_first: bool = True
    between: Callable[[Numbers], Numbers] | None = None
    at_end: Callable[[Numbers, str], Numbers] | None = None

    def resize(self, pixels: Numbers, down: Table, across: Table) -> Numbers:
        """Return the sums in the type of the pixels."""
        passes = [(3, across), (2, down)]
        first, second = passes if self.across_first else passes[::-1]
        sums = weighted(pixels.astype(self.dtype), *first)
        if self.between is not None:
            sums = self.between(sums)
        sums = weighted(sums, *second)
        if pixels.dtype.kind == "f":
            return sums.astype(pixels.dtype, copy=False)
        return (self.at_end or rounded_half_even)(sums, pixels.dtype.name)


def weighted(pixels: Numbers, axis: int, table: Table) -> Numbers:
    """Return sums of pixels along an axis, in their type; what has no weight is not read."""
    import numpy as np

    weights = table.weights.astype(pixels.dtype)
    weights = weights.reshape(*weights.shape, *(1,) * (pixels.ndim - axis - 1))
    total: Numbers | None = None
    for source, weight in zip(table.sources, weights, strict=True):
        part = np.take(pixels, source, axis)
        if pixels.dtype.kind == "f" and (weight == 0).any():
            part = np.where(weight == 0, pixels.dtype.type(0), part)
        part = np.multiply(part, weight, out=part)
        total = part if total is None else np.add(total, part, out=total)
    assert total is not None
    return total


def rounded_half_even(sums: Numbers, dtype: str) -> Numbers:
    """Return integers of a type: rounded half to even, and clipped."""
    import numpy as np

    return np.clip(np.rint(sums), 0, np.iinfo(dtype).max).astype(dtype)


def rounded_half_up(sums: Numbers, dtype: str) -> Numbers:
    """Return integers of a type: rounded half up, and clipped."""
    import numpy as np

    return np.clip(np.floor(sums + 0.5), 0, np.iinfo(dtype).max).astype(dtype)


def truncated(sums: Numbers, dtype: str) -> Numbers:
    """Return integers of a type: clipped, and what is behind the point left out."""
    import numpy as np

    return np.clip(sums, 0, np.iinfo(dtype).max).astype(dtype)


#: Sums without any rounding: what a table says.
EXACT = Sums(dtype="float64")
