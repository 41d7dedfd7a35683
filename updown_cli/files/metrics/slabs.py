"""Two pictures as float64, some rows at a time, so that little memory is needed at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Numbers of a slab; it stays in a processor's cache and costs 2 MB as float64.
SLAB_VALUES = 1 << 18


@dataclass(frozen=True)
class Slab:
    """Rows of one frame of both, C x rows x sides, as they are stored and as float64."""

    frame: int
    rows: slice
    stored: tuple[NDArray[Any], NDArray[Any]]
    a: NDArray[Any]
    b: NDArray[Any]


@dataclass(frozen=True)
class Both:
    """Two arrays of one shape, frames x channels x sides, of any type.

    Each is multiplied by its gain. With `opaque`, the value of an opaque pixel, the last channel is
    alpha and the others are weighed by it. `tell` hears how many rows of how many are done.
    """

    a: NDArray[Any]
    b: NDArray[Any]
    gains: tuple[float, float] = (1.0, 1.0)
    opaque: float | None = None
    tell: Callable[[int, int], None] | None = field(default=None, compare=False)

    def slabs(self, overlap: int = 0) -> Iterator[Slab]:
        """Yield all rows of all frames; a slab repeats the last `overlap` rows of the one before.

        A row is an index of the first side.
        """
        rows = self.a.shape[2]
        total = len(self.a) * rows
        step = max(SLAB_VALUES // (self.a[0].size // rows), overlap, 1)
        for frame in range(self.a.shape[0]):
            for first in range(0, max(rows - overlap, 1), step):
                yield self._slab(frame, slice(first, first + step + overlap))
                if self.tell is not None:
                    self.tell(min(frame * rows + first + step, total), total)

    def _slab(self, frame: int, rows: slice) -> Slab:
        stored = self.a[frame][:, rows], self.b[frame][:, rows]
        a, b = (self._converted(x, gain) for x, gain in zip(stored, self.gains, strict=True))
        _level(a, b)
        return Slab(frame, rows, stored, a, b)

    def _converted(self, stored: NDArray[Any], gain: float) -> NDArray[Any]:
        x = stored.astype("float64")
        if gain != 1.0:
            x *= gain
        if self.opaque is not None:
            x[:-1] *= x[-1] / self.opaque
        return x

    @property
    def as_stored(self) -> bool:
        """Whether the numbers as they are stored can be compared one by one, all their bits."""
        return self.gains == (1.0, 1.0) and self.opaque is None and self.a.dtype == self.b.dtype

    @property
    def pixels(self) -> int:
        """Number of pixels in all frames."""
        return len(self.a) * math.prod(map(int, self.a.shape[2:]))


def _level(a: NDArray[Any], b: NDArray[Any]) -> None:
    """Put 0 where both have the same infinity, or NaN, whose difference would be NaN."""
    import numpy as np

    if np.isfinite(a).all() and np.isfinite(b).all():
        return
    same = ~np.isfinite(a) & ((a == b) | (np.isnan(a) & np.isnan(b)))
    a[same] = b[same] = 0.0
