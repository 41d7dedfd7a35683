"""Banded matrices cut into small dense blocks, for matrix products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

    from updown_cli.op.resampling import Table

# Output pixels of a block: more are more zeros, fewer are more calls. Measured on 2 cores.
BLOCK = 16

# Values that a product of matrices sums in one go. More it sums in parts, and where these begin
# decides about the last bit.
SUMMED = 384


@dataclass(frozen=True)
class DenseBlock:
    """Outputs `first` to `last` of an axis from inputs `start` to `end`: an out x in matrix."""

    first: int
    last: int
    start: int
    end: int
    matrix: NDArray[Any]


def dense_blocks(table: Table, high: int = BLOCK, dtype: DTypeLike = "float32") -> list[DenseBlock]:
    """Return a table as dense blocks of so many outputs, whose numbers have a type."""
    import numpy as np

    out = table.sources.shape[1]
    firsts = np.arange(0, out, high)
    weighs = table.weights != 0
    far = np.iinfo(np.int64).max
    starts = np.minimum.reduceat(np.where(weighs, table.sources, far).min(0), firsts)
    ends = np.maximum.reduceat(np.where(weighs, table.sources, -1).max(0), firsts) + 1
    starts = np.minimum(starts, np.maximum(ends - 1, 0))  # a block that reads nothing
    ends = np.maximum(ends, starts + 1)
    dense = np.zeros((len(firsts), high, int((ends - starts).max())), dtype)
    outputs = np.arange(out)
    block, row = outputs // high, outputs % high
    for sources, weights, kept in zip(table.sources, table.weights, weighs, strict=True):
        at = block[kept], row[kept], (sources - starts[block])[kept]
        dense[at] += weights[kept]
    lasts = np.minimum(firsts + high, out)
    return [
        DenseBlock(first, last, start, end, matrix[: last - first, : end - start])
        for first, last, start, end, matrix in zip(
            *(part.tolist() for part in (firsts, lasts, starts, ends)), dense, strict=True
        )
    ]


def low_blocks(table: Table, high: int, channels: int = 1) -> list[DenseBlock]:
    """Return blocks of fewer outputs than usual, but where sums of channels would lose a bit."""
    usual = dense_blocks(table)
    most = max(block.end - block.start for block in usual) * channels
    return usual if most > SUMMED else dense_blocks(table, high)


def reach(blocks: Sequence[DenseBlock]) -> tuple[int, int]:
    """Return [first, last) of the inputs that blocks read."""
    return min(block.start for block in blocks), max(block.end for block in blocks)
