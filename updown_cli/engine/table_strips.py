"""Some rows of a separable interpolation, by its tables: floats, N x C x H x W."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.engine.dense_blocks import DenseBlock, dense_blocks
from updown_cli.engine.picked_pixels import picked_pixels

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.resampling import Table
    from updown_cli.pipeline.plan import Step
    from updown_cli.pipeline.strip_inputs import StripInputs


class NotFiniteError(Exception):
    """Values with which a product with 0 is not 0: a table cannot do what its layer does."""


class TableStrips:
    """A step by its tables, which are made once for all of its strips."""

    def __init__(self, step: Step, dtype: str) -> None:
        tables = step.op.tables(step.before, dtype)
        assert tables is not None
        vertical, horizontal = tables
        axis = _Picked if step.op.selects_values() else _Banded
        self.vertical, self.horizontal = axis(vertical), axis(horizontal)
        self.shrinks = step.after.size[0] < step.before.size[0]

    def rows(self, x: Tensor, part: StripInputs) -> Tensor:
        """Return the wanted rows of a part from those that it reads.

        Raises NotFiniteError for what tables cannot do.
        """
        start, (first, last) = part.read[0], part.wanted
        if self.shrinks:
            x = self.vertical.down(x, start, first, last)
            return self.horizontal.across(x)
        return self.vertical.down(self.horizontal.across(x), start, first, last)


class _Picked:
    """One axis of an operation that picks a pixel for each of its own."""

    def __init__(self, table: Table) -> None:
        import torch

        self.sources = torch.from_numpy(picked_pixels(table))

    def down(self, x: Tensor, start: int, first: int, last: int) -> Tensor:
        """Return rows [first, last) from the rows from `start` on."""
        return x.index_select(2, (self.sources[first:last] - start).to(x.device))

    def across(self, x: Tensor) -> Tensor:
        """Return all columns."""
        return x.index_select(3, self.sources.to(x.device))


class _Banded:
    """One axis of an operation that weighs pixels, as small dense matrices."""

    def __init__(self, table: Table) -> None:
        import torch

        self.blocks = [(block, torch.from_numpy(block.matrix)) for block in dense_blocks(table)]
        self.out = table.sources.shape[1]

    def down(self, x: Tensor, start: int, first: int, last: int) -> Tensor:
        """Return rows [first, last) from the rows from `start` on."""
        import torch

        planes = x.flatten(0, 1)
        result = x.new_empty(len(planes), last - first, x.shape[3])
        for block, matrix in self.blocks:
            low, high = max(block.first, first), min(block.last, last)
            if low >= high:
                continue
            part, read = _within(block, matrix, (low, high), (start, start + x.shape[2]))
            shared = part.to(x).expand(len(planes), -1, -1)
            result[:, low - first : high - first] = torch.bmm(shared, planes[:, read])
        return result.view(*x.shape[:2], *result.shape[1:])

    def across(self, x: Tensor) -> Tensor:
        """Return all columns."""
        import torch

        if not x.sum().isfinite():
            raise NotFiniteError
        rows = x.flatten(0, 2)
        result = x.new_empty(len(rows), self.out)
        for block, matrix in self.blocks:
            read = rows[:, block.start : block.end]
            torch.mm(read, matrix.to(x).T, out=result[:, block.first : block.last])
        return result.view(*x.shape[:3], self.out)


def _within(
    block: DenseBlock, matrix: Tensor, rows: tuple[int, int], read: tuple[int, int]
) -> tuple[Any, slice]:
    """Return the part of a block for some of its rows, whose weights are among what is read."""
    low, high = max(block.start, read[0]), min(block.end, read[1])
    part = matrix[rows[0] - block.first : rows[1] - block.first]
    return part[:, low - block.start : high - block.start], slice(low - read[0], high - read[0])
