"""Bins over rows of pixels as they are stored: of any sizes, at any places, also overlapping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.op.row_windows import sliding

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import DTypeLike, NDArray


@dataclass(frozen=True)
class Bins:
    """Bins of an axis: the first pixel of each, and how many there are in it."""

    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def most(self) -> int:
        """Pixels of the largest."""
        return int(self.sizes.max())


def combined(
    rows: NDArray[Any],
    step: int,
    bins: Sequence[Bins],
    combine: np.ufunc,
    dtype: DTypeLike | None = None,
) -> NDArray[Any]:
    """Return all values of every bin combined, by what may combine in any order: rows x columns.

    `rows` are H x values, `step` of which one pixel has. They are combined as numbers of a dtype,
    which is theirs if none is given.
    """
    import numpy as np

    down, across = bins
    high = np.empty((len(down), rows.shape[1]), dtype or rows.dtype)
    for place, first, size in zip(high, down.starts.tolist(), down.sizes.tolist(), strict=True):
        combine.reduce(rows[first : first + size].astype(high.dtype, copy=False), 0, out=place)
    made = np.empty((len(down), len(across), step), high.dtype)
    for size in np.unique(across.sizes).tolist():
        which = across.sizes == size
        close = sliding(high, size, step, combine).reshape(len(high), -1, step)
        made[:, which] = close[:, across.starts[which]]
    return made.reshape(len(down), -1)
