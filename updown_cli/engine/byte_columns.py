"""The horizontal table of a picture of bytes, as batches of matrix products.

Channels are side by side, so a matrix has every weight once for each. Blocks whose inputs begin
about evenly spaced are one batch: a call for each of them would take longer than its arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from updown_cli.engine.dense_blocks import SUMMED, DenseBlock, low_blocks, reach
from updown_cli.engine.room import Room

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.resampling import Table

# Values of a row that a block makes: more are more zeros.
MADE = 24

# Pixels that a batch reads beyond what a block needs, so that more blocks are evenly spaced.
SLACK = 4

# Values of a row that are computed at a time: what stays in the processor's cache is faster.
TILE = 8192


@dataclass(frozen=True)
class Batch:
    """Values `first` to `last` of a row, made of those from `start` on, every block `step` later.

    `matrices` are blocks x read x made.
    """

    first: int
    last: int
    start: int
    step: int
    matrices: Tensor

    @property
    def end(self) -> int:
        """The value behind the last that is read."""
        blocks, read, _ = self.matrices.shape
        return self.start + (blocks - 1) * self.step + read

    def applied(self, rows: Tensor, left: int, room: Room) -> Tensor:
        """Return blocks x rows x made; rows begin with value `left`, and have all that is read.

        What is read behind a row has no weight, but must be finite.
        """
        import torch

        blocks, read, made = self.matrices.shape
        each = rows.as_strided(
            (blocks, len(rows), read),
            (self.step, rows.stride(0), 1),
            rows.storage_offset() + self.start - left,
        )
        result = room.of(blocks, len(rows), made)
        return torch.bmm(each, self.matrices, out=result)

    def place_in(self, rows: Tensor, left: int) -> Tensor:
        """Return where in rows that begin with value `left` the blocks lie."""
        blocks, _, made = self.matrices.shape
        place = rows[:, self.first - left : self.last - left]
        return place.view(len(place), blocks, made).movedim(1, 0)


@dataclass(frozen=True)
class Columns:
    """The horizontal table, or a part of it, which weighs values `left` to `right` of a row."""

    left: int
    right: int
    batches: list[Batch]

    @cached_property
    def behind(self) -> int:
        """How many values behind these are read without a weight."""
        return max(0, *(batch.end - self.right for batch in self.batches))

    @property
    def first(self) -> int:
        """The first value that is made."""
        return self.batches[0].first

    @property
    def width(self) -> int:
        """How many values are made."""
        return self.batches[-1].last - self.first

    @property
    def bytes(self) -> int:
        """What the matrices take."""
        return sum(batch.matrices.untyped_storage().nbytes() for batch in self.batches)


def column_tiles(table: Table, channels: int, made: int = MADE, tile: int = TILE) -> list[Columns]:
    """Return the table for rows of so many channels, in parts that read about `tile` values.

    A block makes about so many values of a row.
    """
    blocks = low_blocks(table, made // channels, channels)
    left, right = reach(blocks)
    each = -(-len(blocks) // -(-(right - left) * channels // tile))
    return [
        _columns(blocks[first : first + each], channels) for first in range(0, len(blocks), each)
    ]


def _columns(blocks: list[DenseBlock], channels: int) -> Columns:
    batches = [_batch(*run, channels) for run in _runs(blocks, channels)]
    _, right = reach(blocks)
    return Columns(min(batch.start for batch in batches), right * channels, batches)


def _runs(blocks: list[DenseBlock], channels: int) -> Iterator[tuple[list[DenseBlock], int]]:
    """Yield blocks of one width whose inputs begin about evenly spaced, and how many values."""
    while blocks:
        spaces = max(len(blocks) - 1, 1)
        step = max(blocks[-1].start - blocks[0].start, 0) * channels // spaces
        begin, count = max(blocks[0].start - 1, 0) * channels, 1
        while count < len(blocks) and _joins(blocks, count, begin + count * step, channels):
            count += 1
        yield blocks[:count], step
        blocks = blocks[count:]


def _joins(blocks: list[DenseBlock], number: int, begin: int, channels: int) -> bool:
    """Whether a block has the width of the first and reads from a value on, or from soon after.

    What is not summed in one go stays alone: its first value decides about the last bit.
    """
    first, block = blocks[0], blocks[number]
    ahead = block.start * channels - begin
    alike = block.last - block.first == first.last - first.first
    reads = max(first.end - first.start, block.end - block.start) + SLACK
    return alike and reads * channels <= SUMMED and 0 <= ahead <= SLACK * channels


def _batch(blocks: list[DenseBlock], step: int, channels: int) -> Batch:
    """Return a run of blocks as one batch; matrices that are all the same are one."""
    import numpy as np
    import torch

    first, n = blocks[0], channels
    start = min(block.start * n - number * step for number, block in enumerate(blocks))
    begins = [start + number * step for number in range(len(blocks))]
    read = max(block.end * n - begin for block, begin in zip(blocks, begins, strict=True))
    matrices = np.zeros((len(blocks), read, (first.last - first.first) * n), np.float32)
    for block, begin, matrix in zip(blocks, begins, matrices, strict=True):
        ahead = block.start * n - begin
        for channel in range(n):
            rows = slice(ahead + channel, ahead + (block.end - block.start) * n, n)
            matrix[rows, channel::n] = block.matrix.T
    alike = len(blocks) > 1 and (matrices == matrices[0]).all()
    tensor = torch.from_numpy(matrices[:1].copy() if alike else matrices)
    return Batch(
        first=first.first * n,
        last=blocks[-1].last * n,
        start=start,
        step=step,
        matrices=tensor.expand(len(blocks), -1, -1),
    )
