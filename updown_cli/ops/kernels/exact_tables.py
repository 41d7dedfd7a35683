"""Kernels whose sums over bytes are exact in single precision, as a table for each axis.

Their numbers are whole multiples of a power of two, of few digits, and an outer product: so no
order of adding rounds anything, and rows may be summed before columns.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from updown_cli.op.integer_way import BYTE, EXACT
from updown_cli.op.resampling import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

# In units of which kernels are looked at.
ONE = 1 << 12


def exact_tables(
    weight: NDArray[Any], groups: int, taps: Sequence[tuple[NDArray[Any], int]]
) -> tuple[Table, ...] | None:
    """Return the table of each side for a weight that is one kernel for each channel by itself.

    `taps` are the pixels that each tap brings to each output pixel, taps x out, and how many
    pixels there are: others weigh nothing. None where sums may be rounded.
    """
    kernel = weight[0, 0]
    if kernel.ndim != 2 or groups != len(weight) or weight.shape[1] != 1:
        return None
    factors = _exact_factors(kernel) if (weight == kernel).all() else None
    if factors is None:
        return None
    sides = zip(taps, factors, strict=True)
    return tuple(_table(sources, length, factor) for (sources, length), factor in sides)


def _exact_factors(kernel: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """Return the column and the row of which a kernel is the exact product; None if of none."""
    import numpy as np

    whole = kernel * ONE
    if not (whole == np.rint(whole)).all() or not 0 < np.abs(whole).max() < EXACT:
        return None
    numbers = whole.astype(np.int64)
    pivot = numbers[np.abs(numbers).max(1).argmax()]
    row = pivot // math.gcd(*pivot.tolist())
    column = numbers @ row // int(row @ row)
    if not (np.outer(column, row) == numbers).all():
        return None
    unit = math.gcd(*column.tolist(), ONE)
    total = int(np.abs(column // unit).sum()) * int(np.abs(row).sum()) * BYTE
    return (column / ONE, row.astype(np.float64)) if total < EXACT else None


def _table(sources: NDArray[Any], length: int, factor: NDArray[Any]) -> Table:
    import numpy as np

    inside = (sources >= 0) & (sources < length)
    return Table(np.clip(sources, 0, length - 1), np.where(inside, factor[:, None], 0.0))
