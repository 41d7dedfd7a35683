"""Tables that need double precision, with what they are in single, and how far that may be off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.engine.byte_columns import Columns, column_tiles
from updown_cli.engine.dense_blocks import dense_blocks
from updown_cli.op.resampling import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.engine.byte_strips import Strip

# Rows of a block, blocks of a strip, and values of a row that are computed at a time: doubles of
# the rows that a strip reads. Measured on 2 cores.
BLOCK, BLOCKS, TILE = 48, 6, 1024

# Weights below this are left out where the error is bounded.
SLIGHT = 2.0**-21

# By how much single precision may change a number, and the largest byte.
UNIT, WHITE = 2.0**-24, 255

# Subtracted from bytes and added to what is made of them: numbers nearer to 0 lose less.
MIDDLE = 128.0

# Values of a row that a block makes: wider than of tables of few weights.
MADE = 96


@dataclass(frozen=True)
class CheckedTables:
    """The tables of both sides, for rows of so many channels.

    `columns` are the horizontal one in single precision, which is off by `error` at most. Pixel j
    is made of pixels from `firsts[j]` on, which `weights[j]` weighs in double precision.
    """

    size: tuple[int, int]
    strips: list[Strip]
    columns: list[Columns]
    firsts: NDArray[Any]
    weights: NDArray[Any]
    channels: int
    error: float

    @classmethod
    def of(cls, tables: Iterable[Table], channels: int) -> CheckedTables:
        """Return the vertical and the horizontal table so.

        Each reads pixels side by side, and weights that add up to 1.
        """
        import numpy as np
        import torch

        vertical, horizontal = tables
        slight = np.abs(horizontal.weights) < SLIGHT
        short = Table(horizontal.sources, np.where(slight, 0.0, horizontal.weights))
        lines = [
            (block, torch.from_numpy(block.matrix))
            for block in dense_blocks(vertical, BLOCK, np.float64)
        ]
        return cls(
            (vertical.sources.shape[1], horizontal.sources.shape[1]),
            [lines[first : first + BLOCKS] for first in range(0, len(lines), BLOCKS)],
            column_tiles(short, channels, MADE, TILE),
            horizontal.sources[0],
            np.ascontiguousarray(horizontal.weights.T),
            channels,
            _error(vertical, horizontal, slight),
        )

    @property
    def bytes(self) -> int:
        """What they take."""
        lines = sum(matrix.nbytes for strip in self.strips for _, matrix in strip)
        exact = self.firsts.nbytes + self.weights.nbytes
        return lines + exact + sum(part.bytes for part in self.columns)

    def read_by(self, columns: Columns) -> tuple[int, int]:
        """Return [first, last) of the values that columns are made of in either precision."""
        count, taps = self.channels, self.weights.shape[1]
        firsts = self.firsts[columns.first // count : (columns.first + columns.width) // count]
        low, high = int(firsts.min()) * count, (int(firsts.max()) + taps) * count
        return min(columns.left, low), max(columns.right, high)

    def summed(
        self, exact: NDArray[Any], left: int, rows: NDArray[Any], columns: NDArray[Any]
    ) -> NDArray[Any]:
        """Return values of rows and columns, from rows that begin with value `left`."""
        import numpy as np

        pixels, channel = np.divmod(columns, self.channels)
        begin = rows * exact.shape[1] + self.firsts[pixels] * self.channels + channel - left
        apart = np.arange(self.weights.shape[1]) * self.channels
        taken = exact.reshape(-1).take(begin[:, None] + apart)
        sums: NDArray[Any] = np.einsum("nk,nk->n", taken, self.weights.take(pixels, 0))
        return (sums + MIDDLE).astype(np.float32)


def _error(vertical: Table, horizontal: Table, slight: NDArray[Any]) -> float:
    """Return by how much a sum in single precision may be off, in whatever order it is made."""
    import numpy as np

    largest = MIDDLE * float(np.abs(vertical.weights).sum(0).max())
    weights = np.abs(horizontal.weights)
    total, left_out = float(weights.sum(0).max()), float((weights * slight).sum(0).max())
    # Each product and sum, weights, and what is summed; then the two additions to a result.
    roundings = int((~slight).sum(0).max()) + 2
    return largest * (left_out + roundings * UNIT * total) + 2 * UNIT * (largest * total + MIDDLE)
