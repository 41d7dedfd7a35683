"""Pixels that tables of one weight pick, of any numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.engine.memory import release_pages
from updown_cli.op.channels import interleave_channels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.op.resampling import Table

# Rows that are picked at a time.
ROWS = 256


@dataclass(frozen=True)
class PixelPicks:
    """The row and the column that every output pixel is."""

    above: NDArray[Any]
    left: NDArray[Any]

    @classmethod
    def of(cls, tables: Iterable[Table]) -> PixelPicks:
        """Return what a vertical and a horizontal table of one weight pick."""
        return cls(*map(picked_pixels, tables))

    @property
    def size(self) -> tuple[int, int]:
        """The sides of the result."""
        return len(self.above), len(self.left)

    @property
    def bytes(self) -> int:
        """What they take."""
        return self.above.nbytes + self.left.nbytes


def pick_pixels(rows: NDArray[Any], picks: PixelPicks, tell: Callable[[int], None]) -> NDArray[Any]:
    """Return the picked pixels of H x W x C of any numbers; `tell` is told how many rows are."""
    import numpy as np

    channels = rows.shape[2]
    above, left = picks.above, picks.left
    result = np.empty((len(above), len(left), channels), rows.dtype)
    for top in range(0, len(above), ROWS):
        lines, again = np.unique(above[top : top + ROWS], return_inverse=True)
        read = interleave_channels(_lines(rows, lines).transpose(2, 0, 1))
        whole = read.view(f"V{rows.itemsize * channels}")[..., 0]
        wide = np.take(whole, left, axis=1, mode="clip").view(rows.dtype)
        wide = wide.reshape(len(lines), len(left), channels)
        np.take(wide, again, axis=0, out=result[top : top + len(again)], mode="clip")
        release_pages(rows)
        tell(top + len(again))
    return result


def _lines(rows: NDArray[Any], which: NDArray[Any]) -> NDArray[Any]:
    """Return some rows; those that follow each other as a view."""
    first, last = int(which[0]), int(which[-1]) + 1
    return rows[first:last] if last - first == len(which) else rows[which]


def picked_pixels(table: Table) -> NDArray[Any]:
    """Return the pixel that has the weight, for each output pixel."""
    import numpy as np

    outputs = np.arange(table.sources.shape[1])
    picks: NDArray[Any] = table.sources[np.argmax(table.weights, axis=0), outputs]
    return picks
