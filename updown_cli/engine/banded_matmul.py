"""Interpolation of 8-bit pictures by tables, a strip of rows at a time.

A table is a banded matrix. Cut into small dense blocks, it is applied to rows of pixels, channels
side by side, by matrix products; floats never exist for more than a strip.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from updown_cli.engine.dense_blocks import DenseBlock, dense_blocks
from updown_cli.engine.quantize import HALF, Clamped, as_tensor
from updown_cli.engine.rows import RowSource, RowTarget
from updown_cli.op.channels import interleave_channels
from updown_cli.op.threads import run_ordered, thread_count

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.resampling import Table

    Strip = list[tuple["DenseBlock", Tensor]]

# Blocks of rows of a strip, whose floats should stay in the processor's cache.
STRIP_BLOCKS = 16

# Values of a row from which on a picture is very wide, and is shrunk in parts of so many, in strips
# that read so many.
WIDE, TILE_VALUES, STRIP_VALUES = 24576, 12288, 5 << 20

# Values of a strip of rows that are looked at and rounded at a time.
TILE = 4096


@dataclass(frozen=True)
class ByteTables:
    """The tables of both sides of a picture as matrices, for rows of so many channels."""

    size: tuple[int, int]
    columns: _Columns
    strips: list[Strip]

    @classmethod
    def of(cls, tables: Iterable[Table], channels: int) -> ByteTables:
        """Return the vertical and the horizontal table so."""
        import torch

        vertical, horizontal = tables
        size = vertical.sources.shape[1], horizontal.sources.shape[1]
        lines = [(block, torch.from_numpy(block.matrix)) for block in dense_blocks(vertical)]
        columns = _Columns.of(horizontal, channels)
        return cls(
            size, columns, [*_strips(lines, max(columns.right - columns.left, columns.width))]
        )

    @property
    def bytes(self) -> int:
        """What they take."""
        blocks = [block for strip in self.strips for block in strip] + self.columns.parts
        return sum(matrix.nbytes for _, matrix in blocks)


def interpolate_bytes(source: RowSource, target: RowTarget, tables: ByteTables) -> Clamped:
    """Put one frame of bytes interpolated, clamped and rounded half up into a target.

    Its rooms have channels side by side. Returns what was clamped.
    """
    cut = tables.strips
    bench = _Workspace(tables.columns)
    act = bench.shrink if tables.size[0] < source.shape[2] else bench.stretch

    def made(given: tuple[Strip, NDArray[Any]]) -> tuple[NDArray[Any], Clamped]:
        strip, read = given
        room = target.room(strip[0][0].first, strip[-1][0].last)
        clamped = act(strip, read, as_tensor(interleave_channels(room[0])).flatten(1))
        source.release()
        return room, clamped

    target.begin()
    inputs = ((strip, source.read(*_reach(strip))) for strip in cut)
    done = []
    for strip, (room, clamped) in zip(
        cut, run_ordered(made, inputs, min(thread_count(), len(cut))), strict=True
    ):
        target.take(strip[0][0].first, room)
        done.append(clamped)
    return Clamped.summed(done)


def _reach(strip: Strip) -> tuple[int, int]:
    """Return the rows that a strip reads."""
    return min(block.start for block, _ in strip), max(block.end for block, _ in strip)


class _Workspace(threading.local):
    """Where strips are made; every thread has its own room."""

    def __init__(self, columns: _Columns) -> None:
        self.columns = columns
        self.pixels, self.high, self.wide = _Room(), _Room(), _Room()

    def shrink(self, strip: Strip, read: NDArray[Any], result: Tensor) -> Clamped:
        """Store a strip that is made of more rows than it has, some columns after the other."""
        import torch

        start, first, last = _reach(strip)[0], strip[0][0].first, strip[-1][0].last
        flat, quantization = as_tensor(interleave_channels(read[0])).flatten(1), _Bytes()
        for columns in self.columns.tiles:
            part = flat[:, columns.left : columns.right]
            floats = self.pixels.of(*part.shape).copy_(part)
            shrunk = self.high.of(last - first, part.shape[1])
            for block, matrix in strip:
                lines = floats[block.start - start : block.end - start]
                torch.mm(matrix, lines, out=shrunk[block.first - first : block.last - first])
            wide = self.wide.of(last - first, columns.width)
            quantization.put(columns.applied(shrunk, wide), result, 0, columns.first)
        return quantization.clamped

    def stretch(self, strip: Strip, read: NDArray[Any], result: Tensor) -> Clamped:
        """Store a strip that is made of fewer rows than it has."""
        start, floats = self._floats(strip, read)
        stretched, quantization, first = self._across(floats), _Bytes(), strip[0][0].first
        for block, matrix in strip:
            for left in range(0, self.columns.width, TILE):
                lines = stretched[block.start - start : block.end - start, left : left + TILE]
                quantization.put(matrix @ lines, result, block.first - first, left)
        return quantization.clamped

    def _floats(self, strip: Strip, read: NDArray[Any]) -> tuple[int, Tensor]:
        """Return the first of the rows that a strip reads, and these."""
        flat = as_tensor(interleave_channels(read[0])).flatten(1)
        flat = flat[:, self.columns.left : self.columns.right]
        return _reach(strip)[0], self.pixels.of(*flat.shape).copy_(flat)

    def _across(self, rows: Tensor) -> Tensor:
        return self.columns.applied(rows, self.wide.of(len(rows), self.columns.width))


def _strips(lines: Strip, values: int) -> Iterator[Strip]:
    """Yield as many blocks as there should be at a time, of rows of so many values."""
    highest, blocks = max(block.end - block.start for block, _ in lines), STRIP_BLOCKS
    if values > WIDE:
        blocks = max(1, min(blocks, STRIP_VALUES // (highest * values)))
    for first in range(0, len(lines), blocks):
        yield lines[first : first + blocks]


@dataclass(frozen=True)
class _Columns:
    """The horizontal table for pixels whose channels are side by side, or a part of it."""

    channels: int
    parts: list[tuple[DenseBlock, Tensor]]

    @cached_property
    def left(self) -> int:
        """The first value that is read."""
        return min(block.start for block, _ in self.parts) * self.channels

    @cached_property
    def right(self) -> int:
        """The value behind the last that is read."""
        return max(block.end for block, _ in self.parts) * self.channels

    @property
    def first(self) -> int:
        """The first value that is made."""
        return self.parts[0][0].first * self.channels

    @property
    def width(self) -> int:
        """How many values are made."""
        return self.parts[-1][0].last * self.channels - self.first

    @cached_property
    def tiles(self) -> list[_Columns]:
        """The table in parts which read so few values that a strip of them is small."""
        values = self.right - self.left
        count = -(-values // TILE_VALUES) if values > WIDE else 1
        each = -(-len(self.parts) // count)
        firsts = range(0, len(self.parts), each)
        return [_Columns(self.channels, self.parts[first : first + each]) for first in firsts]

    @classmethod
    def of(cls, table: Table, channels: int) -> _Columns:
        import numpy as np
        import torch

        eye = np.eye(channels, dtype=np.float32)
        parts = [(b, torch.from_numpy(np.kron(b.matrix.T, eye))) for b in dense_blocks(table)]
        return cls(channels, parts)

    def applied(self, rows: Tensor, result: Tensor) -> Tensor:
        """Fill the result and return it."""
        import torch

        n, left = self.channels, self.left
        for block, matrix in self.parts:
            read = rows[:, block.start * n - left : block.end * n - left]
            place = slice(block.first * n - self.first, block.last * n - self.first)
            torch.mm(read, matrix, out=result[:, place])
        return result


class _Room:
    """Memory for one strip after the other: fresh pages would cost more than the arithmetic."""

    def __init__(self) -> None:
        self.memory: Tensor | None = None

    def of(self, rows: int, columns: int) -> Tensor:
        """Return room for so many floats, whatever they are."""
        import torch

        if self.memory is None or self.memory.numel() < rows * columns:
            self.memory = torch.empty(rows * columns)
        return self.memory[: rows * columns].view(rows, columns)


class _Bytes:
    """Floats on their way to bytes, and a memory of what had to be clamped."""

    def __init__(self) -> None:
        self.outside, self.extremes = 0, (math.inf, -math.inf)

    def put(self, values: Tensor, result: Tensor, top: int, left: int = 0) -> None:
        """Store values, clamped and rounded half up, at a place of the result."""
        import torch

        low, high = (float(extreme) for extreme in values.aminmax())
        if low < -0.5 or high >= 255.5:
            self.outside += int(torch.count_nonzero(values < -0.5))
            self.outside += int(torch.count_nonzero(values >= 255.5))
        if low < 0 or high > 255:
            values.clamp_(0, 255)
        self.extremes = min(low, self.extremes[0]), max(high, self.extremes[1])
        place = result[top : top + values.shape[0], left : left + values.shape[1]]
        place.copy_(values.add_(HALF))

    @property
    def clamped(self) -> Clamped:
        """What was outside."""
        return Clamped(self.outside, *self.extremes)
