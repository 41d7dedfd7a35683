"""Interpolation of 8-bit pictures by tables, a strip of rows at a time.

A table is a banded matrix. Cut into small dense blocks, it is applied to rows of pixels, channels
side by side, by matrix products; floats never exist for more than a strip.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.engine.byte_columns import Columns, column_tiles
from updown_cli.engine.byte_strips import put_strips, reach_of
from updown_cli.engine.dense_blocks import dense_blocks, low_blocks
from updown_cli.engine.quantize import Clamped
from updown_cli.engine.room import Room
from updown_cli.engine.rows import RowSource, RowTarget
from updown_cli.op.integer_way import HALF, only_average

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.engine.byte_strips import Strip
    from updown_cli.op.resampling import Table

# Rows of a strip. Where rows have more values than `WIDE` they are fewer: a strip reads so many.
STRIP_ROWS, WIDE, STRIP_VALUES = 256, 24576, 4 << 20

# Rows of a block of one that is shrunk: few, as blocks read many more rows than they have.
SHRUNK_BLOCK = 8


@dataclass(frozen=True)
class ByteTables:
    """The tables of both sides of a picture as matrices, for rows of so many channels.

    What only averages gives bytes of bytes, of which nothing is to be clamped.
    """

    size: tuple[int, int]
    shrinks: bool
    averages: bool
    columns: list[Columns]
    strips: list[Strip]

    @classmethod
    def of(cls, tables: Iterable[Table], channels: int, *, shrinks: bool) -> ByteTables:
        """Return the vertical and the horizontal table so, whether or not a picture gets lower."""
        import torch

        vertical, horizontal = both = tuple(tables)
        size = vertical.sources.shape[1], horizontal.sources.shape[1]
        columns = column_tiles(horizontal, channels)
        blocks = low_blocks(vertical, SHRUNK_BLOCK) if shrinks else dense_blocks(vertical)
        lines = [(block, torch.from_numpy(block.matrix)) for block in blocks]
        values = max(sum(part.right - part.left for part in columns), size[1] * channels)
        return cls(size, shrinks, all(map(_averages, both)), columns, [*_strips(lines, values)])

    @property
    def bytes(self) -> int:
        """What they take."""
        lines = sum(matrix.nbytes for strip in self.strips for _, matrix in strip)
        return lines + sum(part.bytes for part in self.columns)


def interpolate_bytes(source: RowSource, target: RowTarget, tables: ByteTables) -> Clamped:
    """Put one frame of bytes interpolated, clamped and rounded half up into a target.

    Its rooms have channels side by side. Returns what was clamped.
    """
    bench = _Workspace(tables.columns, tables.averages)
    act = bench.shrink if tables.shrinks else bench.stretch
    return put_strips(source, target, tables.strips, act)


def _averages(table: Table) -> bool:
    """Whether a table makes nothing of pixels that is beyond the least and the largest of them."""
    return only_average(table.weights.min(), table.weights.sum(0).max())


class _Workspace(threading.local):
    """Where strips are made; every thread has its own room."""

    def __init__(self, columns: list[Columns], averages: bool) -> None:
        self.columns, self.averages = columns, averages
        self.pixels, self.high, self.blocks, self.wide = Room(), Room(), Room(), Room()

    def shrink(self, strip: Strip, read: Tensor, result: Tensor) -> Clamped:
        """Store a strip that is made of more rows than it has, some columns after the other."""
        import torch

        start, first, last = reach_of(strip)[0], strip[0][0].first, strip[-1][0].last
        quantization = _Bytes(self.averages)
        for columns in self.columns:
            part = read[:, columns.left : columns.right]
            floats = self.pixels.of(*part.shape).copy_(part)
            shrunk = self.high.of(last - first, part.shape[1], behind=columns.behind)
            for block, matrix in strip:
                lines = floats[block.start - start : block.end - start]
                torch.mm(matrix, lines, out=shrunk[block.first - first : block.last - first])
            for batch in columns.batches:
                values = batch.applied(shrunk, columns.left, self.blocks)
                quantization.put(values, batch.place_in(result, 0))
        return quantization.clamped

    def stretch(self, strip: Strip, read: Tensor, result: Tensor) -> Clamped:
        """Store a strip that is made of fewer rows than it has, some columns after the other."""
        start, first = reach_of(strip)[0], strip[0][0].first
        quantization = _Bytes(self.averages)
        for columns in self.columns:
            part = read[:, columns.left : columns.right]
            floats = self.pixels.of(*part.shape, behind=columns.behind).copy_(part)
            wide = self._across(floats, columns)
            place = result[:, columns.first : columns.first + columns.width]
            for block, matrix in strip:
                lines = wide[block.start - start : block.end - start]
                quantization.put(matrix @ lines, place[block.first - first :][: len(matrix)])
        return quantization.clamped

    def _across(self, rows: Tensor, columns: Columns) -> Tensor:
        """Return rows with a part of the horizontal table applied."""
        wide = self.wide.of(len(rows), columns.width)
        for batch in columns.batches:
            values = batch.applied(rows, columns.left, self.blocks)
            batch.place_in(wide, columns.first).copy_(values)
        return wide


def _strips(lines: Strip, values: int) -> Iterator[Strip]:
    """Yield as many blocks as there should be at a time, of rows of so many values."""
    rows = STRIP_ROWS
    if values > WIDE:
        made, read = lines[-1][0].last, reach_of(lines)[1]
        rows = min(rows, STRIP_VALUES * made // (max(read, made) * values))
    blocks = max(1, rows // lines[0][0].last)
    for first in range(0, len(lines), blocks):
        yield lines[first : first + blocks]


class _Bytes:
    """Floats on their way to bytes, and a memory of what had to be clamped: nothing of averages."""

    def __init__(self, averages: bool) -> None:
        self.averages, self.outside, self.extremes = averages, 0, (math.inf, -math.inf)

    def put(self, values: Tensor, place: Tensor) -> None:
        """Store values, clamped and rounded half up, at a place."""
        if not self.averages:
            self._clamp(values)
        place.copy_(values.add_(HALF))

    def _clamp(self, values: Tensor) -> None:
        import torch

        low, high = (float(extreme) for extreme in values.aminmax())
        if low < -0.5:
            self.outside += int(torch.count_nonzero(values < -0.5))
        if high >= 255.5:
            self.outside += int(torch.count_nonzero(values >= 255.5))
        if low < 0 or high > 255:
            values.clamp_(0, 255)
        self.extremes = min(low, self.extremes[0]), max(high, self.extremes[1])

    @property
    def clamped(self) -> Clamped:
        """What was outside."""
        return Clamped(self.outside, *self.extremes)
